"""From a flow of lines and tables (Word, HTML, PDF) to one procedure: labels open fields, tables fill them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from knowledge.importers import glued
from knowledge.importers.labels import HEAD, label_of, labelled
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import Kind, RawLaw, RawPaper, RawProcedure, RawSubmission
from knowledge.importers.texts import key_of, one_line, procedure_code, procedure_name, says_nothing, tidy, verbatim

Rows = Sequence[Sequence[str]]
_HEAD_FIELDS = set(HEAD.values())
_COLUMNS = {
    "hinh thuc nop": "mode",
    "thoi han giai quyet": "time",
    "thoi gian": "time",
    "phi le phi": "fee",
    "mo ta": "description",
    "ten giay to": "paper",
    "mau don to khai": "form",
    "so luong": "count",
    "ghi chu": "note",
    "so ky hieu": "number",
    "ma van ban": "number",
    "trich yeu": "title",
    "ten van ban phap ly": "title",
    "ten van ban": "title",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table: cells of a row in order, their text verbatim."""

    rows: tuple[tuple[str, ...], ...]


Block = str | Table


@dataclass(slots=True)
class _Page:
    texts: dict[str, list[str]] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    submissions: list[RawSubmission] = field(default_factory=list)
    papers: list[RawPaper] = field(default_factory=list)
    laws: list[RawLaw] = field(default_factory=list)
    open: str = ""
    in_head: bool = True

    def add(self, name: str, text: str) -> None:
        """Open a field and add text to it."""
        self.open = name
        self.in_head = self.in_head and name in _HEAD_FIELDS
        self.texts.setdefault(name, []).extend([text] if text.strip() else [])

    def line(self, line: str) -> None:
        """Take one line: a label, a label with its value, or more text of the open field."""
        if name := label_of(line):
            self.add(name, "")
        elif found := labelled(line, in_head=self.in_head):
            self.add(*found)
        elif self.open:
            self.texts[self.open].append(line)
        else:
            self.before.append(line)

    def caption(self) -> str:
        """Take the last line above a table of papers, which names the case that the table is for."""
        lines = self.texts.get("papers") or []
        return lines.pop() if lines and self.open == "papers" else ""


def read_page(blocks: Iterable[Block], kind: Kind) -> RawProcedure:
    """Return the procedure that a page or document describes.

    Raises:
        ImportProblem: It is no description of a procedure, or has no right code.
    """
    page = _Page()
    for block in blocks:
        if isinstance(block, Table):
            _take_table(page, block.rows)
        else:
            for line in _lines(block):
                page.line(line)
    return _procedure(page, kind)


def _take_table(page: _Page, rows: Rows) -> None:
    columns, body = _columns(rows)
    kinds = set(columns)
    if "mode" in kinds:
        page.submissions += [
            RawSubmission(**{key: row.get(key, "") for key in ("mode", "time", "fee", "description")})
            for row in _as_dicts(columns, body)
        ]
    elif "paper" in kinds:
        case = page.caption()
        page.papers += [
            RawPaper(row["paper"], row.get("form", ""), f"{row.get('count', '')}\n{row.get('note', '')}".strip(), case)
            for row in _as_dicts(columns, body)
            if row.get("paper", "").strip()
        ]
    elif "number" in kinds and "title" in kinds:
        laws = _as_dicts(columns, body)
        page.laws += [RawLaw(one_line(row.get("number", "")), one_line(row.get("title", ""))) for row in laws]
    else:
        _take_pairs(page, rows)


def _columns(rows: Rows) -> tuple[list[str], Rows]:
    """Return the field of each column and the rows below the header; no columns when there is no known header."""
    for place, row in enumerate(rows[:3]):
        names = [_COLUMNS.get(key_of(cell), "") for cell in row]
        if sum(map(bool, names)) >= 2:
            return names, [each for each in rows[place + 1 :] if list(map(key_of, each)) != list(map(key_of, row))]
    return [], rows


