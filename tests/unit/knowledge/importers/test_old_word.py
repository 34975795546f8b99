"""True Word 97 files go through whatever converter the machine has; without one the remedy is named."""

import shutil
from pathlib import Path

import pytest

from knowledge.importers import old_word
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import Kind, RawProcedure
from tests.unit.knowledge.importers import files

BOOK = f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.1.2//EN"
  "http://example.vn/docbookx.dtd">
<book><bookinfo><title>x</title></bookinfo><chapter><title/>
<para><emphasis role='bold'>Mã thủ tục:</emphasis> {files.CODE}</para>
<para>Tên thủ tục: Thủ tục nuôi mèo
Cách thức thực hiện:</para>
<para><informaltable><tgroup cols='2'><tbody>
<row><entry>Hình thức nộp</entry><entry>Phí, lệ phí</entry></row>
<row><entry>Trực tiếp</entry><entry>Phí : 20000
Đồng</entry></row></tbody></tgroup></informaltable></para>
</chapter></book>"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that is the only one on the path (beside those of the shell)."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(old_word.shutil, "which", lambda name: str(folder / name) if (folder / name).exists() else None)
    return folder


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def _read() -> RawProcedure:
    (entry,) = list(old_word.read(files.ole()))
    assert isinstance(entry, RawProcedure)
    return entry


def test_without_a_converter_the_remedy_is_named(programs: Path) -> None:
    with pytest.raises(ImportProblem, match=r"apt-get install antiword.*lưu thành \.docx"):
        list(old_word.read(files.ole()))


def test_antiwords_paragraphs_and_tables_are_read(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "book.xml").write_text(BOOK, encoding="utf-8")
    _program(programs, "antiword", f'cat "{tmp_path}/book.xml"')
    raw = _read()
    assert (raw.code, raw.name, raw.kind) == (files.CODE, "Nuôi mèo", Kind.OLD_WORD)
    assert [(row.mode, row.fee) for row in raw.submissions] == [("Trực tiếp", "Phí : 20000\nĐồng")]


def test_libreoffice_is_preferred_and_its_document_is_read(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(files.docx(files.detail()))
    _program(programs, "antiword", "exit 9")
    _program(
        programs, "soffice", f'while [ "$1" != --outdir ]; do shift; done; cp "{tmp_path}/made.docx" "$2/source.docx"'
    )
    raw = _read()
    assert (raw.code, raw.kind) == (files.CODE, Kind.OLD_WORD)


@pytest.mark.parametrize(
    ("name", "script", "reason"),
    [
        ("antiword", "echo 'not a Word file' >&2; exit 1", "antiword báo lỗi .not a Word file."),
        ("antiword", "exit 3", "antiword báo lỗi .3."),
        ("antiword", "echo '<book><chapter> </chapter></book>'", "không đọc được chữ nào"),
        ("antiword", "echo '<book>'", "antiword không đọc được tệp này"),
        ("antiword", "echo '<!DOCTYPE x [<!ENTITY a \"b\">]><book>&a;</book>'", "không đọc được"),
        ("soffice", "exit 0", "LibreOffice không mở được"),
        ("soffice", "exit 1", "soffice báo lỗi"),
    ],
)
def test_a_converter_that_fails_is_named(programs: Path, name: str, script: str, reason: str) -> None:
    _program(programs, name, script)
    with pytest.raises(ImportProblem, match=reason):
        list(old_word.read(files.ole()))


def test_a_converter_that_hangs_is_stopped(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_word, "CONVERT_SECONDS", 0.2)
    _program(programs, "antiword", "exec sleep 30")
    with pytest.raises(ImportProblem, match="chạy quá 0 giây"):
        list(old_word.read(files.ole()))


def test_a_converter_that_cannot_start_is_named(programs: Path) -> None:
    (programs / "antiword").write_bytes(b"\0no program")
    (programs / "antiword").chmod(0o644)
    with pytest.raises(ImportProblem, match="không chạy được antiword"):
        list(old_word.read(files.ole()))


def test_the_real_converter_refuses_a_broken_file() -> None:
    if not (shutil.which("soffice") or shutil.which("libreoffice") or shutil.which("antiword")):
        pytest.skip("máy này không có LibreOffice hay antiword")
    with pytest.raises(ImportProblem):
        list(old_word.read(files.ole()))
