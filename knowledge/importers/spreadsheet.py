"""Reads XLSX lists of procedures: one row a procedure, with little more than code, name, agency and field."""

import re
from collections.abc import Iterator

from knowledge.importers.ooxml import Element, Package
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import BadEntry, Entry, Kind, RawProcedure
from knowledge.importers.texts import NumberText, key_of, procedure_code, procedure_name, says_nothing, tidy

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_COLUMNS = {
    "ma so": "code",
    "ma": "code",
    "ma thu tuc": "code",
    "ma tthc": "code",
    "ma so thu tuc": "code",
    "ma so tthc": "code",
    "ten": "name",
    "ten thu tuc": "name",
    "ten tthc": "name",
    "ten thu tuc hanh chinh": "name",
    "co quan ban hanh": "issuer",
    "co quan cong bo": "issuer",
    "co quan thuc hien": "agency",
    "linh vuc": "field",
    "cap thuc hien": "level",
    "so quyet dinh": "decision",
    "quyet dinh cong bo": "decision",
    "doi tuong thuc hien": "audience",
}
_HEADER_ROWS = 20
_MAX_ROWS = 100_000
Row = dict[str, str]


def read(data: bytes) -> Iterator[Entry]:
    """Yield a procedure per row of every sheet that has columns for code and name.

    Raises:
        ImportProblem: The file is damaged or unsafe, or no sheet is a list of procedures.
    """
    package = Package(data)
    strings = _strings(package)
    found = False
    for name in sorted(n for n in package.names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n)):
        rows = list(_rows(package.xml(name), strings))
        header = next((place for place, (_, row) in enumerate(rows[:_HEADER_ROWS]) if _is_header(row)), None)
        if header is None:
            continue
        found = True
        titles = {column: _COLUMNS.get(key_of(text), "") for column, text in rows[header][1].items()}
        columns = {column: name for column, name in titles.items() if name}
        filled = ((number, row) for number, row in rows[header + 1 :] if any(map(str.strip, row.values())))
        yield from (_entry(number, row, columns) for number, row in filled)
    if not found:
        raise ImportProblem("không có trang tính nào có cột “Mã số” và “Tên”; chỉ nhập được danh sách thủ tục")


def _is_header(row: Row) -> bool:
    return {"code", "name"} <= {_COLUMNS.get(key_of(text), "") for text in row.values()}


def _entry(number: int, row: Row, columns: dict[str, str]) -> Entry:
    cells = {name: row[column] for column, name in columns.items() if column in row}
    at = f"dòng {number}"
    try:
        code, is_restored = procedure_code(cells.pop("code", ""))
    except ValueError as error:
        return BadEntry(at, f"{error}; sửa ô mã trong bảng")
    doubts = [f"mã: ô mã trong bảng là số, máy khôi phục thành {code}; đối chiếu với nguồn"] if is_restored else []
    texts = {name: tidy(text) for name, text in cells.items() if name != "name" and not says_nothing(text)}
    return RawProcedure(
        code, procedure_name(cells.get("name", "")), Kind.SPREADSHEET, texts, doubts=tuple(doubts), at=at
    )


def _strings(package: Package) -> list[str]:
    if "xl/sharedStrings.xml" not in package.names:
        return []
    return [_shown(item) for item in package.xml("xl/sharedStrings.xml").findall(f"{_S}si")]


def _shown(item: Element) -> str:
    """Return the text of a string with formatting, without the reading aids of East Asian scripts."""
    parts = [item.find(f"{_S}t"), *item.findall(f"{_S}r/{_S}t")]
    return "".join(part.text or "" for part in parts if part is not None)


def _rows(sheet: Element, strings: list[str]) -> Iterator[tuple[int, Row]]:
    for place, row in enumerate(sheet.iter(f"{_S}row"), 1):
        if place > _MAX_ROWS:
            raise ImportProblem(f"trang tính quá {_MAX_ROWS} dòng; chia tệp rồi nhập từng phần")
        number = row.get("r", "")
        yield int(number) if number.isdecimal() else place, dict(_cells(row, strings))


def _cells(row: Element, strings: list[str]) -> Iterator[tuple[str, str]]:
    for place, cell in enumerate(row.findall(f"{_S}c")):
        column = re.match(r"[A-Z]+", cell.get("r", ""))
        yield column[0] if column else f"#{place}", _value(cell, strings)


def _value(cell: Element, strings: list[str]) -> str:
    kind, stored = cell.get("t", "n"), cell.findtext(f"{_S}v", "")
    if kind == "s":
        return strings[int(stored)] if stored.isdecimal() and int(stored) < len(strings) else ""
    if kind == "inlineStr":
        inline = cell.find(f"{_S}is")
        return _shown(inline) if inline is not None else ""
    return NumberText(stored) if kind == "n" else stored
