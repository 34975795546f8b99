"""Content decides, not the name; what cannot be read is refused with what to do instead."""

import pytest

from knowledge.importers.problems import ImportProblem
from knowledge.importers.sniff import Format, decode, sniff
from tests.unit.knowledge.importers.files import PAGE, PDF_PAGES, archive, detail, docx, dumped, ole, pdf, portal, xlsx


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (docx(detail()), Format.WORD),
        (xlsx([["Mã số", "Tên"]]), Format.SPREADSHEET),
        (pdf(PDF_PAGES), Format.PDF),
        (b"\n\n" + pdf(PDF_PAGES), Format.PDF),
        (ole(), Format.OLD_WORD),
        (PAGE.encode(), Format.HTML),
        (b"\xef\xbb\xbf" + PAGE.encode(), Format.HTML),
        (PAGE.encode("utf-16"), Format.HTML),
        (b"<!-- saved --><table><tr><td>x</td></tr></table>", Format.HTML),
        (dumped(portal()), Format.JSON),
        (dumped([portal()]), Format.JSON),
        (b'{\n  "ma_thu_tuc": 1\n}', Format.JSON),
        (dumped(portal()) + b"\n", Format.JSON),
        (dumped(portal()) + b"\n\n" + dumped(portal()), Format.JSON_LINES),
        (b"{broken\n" + dumped(portal()), Format.JSON_LINES),
    ],
)
def test_the_content_tells_the_format(data: bytes, found: Format) -> None:
    assert sniff(data) is found


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"{\\rtf1 x}", "lưu thành .docx"),
        (ole("EncryptedPackage"), "bỏ mật khẩu"),
        (ole("Workbook"), "lưu thành .xlsx"),
        (ole("Something"), "không phải Word"),
        (b"PK\x03\x04 broken", "bị hỏng"),
        (archive({"a.txt": b"x"}), "giải nén"),
        (archive({"mimetype": b"x", "content.xml": b"<x/>"}), "LibreOffice"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "MHTML"),
        (b"<?xml version='1.0'?><w:wordDocument/>", "lưu thành .docx"),
        (b"<svg></svg>", "không phải HTML hay JSON"),
        ("Chỉ là chữ".encode(), "không phải HTML hay JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "không nhận ra loại tệp"),
        (b"a\0b\0c", "không nhận ra loại tệp"),
        (b"\xff\xfe\xff", "không nhận ra loại tệp"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(data: bytes, remedy: str) -> None:
    with pytest.raises(ImportProblem, match=remedy):
        sniff(data)


def test_a_page_is_decoded_by_the_charset_it_names() -> None:
    page = '<html><meta charset="windows-1258"><p>C\xf4ng \xe2n</p></html>'
    assert "Công ân" in decode(page.encode("windows-1258"))
    with pytest.raises(ImportProblem):
        decode(b"<html><meta charset=nonsense>\xff</html>")
