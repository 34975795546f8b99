"""Reads web pages of one procedure: text by block elements, tables as tables, nothing fetched or run."""

from collections.abc import Iterator
from html.parser import HTMLParser

from knowledge.importers.blocks import Block, Table, read_page
from knowledge.importers.problems import MAX_HTML_BYTES, MB, ImportProblem
from knowledge.importers.raw import Entry, Kind
from knowledge.importers.sniff import decode

_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "button", "dd", "div", "dl", "dt", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "label", "li", "main", "nav", "ol", "option",
    "p", "pre", "section", "title", "ul",
}  # fmt: skip
_HIDDEN = {"script", "style", "noscript", "template", "svg"}


def read(data: bytes) -> Iterator[Entry]:
    """Yield the procedure that the page describes.

    Raises:
        ImportProblem: The page is too large or describes no procedure.
    """
    if len(data) > MAX_HTML_BYTES:
        size = f"trang web {len(data) / MB:.0f} MB, quá {MAX_HTML_BYTES // MB} MB"
        raise ImportProblem(f"{size}; lưu lại chỉ phần thủ tục")
    parser = _Blocks()
    parser.feed(decode(data))
    parser.close()
    yield read_page(parser.blocks(), Kind.HTML)


class _Blocks(HTMLParser):
    """Collects lines and tables; a table inside a table is text of its cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Block] = []
        self._line: list[str] = []
        self._rows: list[list[str]] = []
        self._depth = 0
        self._hidden = 0

    def blocks(self) -> list[Block]:
        """Return what was found, in order."""
        self._close_line()
        self._close_table()
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
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
            self._rows[-1].append("")
        elif tag in _BLOCKS or tag in ("tr", "td", "th"):
            self._close_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "table":
            self._close_line()
            self._depth = max(0, self._depth - 1)
            if self._depth == 0:
                self._close_table()
        elif tag in _BLOCKS or tag in ("tr", "td", "th"):
            self._close_line()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._line.append(data)

    def _close_line(self) -> None:
        line = " ".join("".join(self._line).split())
        self._line = []
        if not line:
            return
        if self._depth and self._rows and self._rows[-1]:
            self._rows[-1][-1] = f"{self._rows[-1][-1]}\n{line}".strip()
        else:
            self._found.append(line)

    def _close_table(self) -> None:
        if self._rows:
            self._found.append(Table(tuple(tuple(row) for row in self._rows)))
        self._rows = []
