"""Reads rows of the table of papers: how many originals and copies, and the forms that are named."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.importers.raw import RawPaper
from knowledge.importers.texts import one_line, says_nothing, tidy

_BULLET = re.compile(r"^(?:[-+*•–]+\s*)+")
_ORIGINAL = (re.compile(r"bản chính\s*:?\s*(\d{1,3})(?!\d)", re.I), re.compile(r"(?<!\d)(\d{1,3})\s*bản chính", re.I))
_COPY = (
    re.compile(r"bản (?:sao|chụp)\s*:?\s*(\d{1,3})(?!\d)", re.I),
    re.compile(r"(?<!\d)(\d{1,3})\s*bản (?:sao|chụp)", re.I),
)
_FORM = re.compile(r"\b[Mm]ẫu (?:số )?((?:[A-ZĐ]{1,4}\d{1,3}[a-z]?|\d{1,3}[a-z]?)(?:[/-][\w.-]*\w)?)(?![\w/]|\s?bản)")


@dataclass(frozen=True, slots=True)
class PaperReading:
    """One paper as read; a count of None: the source does not say.

    Attributes:
        case: The line above the table ("Trường hợp …"), verbatim; "" when there is none.
        form: Name of the form's file; "" when there is none.
    """

    name: str
    original: int | None
    copies: int | None
    case: str = ""
    form: str = ""


def parse_paper(raw: RawPaper) -> PaperReading:
    """Read one row. Never raises."""
    name = tidy(_BULLET.sub("", tidy(raw.name)))
    original, copies = _count(raw.count, _ORIGINAL), _count(raw.count, _COPY)
    case = "" if says_nothing(raw.case) else one_line(raw.case).strip("*-+: ")
    form = "" if says_nothing(raw.form) else one_line(raw.form)
    return PaperReading(name, original, copies, case, form)


def _count(text: str, patterns: tuple[re.Pattern[str], re.Pattern[str]]) -> int | None:
    """Return the number beside the word, before ("1 bản chính") or after ("Bản chính: 1"); None when unclear."""
    after, before = (set(pattern.findall(text)) for pattern in patterns)
    found = after if ":" in text else before
    return int(next(iter(found))) if len(found) == 1 else None


def paper_doubts(papers: tuple[PaperReading, ...]) -> Iterator[str]:
    """Yield Vietnamese lines for the editor about a whole list of papers."""
    if not papers:
        yield "chưa đọc được giấy tờ nào"
    unnamed = _places(papers, lambda paper: not paper.name)
    uncounted = _places(papers, lambda paper: paper.original is None and paper.copies is None)
    notes = _places(papers, lambda paper: paper.original == 0 and not paper.copies)
    if unnamed:
        yield f"mục {unnamed} không có tên"
    if uncounted:
        yield f"chưa đọc được số bản ở mục {uncounted}"
    if notes:
        yield f"mục {notes} nguồn ghi 0 bản, có thể là lưu ý chứ không phải giấy tờ phải nộp"


def _places(papers: tuple[PaperReading, ...], is_meant: Callable[[PaperReading], bool]) -> str:
    return ", ".join(str(place) for place, paper in enumerate(papers, 1) if is_meant(paper))


def named_forms(papers: tuple[PaperReading, ...]) -> tuple[str, ...]:
    """Return the numbers of forms ("CT01") that names and file names of the papers mention, each once."""
    found = (number for paper in papers for number in _FORM.findall(f"{paper.name}\n{paper.form}"))
    return tuple(dict.fromkeys(found))
