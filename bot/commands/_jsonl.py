"""Files of questions: JSON lines in, JSON lines out, order and ids kept."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from bot.errors import InputError
from nlu.vietnamese.normalize import nfc

T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """One line of an input file; ``id`` is None for a question from the command line."""

    id: Any
    text: str


def questions(text: str | None, file: Path | None) -> list[Question]:
    """Read what was asked: the argument, or the lines of the file.

    Raises:
        InputError: Naming file, line and remedy.
    """
    if (text is None) == (file is None):
        raise InputError('cần một câu hỏi hoặc --file, không phải cả hai. Ví dụ: bot ask "làm giấy khai sinh cần gì"')
    if text is not None:
        return [_question(None, text, "câu hỏi")]
    assert file is not None  # noqa: S101 (one of the two is given)
    try:
        content = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{file}: không đọc được ({error.strerror}); kiểm tra lại đường dẫn") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: không phải UTF-8; hãy lưu lại tệp với mã UTF-8") from error
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{file}, dòng {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{place}: không phải JSON ({error}); mỗi dòng là một đối tượng có id và text") from error
        if not isinstance(row, dict) or "id" not in row:
            raise InputError(f'{place}: thiếu "id"; mỗi dòng có dạng {{"id": 1, "text": "…"}}')
        found.append(_question(row["id"], row.get("text"), place))
    if not found:
        raise InputError(f"{file}: không có dòng nào; mỗi dòng là một đối tượng có id và text")
    return found


def _question(identity: Any, text: Any, place: str) -> Question:
    if not isinstance(text, str) or not text.strip():
        raise InputError(f'{place}: thiếu "text", hoặc text trống; hãy ghi câu hỏi vào đó')
    return Question(identity, nfc(text))


def write(results: Sequence[dict[str, Any]], out: Path | None) -> None:
    """Write one JSON object a line, to ``out`` or standard output.

    Raises:
        InputError: If the file cannot be written.
    """
    lines = "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
    if out is None:
        print(lines, end="")
        return
    try:
        out.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: không ghi được ({error.strerror}); kiểm tra lại đường dẫn của --out") from error


def with_id(question: Question, result: dict[str, Any]) -> dict[str, Any]:
    """Put the question's id first, if it came from a file."""
    return result if question.id is None else {"id": question.id, **result}


def progress(items: Sequence[T], title: str) -> Iterator[T]:
    """Show a bar on standard error while going through many items."""
    console = Console(stderr=True)
    yield from track(items, title, console=console, disable=len(items) < 5 or not console.is_terminal, transient=True)
