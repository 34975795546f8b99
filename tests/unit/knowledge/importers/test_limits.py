"""Damaged, locked and hostile files end in one clear line, quickly."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from knowledge.importers import html, ooxml, pdf, problems, word
from knowledge.importers.ooxml import Package
from knowledge.importers.problems import MB, ImportProblem, read_file
from knowledge.importers.sniff import sniff
from tests.unit.knowledge.importers import files


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    with path.open("wb") as file:
        file.truncate(51 * MB)
    with pytest.raises(ImportProblem, match="51 MB, quá 50 MB"):
        read_file(path)


@pytest.mark.parametrize("content", [b"", b" \n\t"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ImportProblem, match="tệp rỗng"):
        read_file(tmp_path / "x")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="không có tệp này"):
        read_file(tmp_path / "missing")
    with pytest.raises(ImportProblem, match="không phải tệp thường"):
        read_file(tmp_path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_bytes(b"x")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImportProblem, match="kiểm tra quyền"):
        read_file(tmp_path / "x")


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = files.archive({"word/document.xml": bytes(problems.MAX_PART_BYTES + 1)})
    assert len(bomb) < MB
    with pytest.raises(ImportProblem, match="bom nén"):
        list(word.read(bomb))


def test_many_parts_that_unpack_to_much_together_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ooxml, "MAX_UNPACKED_BYTES", 100)
    package = Package(files.archive({f"{n}.xml": b"<x>" + b" " * 50 + b"</x>" for n in range(3)}))
    package.xml("0.xml")
    with pytest.raises(ImportProblem, match="bom nén"):
        package.xml("1.xml")


def test_an_archive_of_countless_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ooxml, "MAX_PARTS", 1)
    with pytest.raises(ImportProblem, match="phần bên trong"):
        Package(files.archive({"a": b"", "b": b""}))


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE x>",
    ],
)
def test_xml_with_entities_is_not_parsed(prologue: str) -> None:
    data = files.archive({"word/document.xml": f'<?xml version="1.0"?>{prologue}<x>&b;</x>'.encode()})
    with pytest.raises(ImportProblem, match="thực thể XML"):
        list(word.read(data))


def test_entities_in_another_encoding_are_not_parsed_either() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY b "x">]><x>&b;</x>'
    with pytest.raises(ImportProblem, match="thực thể XML"):
        list(word.read(files.archive({"word/document.xml": text.encode("utf-16")})))


@pytest.mark.parametrize("content", [b"", b"<x>", b"not xml", b"<x></y>"])
def test_damaged_xml_is_named(content: bytes) -> None:
    with pytest.raises(ImportProblem, match=r"word/document\.xml bên trong tệp bị hỏng"):
        list(word.read(files.archive({"word/document.xml": content})))


def test_a_truncated_document_is_damaged() -> None:
    data = files.docx(files.detail())
    for size in (10, len(data) // 2, len(data) - 1):
        with pytest.raises(ImportProblem, match="bị hỏng"):
            list(word.read(data[:size]))


def test_a_damaged_part_and_a_missing_part_are_named() -> None:
    data = bytearray(files.docx(files.detail()))
    start = data.index(b"word/document.xml") + 40
    data[start : start + 40] = bytes(40)
    with pytest.raises(ImportProblem, match="bị hỏng"):
        list(word.read(bytes(data)))
    with pytest.raises(ImportProblem, match="thiếu phần"):
        Package(files.archive({"a": b""})).xml("b")


def test_a_locked_archive_is_refused() -> None:
    data = bytearray(files.docx(files.detail()))
    # Bit 0 of the flags in every central directory entry: encrypted.
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 1)
    assert zipfile.ZipFile(io.BytesIO(bytes(data))).infolist()[0].flag_bits & 1
    with pytest.raises(ImportProblem, match="mật khẩu"):
        list(word.read(bytes(data)))


def test_a_pdf_of_thousands_of_pages_is_refused_quickly() -> None:
    data = files.pdf([["x"]] * 3000)
    started = time.monotonic()
    with pytest.raises(ImportProblem, match="3000 trang, quá 300 trang"):
        list(pdf.read(data))
    assert time.monotonic() - started < 20


def test_a_scan_has_no_text() -> None:
    with pytest.raises(ImportProblem, match="ảnh chụp"):
        list(pdf.read(files.pdf([[]])))


def test_a_locked_pdf_is_refused_and_one_without_a_password_is_read() -> None:
    for password, is_read in (("bí mật", False), ("", True)):
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files.pdf(files.PDF_PAGES))))
        writer.encrypt(user_password=password, owner_password="chủ", algorithm="AES-256")
        data = io.BytesIO()
        writer.write(data)
        if is_read:
            assert list(pdf.read(data.getvalue()))
        else:
            with pytest.raises(ImportProblem, match="mật khẩu"):
                list(pdf.read(data.getvalue()))


@pytest.mark.parametrize("size", [8, 60, 700])
def test_a_truncated_pdf_is_one_line(size: int) -> None:
    data = files.pdf(files.PDF_PAGES)[:size]
    with pytest.raises(ImportProblem, match=r"PDF bị hỏng|ảnh chụp"):
        list(pdf.read(data))


def test_a_slow_pdf_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PDF_SECONDS", -1.0)
    with pytest.raises(ImportProblem, match="giây"):
        list(pdf.read(files.pdf(files.PDF_PAGES)))


def test_a_huge_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MAX_HTML_BYTES", 10)
    with pytest.raises(ImportProblem, match="trang web"):
        list(html.read(files.PAGE.encode()))


def test_entities_of_a_page_are_plain_characters() -> None:
    page = "<!DOCTYPE html [<!ENTITY a 'ha'>]><p>Mã thủ tục</p><p>&#57;.000001</p><p>Lĩnh vực</p><p>&a;&eacute;</p>"
    (raw,) = list(html.read(page.encode()))
    assert "é" in getattr(raw, "texts", {})["field"]
    assert "ha" not in getattr(raw, "texts", {})["field"]


@pytest.mark.parametrize("page", ["<table><td>x", "</table></div><p>y", "<table><table><tr><td>z</table>", "<script>"])
def test_a_broken_page_is_no_crash(page: str) -> None:
    with pytest.raises(ImportProblem, match="Mã thủ tục"):
        list(html.read(f"<html>{page}".encode()))


@pytest.mark.parametrize("piece", ["<a ", "<a b='", "<!--", "<", "</", "<td>x<br>", "&#1"])
def test_a_page_of_endless_tags_takes_no_endless_time(piece: str) -> None:
    started = time.monotonic()
    with pytest.raises(ImportProblem):
        list(html.read(b"<html><table><tr><td>" + piece.encode() * 100_000))
    assert time.monotonic() - started < 10


def test_a_bracket_in_an_attribute_ends_no_tag() -> None:
    page = f"<p title='a > b'>Mã thủ tục</p><!-- <p>Lĩnh vực</p> --><p class=x>{files.CODE}</p><p>3 < 4 <3</p>"
    (raw,) = list(html.read(page.encode()))
    assert getattr(raw, "code", "") == files.CODE
    assert getattr(raw, "texts", {}) == {}


def test_random_bytes_are_no_crash() -> None:
    noise = bytes(range(256)) * 4
    for head in (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"{", b"<html>", b""):
        with pytest.raises(ImportProblem):
            sniff(head + noise)
    with pytest.raises(ImportProblem):
        list(pdf.read(b"%PDF-1.7\n" + noise))
