"""``bot knowledge build|check|import``: the editor's and administrator's commands for procedure records."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.progress import Progress

from bot.clock import VIETNAM, SystemClock
from bot.commands._knowledge_import import import_drafts
from bot.errors import InputError
from bot.settings import ROOT, Settings, load_settings
from knowledge.base import KnowledgeBase
from knowledge.load import RecordError, load_content
from knowledge.reading import QuestionReader
from knowledge.review import Kind, review
from nlu.encoder.select import embedder

commands = typer.Typer(help="Bản ghi thủ tục: kiểm tra, dựng chỉ mục.", no_args_is_help=True)
Records = Annotated[Path | None, typer.Option("--records", help="Thư mục bản ghi (mặc định data/procedures).")]

_TITLES: dict[Kind, str] = {
    "expired": "Đã hết hiệu lực",
    "expiring": "Sắp hết hiệu lực (90 ngày tới)",
    "old": "Lâu chưa đối chiếu (hơn 180 ngày)",
    "contradiction": "Quy định riêng của Thành phố mâu thuẫn với bản ghi",
    "no_page": "Nguồn không có địa chỉ trang",
    "unasked": "Chưa có câu hỏi thử",
}


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
                embedder(settings.embedder),
                lambda done, total: bar.update(task, completed=done, total=total, visible=True),
                QuestionReader.load(),
            )
        except RecordError as error:
            raise InputError(str(error)) from error


@commands.command()
def check(
    records: Records = None,
    full: Annotated[bool, typer.Option("--full", help="Kể cả bản ghi chưa có câu hỏi thử.")] = False,
) -> None:
    """Kiểm tra mọi bản ghi, rồi liệt kê những chỗ người biên tập cần xem lại."""
    folder = records or load_settings().data_dir / "procedures"
    try:
        content = load_content(folder)
    except RecordError as error:
        raise InputError(str(error)) from error
    typer.echo(f"Đúng cả {len(content.records)} bản ghi trong {folder}.")
    findings = review(content.records, content.rules, asked_codes(), SystemClock().now().astimezone(VIETNAM).date())
    for kind, title in _TITLES.items():
        listed = [finding for finding in findings if finding.kind == kind]
        if not listed or (kind == "unasked" and not full):
            continue
        typer.echo(f"\n{title} ({len(listed)})")
        for finding in listed:
            typer.echo(f"  {finding.code}: {finding.text}")


def asked_codes() -> set[str]:
    """Give the codes that the test questions are about; none where the tests are not installed."""
    path = ROOT / "tests" / "search" / "questions.yml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    return {code for row in rows for code in row["codes"]}


@commands.command()
def build(records: Records = None) -> None:
    """Dựng chỉ mục tìm kiếm; chỉ tính lại những chỗ đã đổi."""
    knowledge = open_knowledge(load_settings(), records)
    typer.echo(f"Chỉ mục đã sẵn sàng: {len(knowledge.records)} thủ tục.")


commands.command("import")(import_drafts)


def register(app: typer.Typer) -> None:
    """Mount ``bot knowledge``."""
    app.add_typer(commands, name="knowledge")
