"""Reads the portal's "Chi tiết TTHC" PDF: its text in the order of the page, where each cell follows the one before."""

import logging
import re
import time
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from knowledge.importers.blocks import read_page
from knowledge.importers.glued import PAPER_HEADER
from knowledge.importers.labels import label_of, labelled
from knowledge.importers.problems import MAX_PDF_PAGES, MAX_PDF_SECONDS, ImportProblem
from knowledge.importers.raw import Entry, Kind
from knowledge.importers.texts import verbatim

_HEADER = re.compile(r"Hình thức nộp\s+Thời hạn giải\s+quyết\s+Phí,\s+lệ phí\s+Mô tả\s*\n", re.IGNORECASE)
# A line that starts like this begins something new; others continue the line above, which the page only wrapped.
_STARTS = re.compile(r"[-+*•–]|Bước\s+\d|\d{1,2}[.)]\s|[a-zđ]\)\s|\([0-9a-zđ]{1,3}\)\s|Trường hợp|Mã:|(?:Trực|Qua) ")
_ENDS = re.compile(r"[.;:!?]$|bản (?:chính|sao)$|/[A-ZĐ]{2,}[\w-]*$")


def read(data: bytes) -> Iterator[Entry]:
    """Yield the procedure that the document describes.

    Raises:
        ImportProblem: It is damaged, locked, too long, a scan without text, or describes no procedure.
    """
    yield read_page([unwrap(_HEADER.sub("Hình thức nộp Thời gian Phí, lệ phí Mô tả\n", _text(data)))], Kind.PDF)


def _text(data: bytes) -> str:
    # pypdf reports every flaw of a file that it can repair; the outcome is what counts here.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    deadline = time.monotonic() + MAX_PDF_SECONDS
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ImportProblem("PDF có mật khẩu; mở bằng mật khẩu, in lại thành PDF rồi nhập")
        if (count := len(reader.pages)) > MAX_PDF_PAGES:
            raise ImportProblem(f"PDF {count} trang, quá {MAX_PDF_PAGES} trang; tách riêng từng thủ tục rồi nhập")
        pages = []
        for page in reader.pages:
            if time.monotonic() > deadline:
                raise ImportProblem(f"đọc PDF quá {MAX_PDF_SECONDS:.0f} giây; in lại thành PDF mới rồi nhập")
            pages.append(page.extract_text())
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, RecursionError,
            NotImplementedError, OSError, MemoryError) as error:  # fmt: skip
        raise ImportProblem(f"PDF bị hỏng ({type(error).__name__}); tải lại từ nguồn") from error
    text = "\n".join(pages)
    if not text.strip():
        raise ImportProblem("PDF là ảnh chụp, không có chữ; tìm bản PDF hoặc Word có chữ")
    return text


def unwrap(text: str) -> str:
    """Join lines that the page wrapped; labels, table headers and lines that begin something new stay apart."""
    lines: list[str] = []
    is_open = False
    for line in (each.strip() for each in verbatim(text).split("\n")):
        if not line:
            continue
        is_label = label_of(line) is not None or PAPER_HEADER.search(line) is not None
        if is_open and not is_label and not _STARTS.match(line) and labelled(line, in_head=True) is None:
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
        is_open = not is_label and not _ENDS.search(lines[-1])
    return "\n".join(lines)
