"""``bot knowledge build|check``: the editor's and administrator's commands for procedure records."""

from pathlib import Path
from typing import Annotated

import typer

from bot.errors import InputError
from bot.settings import load_settings
from knowledge.load import RecordError, load_records

commands = typer.Typer(help="Bản ghi thủ tục: kiểm tra, dựng chỉ mục.", no_args_is_help=True)
Records = Annotated[Path | None, typer.Option("--records", help="Thư mục bản ghi (mặc định data/procedures).")]


@commands.command()
def check(records: Records = None) -> None:
    """Kiểm tra mọi bản ghi; lỗi được nêu theo tệp, trường và cách sửa."""
    folder = records or load_settings().data_dir / "procedures"
    try:
        found = load_records(folder)
    except RecordError as error:
        raise InputError(str(error)) from error
    typer.echo(f"Đúng cả {len(found)} bản ghi trong {folder}.")


def register(app: typer.Typer) -> None:
    """Mount ``bot knowledge``."""
    app.add_typer(commands, name="knowledge")
