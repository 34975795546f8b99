"""Drafts: whole or not at all, idempotent, a person's edits and the reviewed records untouched."""

import hashlib
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers import write
from knowledge.importers.compare import conflicts
from knowledge.importers.draft import Origin, compose, merge, reading_of
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import Kind, RawLaw, RawPaper, RawProcedure, RawSubmission
from knowledge.importers.reading import interpret
from knowledge.importers.texts import verbatim
from knowledge.importers.write import DraftFolder, Outcome, Reviewed, render
from tests.unit.knowledge.importers.files import CODE, NAME, raw
from tests.unit.knowledge.support import write_records

DAY = date(2026, 11, 20)


def _reading(
    name: str = "tep.pdf", day: date = DAY, source: RawProcedure | None = None, **changes: Any
) -> dict[str, Any]:
    origin = Origin(name, hashlib.sha256(name.encode()).hexdigest(), day)
    return reading_of(interpret(source or raw("20.000 đồng", **changes)), origin)


def _folder(tmp_path: Path, records: Path | None = None) -> DraftFolder:
    return DraftFolder(tmp_path / "drafts", Reviewed(records or tmp_path / "none"))


def _save(tmp_path: Path, reading: dict[str, Any], records: Path | None = None, code: str = CODE) -> Outcome:
    return _folder(tmp_path, records).save(code, reading)


def _files(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "drafts"
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in paths}


def _draft(tmp_path: Path, name: str = f"khac/{CODE}.yml") -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_files(tmp_path)[name])
    return loaded


def test_a_draft_says_what_was_read_and_where_from(tmp_path: Path) -> None:
    assert _save(tmp_path, _reading(texts={"field": "Thú cưng", "url": "https://example.vn"})) == "new"
    draft = _draft(tmp_path, f"thu_cung/{CODE}.yml")
    assert (draft["code"], draft["name"]) == (CODE, NAME)
    source = draft["readings"][0]["source"]
    assert (source["file"], source["kind"], source["read_on"], len(source["sha256"])) == ("tep.pdf", "pdf", DAY, 64)
    assert draft["readings"][0]["fee"] == [
        {"mode": "Trực tiếp", "text": "20.000 đồng", "state": "known", "amount_vnd": 20_000}
    ]
    assert any("plain_name" in line for line in draft["todo"])
    assert "CHƯA AI DUYỆT" in _files(tmp_path)[f"thu_cung/{CODE}.yml"]


def test_codes_stay_text_in_the_file(tmp_path: Path) -> None:
    _save(tmp_path, _reading(), code="1.001190")
    assert _draft(tmp_path, "khac/1.001190.yml")["code"] == "1.001190"


@pytest.mark.parametrize(
    ("field", "folder"),
    [
        ("Cấp, quản lý căn cước", "can_cuoc"),
        ("Hộ tịch", "ho_tich"),
        ("../../etc", "etc"),
        ("", "khac"),
        ("Không có thông tin", "khong_co_thong_tin"),
    ],
)
def test_the_folder_comes_from_the_field_and_is_plain(tmp_path: Path, field: str, folder: str) -> None:
    _save(tmp_path, _reading(texts={"field": field}))
    assert list(_files(tmp_path)) == [f"{folder}/{CODE}.yml"]


def test_a_second_import_of_the_same_file_changes_nothing(tmp_path: Path) -> None:
    _save(tmp_path, _reading())
    before = _files(tmp_path)
    assert _save(tmp_path, _reading(day=date(2027, 1, 1))) == "unchanged"
    assert _files(tmp_path) == before


def test_the_same_file_under_another_name_is_the_same(tmp_path: Path) -> None:
    _save(tmp_path, _reading())
    reading = _reading()
    reading["source"]["file"] = "khac/tep.pdf"
    assert _save(tmp_path, reading) == "unchanged"


def test_a_file_that_reads_differently_now_is_read_anew(tmp_path: Path) -> None:
    _save(tmp_path, _reading())
    assert _save(tmp_path, _reading(texts={"agency": "Công an"})) == "updated"
    assert len(_draft(tmp_path)["readings"]) == 1


