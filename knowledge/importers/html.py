"""Reads web pages of one procedure: text by block elements, tables as tables, nothing fetched or run."""

import re
from collections.abc import Iterator
from html import unescape

from knowledge.importers.blocks import Block, Table, read_page
from knowledge.importers.problems import MAX_HTML_BYTES, MB, ImportProblem
from knowledge.importers.raw import Entry, Kind
from knowledge.importers.sniff import decode

_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "button", "dd", "div", "dl", "dt", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "label", "li", "main", "nav", "ol", "option",
    "p", "pre", "section", "title", "ul",
}  # fmt: skip
_TAG = re.compile(r"<(!--|[!?]|/?[a-zA-Z][a-zA-Z0-9]*)")
_MARK = re.compile("[\"'>]")
# What is between these tags is no HTML.
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_HIDDEN = {"script", "style", "noscript", "template", "svg"}


def read(data: bytes) -> Iterator[Entry]:
    """Yield the procedure that the page describes.

    Raises:
        ImportProblem: The page is too large or describes no procedure.
    """
    if len(data) > MAX_HTML_BYTES:
        size = f"trang web {len(data) / MB:.0f} MB, quá {MAX_HTML_BYTES // MB} MB"
        raise ImportProblem(f"{size}; lưu lại chỉ phần thủ tục")
    found = _Blocks()
    for tag, text in _tokens(decode(data)):
        found.take(tag, text)
    yield read_page(found.blocks(), Kind.HTML)


def _tokens(page: str) -> Iterator[tuple[str, str]]:
    """Yield ("", text), ("div", "") and ("/div", "") in order, in time linear in the page.

    The standard library's parser takes time quadratic in a tag that never closes; attributes are of no use here.
    """
    place = 0
    while (start := page.find("<", place)) >= 0:
        yield "", unescape(page[place:start])
        named = _TAG.match(page, start)
        if named is None:
            place = start + 1
            yield "", "<"
            continue
        name = named[1].lower()
        place = _end_of_comment(page, start) if name == "!--" else _end_of_tag(page, named.end())
        yield (name, "") if name[0] not in "!?" else ("", "")
        if name in _RAW:
            close = _RAW[name].search(page, place)
            place = close.start() if close else len(page)
    yield "", unescape(page[place:])


def _end_of_comment(page: str, start: int) -> int:
    end = page.find("-->", start + 4)
    return end + 3 if end >= 0 else len(page)


def _end_of_tag(page: str, place: int) -> int:
    """Return the place after the ">" that closes a tag; one in a quoted attribute does not."""
    while mark := _MARK.search(page, place):
        if mark[0] == ">":
            return mark.end()
        close = page.find(mark[0], mark.end())
        if close < 0:
            break
        place = close + 1
    end = page.find(">", place)
    return end + 1 if end >= 0 else len(page)


class _Blocks:
    """Collects lines and tables; a table inside a table is text of its cell."""

    def __init__(self) -> None:
        self._found: list[Block] = []
        self._line: list[str] = []
        self._rows: list[list[list[str]]] = []
        self._depth = 0
        self._hidden = 0

    def blocks(self) -> list[Block]:
        """Return what was found, in order."""
        self._close_line()
        self._close_table()
        return self._found

    def take(self, tag: str, text: str) -> None:
        """Take one token."""
        if not tag:
            self._line += [text] if not self._hidden else []
        elif tag.startswith("/"):
            self._end(tag[1:])
        else:
            self._start(tag)

    def _start(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "table":
            self._close_line()
            self._depth += 1
        elif self._depth == 1 and tag == "tr":
            self._close_line()
            self._rows.append([])
        elif self._depth == 1 and tag in ("td", "th"):
            self._close_line()
            self._rows = self._rows or [[]]
            self._rows[-1].append([])
        elif tag in _BLOCKS or tag in ("tr", "td", "th"):
            self._close_line()

    def _end(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "table":
            self._close_line()
            self._depth = max(0, self._depth - 1)
            if self._depth == 0:
                self._close_table()
        elif tag in _BLOCKS or tag in ("tr", "td", "th"):
            self._close_line()

    def _close_line(self) -> None:
        line = " ".join("".join(self._line).split())
        self._line = []
        if not line:
            return
        if self._depth and self._rows and self._rows[-1]:
            self._rows[-1][-1].append(line)
        else:
            self._found.append(line)

    def _close_table(self) -> None:
        if self._rows:
            self._found.append(Table(tuple(tuple("\n".join(cell) for cell in row) for row in self._rows)))
        self._rows = []
