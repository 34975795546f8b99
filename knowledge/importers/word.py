"""Reads Word documents that are OOXML, whatever their ending: paragraphs and tables in their order."""

from collections.abc import Iterator

from knowledge.importers.blocks import Block, Table, read_page
from knowledge.importers.ooxml import Element, Package
from knowledge.importers.raw import Entry, Kind

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
# Deleted text, and the copy of a text box for programs that cannot draw it.
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_MC}Fallback"}


def read(data: bytes, kind: Kind = Kind.WORD) -> Iterator[Entry]:
    """Yield the procedure that the document describes.

    Raises:
        ImportProblem: The file is damaged or unsafe, or describes no procedure.
    """
    yield read_page(blocks(data), kind)


def blocks(data: bytes) -> Iterator[Block]:
    """Yield paragraphs and tables in the order of the document."""
    body = Package(data).xml("word/document.xml").find(f"{_W}body")
    if body is not None:
        yield from _blocks(body)


def _blocks(parent: Element) -> Iterator[Block]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield _text(child)
        elif child.tag == f"{_W}tbl":
            yield Table(_rows(child))
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _blocks(child)


def _rows(table: Element) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for row in table.findall(f"{_W}tr"):
        cells = [_cell(cell, rows[-1] if rows else (), place) for place, cell in enumerate(row.findall(f"{_W}tc"))]
        rows.append(tuple(cells))
    return tuple(rows)


def _cell(cell: Element, above: tuple[str, ...], place: int) -> str:
    """Return a cell's text; one that continues a cell merged downwards repeats it."""
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    if merge is not None and merge.get(f"{_W}val", "continue") == "continue":
        return above[place] if place < len(above) else ""
    return "\n".join(_text(paragraph) for paragraph in cell.iter(f"{_W}p")).strip()


def _text(paragraph: Element) -> str:
    return "".join(_pieces(paragraph))


def _pieces(start: Element) -> Iterator[str]:
    stack = [start]
    while stack:
        element = stack.pop()
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in _BREAKS:
            yield _BREAKS[element.tag]
        elif element.tag not in _SKIPPED:
            stack.extend(reversed(element))