def test_another_source_joins_the_draft_best_source_first(tmp_path: Path) -> None:
    _save(tmp_path, _reading("danh_sach.xlsx", kind=Kind.SPREADSHEET))
    assert _save(tmp_path, _reading(texts={"field": "Thú cưng"})) == "updated"
    draft = _draft(tmp_path)
    assert [reading["source"]["kind"] for reading in draft["readings"]] == ["pdf", "spreadsheet"]
    assert any(line.startswith("(nguồn 2) danh sách chỉ có tên") for line in draft["todo"])


def test_sources_that_contradict_each_other_are_told() -> None:
    readings = [_reading(), _reading("b.pdf", source=raw("30.000 đồng", texts={"level": "Cấp xã"}))]
    assert list(conflicts(readings)) == ["các nguồn khác nhau về lệ phí: (nguồn 1) 20.000 đồng; (nguồn 2) 30.000 đồng"]
    assert not list(conflicts([_reading(), _reading("b.pdf")]))


def test_edits_of_a_person_are_never_overwritten(tmp_path: Path) -> None:
    _save(tmp_path, _reading())
    path = tmp_path / "drafts" / "khac" / f"{CODE}.yml"
    path.write_text(path.read_text() + "# đã gọi phường hỏi\n")
    before = path.read_text()
    assert _save(tmp_path, _reading()) == "unchanged"
    assert _save(tmp_path, _reading("moi.pdf")) == "beside"
    assert _save(tmp_path, _reading("moi.pdf")) == "unchanged"
    assert path.read_text() == before
    beside = _draft(tmp_path, f"khac/{CODE}.new.yml")
    assert [reading["source"]["file"] for reading in beside["readings"]] == ["moi.pdf"]
    other = path.with_name(f"{CODE}.new.yml")
    other.write_text(other.read_text() + "# cũng sửa\n")
    assert _save(tmp_path, _reading("moi.pdf")) == "unchanged"
    with pytest.raises(ImportProblem, match="đều đang sửa tay"):
        _save(tmp_path, _reading("nua.pdf"))
    assert path.read_text() == before


@pytest.mark.parametrize("content", ["", "a: [", "- 1", "readings: 3", "readings: [1, {source: 2}]"])
def test_a_draft_that_a_person_broke_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "drafts" / "khac" / f"{CODE}.yml"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert _save(tmp_path, _reading()) == "beside"
    assert path.read_text() == content


def test_a_draft_stays_where_a_person_moved_it(tmp_path: Path) -> None:
    _save(tmp_path, _reading())
    (tmp_path / "drafts" / "khac").rename(tmp_path / "drafts" / "meo")
    assert _save(tmp_path, _reading("b.pdf")) == "updated"
    assert list(_files(tmp_path)) == [f"meo/{CODE}.yml"]


def test_a_write_that_fails_leaves_the_old_draft_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _save(tmp_path, _reading())
    before = _files(tmp_path)

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:50])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        _save(tmp_path, _reading("b.pdf"))
    assert _files(tmp_path) == before


def test_the_reviewed_record_is_compared_field_by_field_and_never_written(tmp_path: Path) -> None:
    records = write_records(tmp_path / "records")
    before = {path: path.read_bytes() for path in records.rglob("*") if path.is_file()}
    source = raw(
        "9.000 đồng",
        code="1.000002",
        name="Cấp bản sao giấy khai sinh",
        texts={"level": "Cấp tỉnh", "agency": "Sở Tư pháp", "field": "Lạ", "steps": "Nộp đơn"},
        laws=(RawLaw("60/2014/QH13"),),
        papers=(RawPaper("Tờ khai mẫu HT01", count="1 bản chính"),),
    )
    _save(tmp_path, _reading(source=source), records, "1.000002")
    reviewed = _draft(tmp_path, "ho_tich/1.000002.yml")["reviewed"]
    found = {row["field"]: (row["reviewed"], row["read"]) for row in reviewed["differences"]}
    assert reviewed["file"] == "ho_tich/1.000002.md"
    assert found["fee"] == (["8.000 đồng"], ["9.000 đồng"])
    assert found["level"] == ("ward", "city")
    assert found["agency"] == ("Ủy ban nhân dân phường", "Sở Tư pháp")
    assert found["forms"] == ([], ["HT01"])
    assert found["legal"] == (["Luật Hộ tịch 2014"], ["60/2014/QH13"])
    assert found["documents"][1] == ["Tờ khai mẫu HT01"]
    assert not {"name", "online", "result", "source.url"} & set(found)
    assert {path: path.read_bytes() for path in records.rglob("*") if path.is_file()} == before
    assert f"khác {len(found)} trường" in _draft(tmp_path, "ho_tich/1.000002.yml")["todo"][0]


