"""Tells what a file is by its content; names and endings lie (Word files under .doc are often OOXML or HTML)."""

import io
import json
import re
import zipfile
from enum import StrEnum

from knowledge.importers.problems import ImportProblem

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div|table|h[1-6]|p|section|main|article)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
_HEAD = 8192


class Format(StrEnum):
    """Formats that have a reader."""

    JSON = "json"
    JSON_LINES = "json_lines"
    PDF = "pdf"
    WORD = "word"
    OLD_WORD = "old_word"
    SPREADSHEET = "spreadsheet"
    HTML = "html"


def sniff(data: bytes) -> Format:
    """Tell the format of a file's content.

    Raises:
        ImportProblem: It has none that can be read; the message says what it looks like and what to do.
    """
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.startswith(_OLE):
        return _ole(data)
    if data.startswith(b"PK"):
        return _zip(data)
    if data.startswith(b"{\\rtf"):
        raise ImportProblem("tệp RTF; mở bằng Word hoặc LibreOffice, lưu thành .docx rồi nhập lại")
    return _text(decode(data))


def decode(data: bytes) -> str:
    """Return the text of ``data``: by its byte order mark, by the charset that an HTML page names, else UTF-8.

    Raises:
        ImportProblem: It is no text in that encoding.
    """
    encoding = next((name for mark, name in _BOMS.items() if data.startswith(mark)), "")
    named = _CHARSET.search(data[:_HEAD])
    for name in [encoding] if encoding else ["utf-8", named[1].decode() if named else ""]:
        try:
            text = data.decode(name) if name else ""
        except (UnicodeDecodeError, LookupError):
            continue
        if text and "\0" not in text[:_HEAD]:
            return text
    raise ImportProblem(
        "không nhận ra loại tệp; nhập được PDF, Word (.doc, .docx), Excel (.xlsx), HTML, JSON, mỗi dòng một JSON"
    )


def _ole(data: bytes) -> Format:
    """Tell by the names of the streams, which are UTF-16 in the directory of the file."""
    if "WordDocument".encode("utf-16-le") in data:
        return Format.OLD_WORD
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ImportProblem("tệp có mật khẩu; mở bằng Word hoặc Excel, bỏ mật khẩu, lưu lại rồi nhập")
    if "Workbook".encode("utf-16-le") in data:
        raise ImportProblem("tệp Excel đời cũ (.xls); mở bằng Excel hoặc LibreOffice, lưu thành .xlsx rồi nhập lại")
    raise ImportProblem("tệp OLE nhưng không phải Word; mở bằng chương trình đã tạo ra nó, lưu thành .docx hoặc PDF")


def _zip(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ImportProblem("tệp Word, Excel hoặc tệp nén bị hỏng; tải lại từ nguồn") from error
    if "word/document.xml" in names:
        return Format.WORD
    if "xl/workbook.xml" in names:
        return Format.SPREADSHEET
    if "content.xml" in names and "mimetype" in names:
        raise ImportProblem("tệp OpenDocument; mở bằng LibreOffice, lưu thành .docx hoặc .xlsx rồi nhập lại")
    raise ImportProblem("tệp nén; giải nén vào một thư mục rồi nhập thư mục đó")


def _text(text: str) -> Format:
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        return Format.JSON_LINES if _is_lines(start) else Format.JSON
    if start.startswith("<?xml") and "w:wordDocument" in start[:_HEAD]:
        raise ImportProblem("tệp Word XML 2003; mở bằng Word hoặc LibreOffice, lưu thành .docx rồi nhập lại")
    if start.startswith("<") and _HTML.search(start[:_HEAD]):
        return Format.HTML
    if start.startswith("MIME-Version:"):
        raise ImportProblem("tệp trang web lưu một khối (MHTML); mở bằng Word, lưu thành .docx rồi nhập lại")
    raise ImportProblem(
        "tệp chữ nhưng không phải HTML hay JSON; nhập được PDF, Word, Excel (.xlsx), HTML, JSON, mỗi dòng một JSON"
    )


def _is_lines(text: str) -> bool:
    """Say whether the first line is a whole object and more lines follow."""
    first, _, rest = text.partition("\n")
    if not first.lstrip().startswith("{") or not rest.strip():
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        # A broken first line of many: the second tells.
        second = rest.lstrip().partition("\n")[0]
        return second.startswith("{") and second.rstrip().endswith("}")
    return True
