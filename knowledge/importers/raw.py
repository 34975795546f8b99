"""What a file says about one procedure in its own words, before anything is interpreted."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of official files."""

    PORTAL_JSON = "portal_json"
    EXTRACTED_JSON = "extracted_json"
    JSON_LINES = "json_lines"
    PDF = "pdf"
    WORD = "word"
    OLD_WORD = "old_word"
    SPREADSHEET = "spreadsheet"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class RawSubmission:
    """One way of handing in, as the row of a table: cells verbatim, "" when the cell is empty or not there."""

    mode: str
    time: str = ""
    fee: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class RawPaper:
    """One row of the table of papers; ``case`` is the line above the table, ``form`` a file name."""

    name: str
    form: str = ""
    count: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class RawLaw:
    """One legal document: number such as "12/2020/NĐ-CP" ("" when not stated) and title."""

    number: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class RawProcedure:
    """One procedure as a file states it.

    Attributes:
        texts: Texts by field (the keys of ``labels.LABELS``), in the file's words.
        unread: Text by field that could not be taken apart; kept for the editor.
        doubts: Vietnamese lines for the editor about how the file was read.
        at: Where in the file, e.g. "dòng 12"; "" when the file is about one procedure.
    """

    code: str
    name: str
    kind: Kind
    texts: dict[str, str] = field(default_factory=dict)
    submissions: tuple[RawSubmission, ...] = ()
    papers: tuple[RawPaper, ...] = ()
    laws: tuple[RawLaw, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry of a file with several that cannot be used; the others can."""

    at: str
    reason: str


Entry = RawProcedure | BadEntry
