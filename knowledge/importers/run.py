"""Imports files and folders: sniff, read, interpret, keep as drafts; a bad file is named and the rest goes on."""

import hashlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from knowledge.importers import html, json_files, old_word, pdf, spreadsheet, word
from knowledge.importers.draft import Origin, reading_of
from knowledge.importers.problems import ImportProblem, read_file
from knowledge.importers.raw import BadEntry, Entry
from knowledge.importers.reading import interpret
from knowledge.importers.sniff import Format, sniff
from knowledge.importers.write import DraftFolder, Outcome

log = logging.getLogger(__name__)

READERS: dict[Format, Callable[[bytes], Iterator[Entry]]] = {
    Format.JSON: json_files.read,
    Format.JSON_LINES: json_files.read_lines,
    Format.PDF: pdf.read,
    Format.WORD: word.read,
    Format.OLD_WORD: old_word.read,
    Format.SPREADSHEET: spreadsheet.read,
    Format.HTML: html.read,
}
# Called after each procedure or bad entry with how many are done and how many there are as far as is known.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or an entry that was not imported; ``at`` is "" for a whole file."""

    path: Path
    at: str
    reason: str


@dataclass(slots=True)
class Report:
    """What an import did; outcomes count procedures."""

    files: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def procedures(self) -> int:
        """Number of procedures that were read."""
        return sum(self.outcomes.values())


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files named and those in the folders named, each once, sorted within a folder.

    Hidden files and the lock files of office programs (``~$…``) in folders are left out; links to folders are not
    followed. A path that does not exist is returned as it is, for the import to name.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in _walk(path) if path.is_dir() else [path]:
            found.setdefault(file)
    return list(found)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in sorted(names) if not name.startswith((".", "~$")))


def import_files(
    paths: Sequence[Path],
    drafts: DraftFolder,
    today: date,
    progress: Progress | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Report:
    """Import files and folders.

    Args:
        paths: Files and folders, as the user named them.
        drafts: Where drafts are kept.
        today: Vietnam's date, the day of reading.
        progress: Told after each procedure.
        on_skip: Told of each file and entry that is skipped, when it happens.

    Raises:
        OSError: A draft cannot be written (no space, no permission); what was written before stays whole.
    """
    report = Report()
    files = find_files(paths)
    done, total = 0, len(files)

    def tell(skipped: Skipped | None = None) -> None:
        nonlocal done, total
        done += 1
        # Only lists know beforehand how many procedures they hold.
        total = max(total, done)
        if skipped:
            report.skipped.append(skipped)
            if on_skip:
                on_skip(skipped)
        if progress:
            progress(done, total)

    for path in files:
        report.files += 1
        try:
            source = _open(path, today)
        except ImportProblem as error:
            tell(Skipped(path, "", str(error)))
            continue
        total += source.expected - 1
        for entry in _entries(source):
            tell(_import(entry, path, source.origin, drafts, report))
    return report


@dataclass(frozen=True, slots=True)
class _Source:
    """An open file; ``expected`` is how many procedures it may hold."""

    data: bytes
    format: Format
    origin: Origin
    expected: int


def _open(path: Path, today: date) -> _Source:
    data = read_file(path)
    found = sniff(data)
    origin = Origin(str(path), hashlib.sha256(data).hexdigest(), today)
    return _Source(data, found, origin, data.strip().count(b"\n") + 1 if found is Format.JSON_LINES else 1)


def _entries(source: _Source) -> Iterator[Entry]:
    """Yield the entries of a file, and what ends them too early as a last ``BadEntry``."""
    try:
        yield from READERS[source.format](source.data)
    except ImportProblem as error:
        yield BadEntry("", str(error))
    except Exception as error:  # noqa: BLE001 (see _unexpected)
        yield BadEntry("", _unexpected(error))


def _import(entry: Entry, path: Path, origin: Origin, drafts: DraftFolder, report: Report) -> Skipped | None:
    if isinstance(entry, BadEntry):
        return Skipped(path, entry.at, entry.reason)
    try:
        reading = reading_of(interpret(entry), origin)
    except Exception as error:  # noqa: BLE001 (see _unexpected)
        return Skipped(path, entry.at, _unexpected(error))
    try:
        report.outcomes[drafts.save(entry.code, reading)] += 1
    except ImportProblem as error:
        return Skipped(path, entry.at, str(error))
    return None


def _unexpected(error: Exception) -> str:
    """Name a fault of ours: one file that breaks a reader must not end the import of the others."""
    log.debug("import_reader_failed", exc_info=error)
    return f"lỗi ngoài dự kiến ({type(error).__name__}: {str(error)[:120]}); báo lập trình viên kèm tệp này"
