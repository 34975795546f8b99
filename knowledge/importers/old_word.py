"""Reads true Word 97 files through LibreOffice or antiword, whichever the machine has; neither is required."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from knowledge.importers import word
from knowledge.importers.blocks import Block, Table, read_page
from knowledge.importers.ooxml import Element
from knowledge.importers.problems import CONVERT_SECONDS, ImportProblem
from knowledge.importers.raw import Entry, Kind

_REMEDY = "mở bằng Word hoặc LibreOffice, lưu thành .docx rồi nhập lại"
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*>")
_INLINE = {"emphasis", "subscript", "superscript", "ulink", "phrase"}


def read(data: bytes) -> Iterator[Entry]:
    """Yield the procedure that the document describes.

    Raises:
        ImportProblem: No converter is installed, it fails, or the document describes no procedure.
    """
    office, antiword = shutil.which("soffice") or shutil.which("libreoffice"), shutil.which("antiword")
    if not office and not antiword:
        raise ImportProblem(
            "tệp Word đời cũ (.doc 97-2003), máy này chưa có LibreOffice hay antiword; "
            f"cài một trong hai (apt-get install antiword), hoặc {_REMEDY}"
        )
    with tempfile.TemporaryDirectory(prefix="bot-import-") as folder:
        # A name of ours: the file's own may begin with a dash or hold anything.
        source = Path(folder) / "source.doc"
        source.write_bytes(data)
        if office:
            yield from word.read(_by_office(office, source), Kind.OLD_WORD)
        elif antiword:
            yield read_page(_blocks(_by_antiword(antiword, source)), Kind.OLD_WORD)


def _by_office(program: str, source: Path) -> bytes:
    """Convert to OOXML, with a profile of its own so that a running LibreOffice is left alone."""
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    _run([program, profile, "--headless", "--convert-to", "docx", "--outdir", str(source.parent), str(source)])
    converted = source.with_suffix(".docx")
    if not converted.is_file():
        raise ImportProblem(f"LibreOffice không mở được tệp Word đời cũ này; {_REMEDY}")
    return converted.read_bytes()


def _by_antiword(program: str, source: Path) -> Element:
    """Convert to DocBook, which unlike antiword's plain text keeps the cells of tables."""
    text = _run([program, "-x", "db", str(source)]).decode("utf-8", "replace")
    try:
        # Its document type names a file on the web, which nobody fetches; without it no entity can be declared.
        book = ElementTree.fromstring(_DOCTYPE.sub("", text, count=1))  # noqa: S314 (written by antiword)
    except ElementTree.ParseError as error:
        raise ImportProblem(f"antiword không đọc được tệp này; {_REMEDY}") from error
    chapters = book.findall("chapter")
    if not any("".join(chapter.itertext()).strip() for chapter in chapters):
        raise ImportProblem(f"antiword không đọc được chữ nào trong tệp này; {_REMEDY}")
    return chapters[0]


def _run(command: list[str]) -> bytes:
    name = Path(command[0]).name
    try:
        # The program is the one found on the path, the only argument from outside is a file that we wrote.
        done = subprocess.run(command, capture_output=True, timeout=CONVERT_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ImportProblem(f"{name} chạy quá {CONVERT_SECONDS:.0f} giây; {_REMEDY}") from error
    except OSError as error:
        raise ImportProblem(f"không chạy được {name} ({error.strerror}); {_REMEDY}") from error
    if done.returncode:
        detail = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ImportProblem(f"{name} báo lỗi ({detail[-1][:120] if detail else done.returncode}); {_REMEDY}")
    return done.stdout


def _blocks(element: Element) -> Iterator[Block]:
    """Yield lines and tables of antiword's DocBook; line ends inside a paragraph are those of the document."""
    line = [element.text or ""]
    for child in element:
        if child.tag in _INLINE:
            line.append("".join(child.itertext()))
        else:
            yield "".join(line)
            line = []
            if child.tag == "informaltable":
                rows = ((_cell(entry) for entry in row.iter("entry")) for row in child.iter("row"))
                yield Table(tuple(tuple(row) for row in rows))
            else:
                yield from _blocks(child)
        line.append(child.tail or "")
    yield "".join(line)


def _cell(entry: Element) -> str:
    return "".join(entry.itertext()).strip()
