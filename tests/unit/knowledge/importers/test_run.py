"""The import of many files: a bad one is named, the others go on; nothing is done twice."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from knowledge.importers import run
from knowledge.importers.raw import Entry
from knowledge.importers.run import Report, Skipped, find_files, import_files
from knowledge.importers.sniff import Format
from knowledge.importers.write import DraftFolder, Reviewed
from tests.unit.knowledge.importers import files

DAY = date(2026, 11, 20)


def _import(folder: Path, *paths: Path, told: list[tuple[int, int]] | None = None) -> Report:
    drafts = DraftFolder(folder / "drafts", Reviewed(folder / "none"))
    return import_files(paths, drafts, DAY, None if told is None else lambda done, total: told.append((done, total)))


def _drafts(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "drafts").rglob("*.yml"))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Give a folder with a file of every kind (names that lie), bad ones among them."""
    folder = tmp_path / "sources"
    (folder / "sub").mkdir(parents=True)
    (folder / "ChiTiet.doc").write_bytes(files.docx(files.detail("9.000001")))
    (folder / "sub" / "a.html").write_bytes(files.pdf(files.PDF_PAGES))
    (folder / "sub" / "b.pdf").write_bytes(files.PAGE.replace(files.CODE, "9.000003").encode())
    (folder / "c.json").write_bytes(files.xlsx([["Mã số", "Tên"], ["9.000004", "Nuôi mèo"], ["sai", "Nuôi chó"]]))
    (folder / "d.txt").write_bytes(files.dumped(files.portal(ma_thu_tuc="9.000005")))
    (folder / "e.jsonl").write_bytes(
        b"\n".join(files.dumped(files.extracted(thu_tuc_id=f"9.00001{n}", metadata={})) for n in range(3))
    )
    (folder / "bad.docx").write_bytes(b"PK broken")
    (folder / "form.docx").write_bytes(files.docx(["TỜ KHAI NUÔI MÈO"]))
    (folder / ".hidden").write_bytes(b"x")
    (folder / "~$lock.docx").write_bytes(b"x")
    return folder


def test_a_folder_is_imported_and_what_is_bad_is_named(tmp_path: Path, sources: Path) -> None:
    told: list[tuple[int, int]] = []
    report = _import(tmp_path, sources, told=told)
    assert (report.files, report.procedures) == (8, 8)
    assert _drafts(tmp_path) == [f"9.0000{n}.yml" for n in ("01", "03", "04", "05", "10", "11", "12")]
    assert [(skipped.path.name, skipped.at) for skipped in report.skipped] == [
        ("bad.docx", ""),
        ("c.json", "dòng 3"),
        ("form.docx", ""),
    ]
    assert all(skipped.reason for skipped in report.skipped)
    done, total = told[-1]
    assert done == total == report.procedures + len(report.skipped)
    assert all(done <= total for done, total in told)


def test_a_second_import_changes_no_file(tmp_path: Path, sources: Path) -> None:
    _import(tmp_path, sources)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "drafts").rglob("*.yml")}
    report = _import(tmp_path, sources)
    assert report.outcomes == {"unchanged": 8}
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "drafts").rglob("*.yml")} == before


def test_files_are_found_once_and_in_order(tmp_path: Path, sources: Path) -> None:
    found = [path.name for path in find_files([sources / "d.txt", sources, tmp_path / "missing"])]
    assert found == ["d.txt", "ChiTiet.doc", "bad.docx", "c.json", "e.jsonl", "form.docx", "a.html", "b.pdf", "missing"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    report = _import(tmp_path, tmp_path / "missing.pdf")
    assert "không có tệp này" in report.skipped[0].reason


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    os.mkfifo(tmp_path / "sources" / "pipe")
    report = _import(tmp_path, tmp_path / "sources")
    assert "không phải tệp thường" in report.skipped[0].reason


def test_a_reader_that_breaks_does_not_end_the_import(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: bytes) -> Iterator[Entry]:
        yield from ()
        raise ZeroDivisionError("oops")

    monkeypatch.setitem(run.READERS, Format.PDF, broken)
    report = _import(tmp_path, sources)
    assert report.procedures == 7
    (reason,) = [skipped.reason for skipped in report.skipped if skipped.path.name == "a.html"]
    assert "ZeroDivisionError: oops" in reason


def test_an_entry_that_cannot_be_interpreted_is_named(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(run, "interpret", broken)
    report = _import(tmp_path, sources / "e.jsonl")
    assert [skipped.at for skipped in report.skipped] == ["dòng 1", "dòng 2", "dòng 3"]


def test_skips_are_told_when_they_happen(tmp_path: Path, sources: Path) -> None:
    told: list[Skipped] = []
    drafts = DraftFolder(tmp_path / "drafts", Reviewed(tmp_path))
    report = import_files([sources / "bad.docx"], drafts, DAY, on_skip=told.append)
    assert told == report.skipped


def test_a_full_disk_stops_the_import(tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        _import(tmp_path, sources / "d.txt")


def test_many_procedures_are_imported_in_reasonable_time(tmp_path: Path) -> None:
    lines = (files.dumped(files.portal(ma_thu_tuc=f"8.{number:06d}")) for number in range(300))
    (tmp_path / "all.jsonl").write_bytes(b"\n".join(lines))
    told: list[tuple[int, int]] = []
    report = _import(tmp_path, tmp_path / "all.jsonl", told=told)
    assert report.outcomes == {"new": 300}
    # The bar knows from the first line on how many there are.
    assert told[0] == (1, 300)
