"""``bot search``: finds procedures for a question or a file of questions; needs no Rasa."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from bot.commands.knowledge import open_knowledge
from bot.errors import InputError
from bot.settings import load_settings
from knowledge.types import SearchResult

_DECISIONS = {
    "answer": "trả lời được",
    "clarify": "phải hỏi lại",
    "abstain": "chưa có thông tin",
    "human": "chuyển cho người",
}


def as_json(text: str, result: SearchResult) -> dict[str, Any]:
    """Return the line that ``bot search --json`` prints for a question."""
    return {
        "text": text,
        "decision": result.decision,
        "aspect": result.aspect,
        "hits": [{"code": hit.code, "name": hit.name, "score": hit.score, "why": hit.why} for hit in result.hits],
        "ms": result.ms,
    }


def read_questions(path: Path) -> Iterator[tuple[Any, str]]:
    """Read (id, text) from JSON lines.

    Raises:
        InputError: Naming file, line and remedy.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: không đọc được tệp (cần tệp chữ UTF-8, mỗi dòng một JSON)") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f'{path}:{number}: dòng không phải JSON; viết như {{"id": 1, "text": "…"}}') from error
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
            raise InputError(f'{path}:{number}: cần "id" và "text" (chữ); viết như {{"id": 1, "text": "…"}}')
        yield row["id"], row["text"]


def search(
    text: Annotated[str | None, typer.Argument(help="Câu hỏi.", show_default=False)] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Số thủ tục cần tìm.")] = 5,
    as_lines: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="Tệp câu hỏi, mỗi dòng một JSON có id và text.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Tệp kết quả (mặc định in ra màn hình).")] = None,
    records: Annotated[Path | None, typer.Option("--records", help="Tìm trong thư mục bản ghi khác.")] = None,
) -> None:
    """Tìm thủ tục cho một câu hỏi (không cần Rasa)."""
    if (text is None) == (file is None):
        raise InputError('Cần một câu hỏi hoặc --file. Ví dụ: bot search "làm giấy khai sinh ở đâu"')
    questions = list(read_questions(file)) if file else []
    knowledge = open_knowledge(load_settings(), records)
    if text is not None:
        result = knowledge.search(text, k)
        typer.echo(json.dumps(as_json(text, result), ensure_ascii=False) if as_lines else _page(result))
        return
    lines = []
    for identifier, question in track(questions, "Đang tìm", console=Console(stderr=True), transient=True):
        row = {"id": identifier, **as_json(question, knowledge.search(question, k))}
        lines.append(json.dumps(row, ensure_ascii=False))
    if out is None:
        typer.echo("\n".join(lines))
        return
    try:
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: không ghi được ({error.strerror}); chọn chỗ khác cho --out") from error


def _page(result: SearchResult) -> str:
    about = f", khía cạnh: {result.aspect}" if result.aspect else ""
    gap = f" (hỏi về “{result.gap}”, chưa có bản ghi)" if result.gap else ""
    head = f"{_DECISIONS[result.decision]}{gap}{about}, {result.ms:.0f} ms"
    return "\n".join([head, *(f"{hit.score:.2f}  {hit.code}  {hit.name}\n      {hit.why}" for hit in result.hits)])


def register(app: typer.Typer) -> None:
    """Mount ``bot search``."""
    app.command()(search)