def _as_dicts(columns: Sequence[str], rows: Rows) -> list[dict[str, str]]:
    return [
        {name: verbatim(cell) for name, cell in zip(columns, row, strict=False) if name}
        for row in rows
        if any(cell.strip() for cell in row)
    ]


def _take_pairs(page: _Page, rows: Rows) -> None:
    """Read a table without a known header as labels with values, else as lines of the open field."""
    filled = [cells for row in rows if (cells := [cell for cell in row if cell.strip()])]
    if not any(label_of(cells[0]) for cells in filled):
        for line in (line for cells in filled for cell in cells for line in _lines(cell)):
            page.line(line)
        return
    for cells in filled:
        name = label_of(cells[0])
        page.add(name or "other", "")
        page.texts[page.open] += [line for cell in cells[1 if name else 0 :] for line in _lines(cell)]


def _lines(text: str) -> list[str]:
    return [line for line in map(one_line, verbatim(text).split("\n")) if line]


def _procedure(page: _Page, kind: Kind) -> RawProcedure:
    texts = {name: tidy("\n".join(lines)) for name, lines in page.texts.items()}
    if "code" not in texts:
        raise ImportProblem(
            f"không có “Mã thủ tục”, không phải bản mô tả thủ tục (đầu tệp: “{_title(page.before)}”); "
            "tờ khai, công văn không nhập được"
        )
    try:
        code, _ = procedure_code(texts.pop("code").split("\n")[0])
    except ValueError as error:
        raise ImportProblem(f"{error}; sửa ở nguồn hoặc tải lại tệp") from error
    doubts = []
    name = procedure_name(texts.pop("name", "").replace("\n", " "))
    if not name and page.before:
        name = procedure_name(page.before[-1])
        doubts.append(f"tên: tệp không có nhãn “Tên thủ tục”, lấy dòng ngay trước mã: “{name}”")
    submissions = tuple(page.submissions) or _submissions(texts)
    papers = glued.split_papers(texts.pop("papers", ""))
    laws = glued.split_laws(texts.pop("laws", ""))
    unread = {"papers": papers.rest, "laws": laws.rest, "submissions": texts.pop("submissions", "")}
    unread["other"] = texts.pop("other", "")
    if submissions and unread["submissions"]:
        texts["submission_note"] = unread.pop("submissions")
    return RawProcedure(
        code,
        name,
        kind,
        texts,
        submissions,
        (*page.papers, *papers.rows),
        (*page.laws, *laws.rows),
        {name: text for name, text in unread.items() if not says_nothing(text)},
        tuple(doubts),
    )


def _title(lines: list[str]) -> str:
    """Return what a document calls itself: its first line in capitals that is not the state's motto."""
    shouted = (line for line in lines if len(line) > 8 and line.isupper())
    return next((line for line in shouted if "cong hoa xa hoi" not in key_of(line)), " ".join(lines))[:60]


def _submissions(texts: dict[str, str]) -> tuple[RawSubmission, ...]:
    """Read ways of handing in from the sections of a page without the table; pops what was used."""
    for name in ("submissions", "fee"):
        split = glued.split_submissions(texts.get(name, ""))
        if split.rows:
            texts.pop(name)
            return split.rows + _charge(texts)
    timed = glued.split_times(texts.get("time", ""))
    fee = texts.pop("fee", "")
    if timed:
        return tuple(RawSubmission(row.mode, row.time, fee, row.description) for row in timed) + _charge(texts)
    time = texts.pop("time", "")
    return (RawSubmission("", time, fee), *_charge(texts)) if time or fee else _charge(texts)


def _charge(texts: dict[str, str]) -> tuple[RawSubmission, ...]:
    """Give the section "Lệ phí" that some pages have beside "Phí" as a row of its own, when it says something."""
    charge = texts.pop("charge", "")
    return () if says_nothing(charge) else (RawSubmission("", "", f"Lệ phí: {charge}"),)
