"""``bot knowledge import``: official files become drafts for the editor."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.clock import VIETNAM, SystemClock
from bot.errors import InputError
from bot.settings import load_settings
from knowledge.importers.run import Report, Skipped, import_files
from knowledge.importers.write import DraftFolder, Reviewed

Paths = Annotated[list[Path], typer.Argument(metavar="TỆP…", help="Tệp hoặc thư mục (đọc cả thư mục con).")]
Out = Annotated[Path | None, typer.Option("--out", help="Thư mục bản nháp (mặc định var/drafts).")]


def import_drafts(paths: Paths, out: Out = None) -> None:
    """Đọc tệp chính thức (PDF, Word, Excel, HTML, JSON) thành bản nháp để người biên tập duyệt."""
    settings = load_settings()
    records = settings.data_dir / "procedures"
    folder = out or settings.var_dir / "drafts"
    if folder.resolve().is_relative_to(records.resolve()):
        raise InputError(f"--out {folder} nằm trong {records}; bản nháp phải để riêng, ví dụ --out var/drafts")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder} là một tệp; chọn một thư mục khác")
    console = Console(stderr=True)
    today = SystemClock().now().astimezone(VIETNAM).date()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Nhập", total=None)
        report = import_files(
            paths,
            DraftFolder(folder, Reviewed(records)),
            today,
            lambda done, total: bar.update(task, completed=done, total=total),
            lambda skipped: console.print(_line(skipped), markup=False, highlight=False, soft_wrap=True),
        )
    if not report.files:
        raise InputError("không có tệp nào trong các thư mục đã nêu; kiểm tra lại đường dẫn")
    typer.echo(_summary(report, folder))
    if report.skipped:
        raise typer.Exit(1)


def _line(skipped: Skipped) -> str:
    place = f"{skipped.path}, {skipped.at}" if skipped.at else str(skipped.path)
    return f"Bỏ qua {place}: {skipped.reason}"


def _summary(report: Report, folder: Path) -> str:
    counts = report.outcomes
    lines = [
        f"Đã đọc {report.files} tệp, {report.procedures} thủ tục: {counts['new']} bản nháp mới, "
        f"{counts['updated']} bản bổ sung, {counts['unchanged']} không đổi."
    ]
    if counts["beside"]:
        lines.append(f"{counts['beside']} bản nháp đang sửa tay, phần đọc mới để ở tệp <mã>.new.yml bên cạnh.")
    if report.skipped:
        lines.append(f"Bỏ qua {len(report.skipped)}; lý do từng chỗ ở trên.")
    if report.procedures:
        lines.append(
            f"Bản nháp ở {folder}/<lĩnh vực>/<mã>.yml; đọc todo ở đầu mỗi tệp. Máy không dùng bản nháp để trả lời."
        )
    return "\n".join(lines)
