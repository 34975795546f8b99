"""``bot search``: finds procedures for a question or a file of questions; needs no Rasa."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands._jsonl import progress, questions, with_id, write
from bot.commands.knowledge import open_knowledge
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


def search(
    text: Annotated[str | None, typer.Argument(help="Câu hỏi.", show_default=False)] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Số thủ tục cần tìm.")] = 5,
    as_lines: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="Tệp câu hỏi, mỗi dòng một JSON có id và text.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Tệp kết quả (mặc định in ra màn hình).")] = None,
    records: Annotated[Path | None, typer.Option("--records", help="Tìm trong thư mục bản ghi khác.")] = None,
) -> None:
    """Tìm thủ tục cho một câu hỏi (không cần Rasa)."""
    asked = questions(text, file)
    knowledge = open_knowledge(load_settings(), records)
    if file is None and not as_lines:
        typer.echo(_page(knowledge.search(asked[0].text, k)))
        return
    found = progress(asked, "Đang tìm")
    write([with_id(one, as_json(one.text, knowledge.search(one.text, k))) for one in found], out)


def _page(result: SearchResult) -> str:
    about = f", khía cạnh: {result.aspect}" if result.aspect else ""
    gap = f" (hỏi về “{result.gap}”, chưa có bản ghi)" if result.gap else ""
    head = f"{_DECISIONS[result.decision]}{gap}{about}, {result.ms:.0f} ms"
    return "\n".join([head, *(f"{hit.score:.2f}  {hit.code}  {hit.name}\n      {hit.why}" for hit in result.hits)])


def register(app: typer.Typer) -> None:
    """Mount ``bot search``."""
    app.command()(search)
