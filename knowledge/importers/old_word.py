"""Reads true Word 97 files through LibreOffice or antiword, whichever the machine has; neither is required."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from knowledge.importers import word
from knowledge.importers.blocks import Block, Table, read_page
from knowledge.importers.problems import CONVERT_SECONDS, ImportProblem
from knowledge.importers.raw import Entry, Kind

_REMEDY = "mở bằng Word hoặc LibreOffice, lưu thành .docx rồi nhập lại"
_ROW = re.compile(r"\|.*\|")


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
            yield read_page(_table_lines(_by_antiword(antiword, source)), Kind.OLD_WORD)


def _by_office(program: str, source: Path) -> bytes:
    """Convert to OOXML, with a profile of its own so that a running LibreOffice is left alone."""
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    _run([program, profile, "--headless", "--convert-to", "docx", "--outdir", str(source.parent), str(source)])
    converted = source.with_suffix(".docx")
    if not converted.is_file():
        raise ImportProblem(f"LibreOffice không mở được tệp Word đời cũ này; {_REMEDY}")
    return converted.read_bytes()


def _by_antiword(program: str, source: Path) -> str:
    text = _run([program, "-m", "UTF-8.txt", "-w", "0", str(source)]).decode("utf-8", "replace")
    if not text.strip():
        raise ImportProblem(f"antiword không đọc được chữ nào trong tệp này; {_REMEDY}")
    return text


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


def _table_lines(text: str) -> Iterator[Block]:
    """Turn antiword's "|cell|cell|" lines into tables; the other lines stay."""
    rows: list[tuple[str, ...]] = []
    for line in text.splitlines():
        if _ROW.fullmatch(line.strip()):
            rows.append(tuple(cell.strip() for cell in line.strip().strip("|").split("|")))
            continue
        if rows:
            yield Table(tuple(rows))
            rows = []
        yield line
    if rows:
        yield Table(tuple(rows))