def test_a_field_that_the_source_leaves_open_is_no_difference(tmp_path: Path) -> None:
    records = write_records(tmp_path / "records")
    source = raw(code="1.000002", name="Cấp bản sao giấy khai sinh", kind=Kind.SPREADSHEET)
    _save(tmp_path, _reading(source=source), records, "1.000002")
    assert _draft(tmp_path, "ho_tich/1.000002.yml")["reviewed"]["differences"] == []


def test_a_change_of_the_reviewed_record_shows_in_the_next_import(tmp_path: Path) -> None:
    records = write_records(tmp_path / "records")
    source = raw("8.000 đồng", code="1.000002", name="Cấp bản sao giấy khai sinh")
    _save(tmp_path, _reading(source=source), records, "1.000002")
    path = records / "ho_tich" / "1.000002.md"
    path.write_text(path.read_text().replace("8000", "7000"))
    assert _save(tmp_path, _reading(source=source), records, "1.000002") == "updated"


def test_a_broken_reviewed_record_is_told_and_left(tmp_path: Path) -> None:
    records = write_records(tmp_path / "records")
    path = records / "ho_tich" / "1.000002.md"
    path.write_text("hỏng")
    _save(tmp_path, _reading(), records, "1.000002")
    assert "chưa so được" in _draft(tmp_path, "ho_tich/1.000002.yml")["todo"][0]
    assert path.read_text() == "hỏng"


def test_merging_replaces_the_same_place_only() -> None:
    one, two = _reading(), _reading("b.pdf")
    assert merge([one], two) == [two, one]
    assert merge([one, two], _reading(day=date(2027, 1, 1))) == merge([one], two)


TEXT = st.text(max_size=40)
PROCEDURES = st.builds(
    RawProcedure,
    code=st.just(CODE),
    name=TEXT.map(verbatim),
    kind=st.sampled_from(Kind),
    texts=st.dictionaries(st.sampled_from(["level", "steps", "agency", "result", "field", "decision", "url"]), TEXT),
    submissions=st.lists(st.builds(RawSubmission, TEXT, TEXT, TEXT, TEXT), max_size=3).map(tuple),
    papers=st.lists(st.builds(RawPaper, TEXT, TEXT, TEXT, TEXT), max_size=3).map(tuple),
    laws=st.lists(st.builds(RawLaw, TEXT, TEXT), max_size=2).map(tuple),
)


@settings(deadline=None)
@given(PROCEDURES)
def test_whatever_was_read_comes_back_from_the_file(source: RawProcedure) -> None:
    readings = [_reading(source=source)]
    text = render(compose(CODE, readings, None))
    draft = yaml.load(text, Loader=yaml.CSafeLoader)
    assert [each["fee"] for each in draft["readings"]] == [each["fee"] for each in readings]
    assert text.encode().decode() == text
    body = text[: text.rindex("# sha256")]
    assert hashlib.sha256(body.encode()).hexdigest() in text


def test_nothing_but_drafts_is_left_behind(tmp_path: Path) -> None:
    _save(tmp_path, _reading())
    _save(tmp_path, _reading("b.pdf"))
    assert list(_files(tmp_path)) == [f"khac/{CODE}.yml"]
    shutil.rmtree(tmp_path / "drafts")
    assert write.DraftFolder(tmp_path / "drafts", Reviewed(tmp_path)).save(CODE, _reading()) == "new"
