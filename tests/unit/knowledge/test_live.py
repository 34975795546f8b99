"""Files are edited while the application runs: right edits take effect, broken files keep their last good version."""

import asyncio
import os
from pathlib import Path

import pytest

from knowledge import live
from knowledge.live import LiveKnowledge
from knowledge.reading import QuestionReader
from tests.unit.knowledge.support import COPY, STAY, LetterEmbedder, write_records


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_records(tmp_path / "records")


@pytest.fixture
def knowledge(folder: Path, tmp_path: Path) -> LiveKnowledge:
    return LiveKnowledge(folder, tmp_path / "index", LetterEmbedder(), QuestionReader())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    # An edit within the clock's grain must be seen too: its size may be the same.
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1_000_000))


def test_nothing_changed_nothing_is_read(knowledge: LiveKnowledge) -> None:
    base = knowledge._base
    assert not knowledge.refresh()
    assert knowledge._base is base


def test_an_edit_takes_effect(knowledge: LiveKnowledge, folder: Path) -> None:
    edit(folder / "ho_tich" / "1.000002.md", "8000", "9000")
    assert knowledge.refresh()
    assert knowledge.records["1.000002"].fee[0].amount_vnd == 9000


def test_only_changed_texts_are_embedded_again(folder: Path, tmp_path: Path) -> None:
    embedder = LetterEmbedder()
    knowledge = LiveKnowledge(folder, tmp_path / "index", embedder, QuestionReader())
    before = embedder.n_passages
    edit(folder / "ho_tich" / "1.000002.md", "trích lục khai sinh", "xin trích lục")
    assert knowledge.refresh()
    assert embedder.n_passages - before == 1


def test_a_broken_file_keeps_its_last_good_version_and_is_reported(knowledge: LiveKnowledge, folder: Path) -> None:
    edit(folder / "ho_tich" / "1.000002.md", "fee:", "phi:")
    edit(folder / "cu_tru" / "1.000003.md", "KT3", "KT ba")
    assert knowledge.refresh()
    assert knowledge.records["1.000002"].fee[0].amount_vnd == 8000
    assert "KT ba" in knowledge.records["1.000003"].aliases
    assert any("1.000002.md" in problem for problem in knowledge.problems)
    edit(folder / "ho_tich" / "1.000002.md", "phi:", "fee:")
    knowledge.refresh()
    assert knowledge.problems == ()


def test_half_written_files_break_nothing(knowledge: LiveKnowledge, folder: Path) -> None:
    (folder / "ho_tich" / "1.000001.md").write_bytes(b'---\ncode: "1.0000')
    (folder / "city_rules.yml").write_text("a: [", encoding="utf-8")
    assert not knowledge.refresh()
    assert set(knowledge.records) == {"1.000001", COPY["code"], STAY["code"]}
    assert knowledge.problems


def test_a_new_record_is_found_and_a_deleted_one_is_not(knowledge: LiveKnowledge, folder: Path) -> None:
    new = {"code": "1.000004", "name": "Khai báo tạm vắng", "plain_name": "báo đi vắng", "aliases": ["tạm vắng"]}
    write_records(folder, {**new, "not_to_confuse": [], "field": "cu_tru"})
    (folder / "cu_tru" / "1.000003.md").unlink()
    assert knowledge.refresh()
    assert knowledge.search("tạm vắng").hits[0].code == "1.000004"
    assert "1.000003" not in knowledge.records


async def test_it_follows_the_files_until_it_is_stopped(
    knowledge: LiveKnowledge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.01)
    task = asyncio.create_task(knowledge.follow())
    edit(folder / "ho_tich" / "1.000002.md", "8000", "9000")
    async with asyncio.timeout(20):
        while knowledge.records["1.000002"].fee[0].amount_vnd != 9000:  # noqa: ASYNC110 - files send no events
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
