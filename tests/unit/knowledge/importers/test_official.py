"""The official sample files, which are not part of the project: run with SHARED_DATA=<folder that holds them>.

The folder has ``portal_formats/`` (a file of every kind) and ``procedures_official_96.jsonl``.
"""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.importers.run import Report, import_files
from knowledge.importers.write import DraftFolder, Reviewed

FOLDER = Path(os.environ.get("SHARED_DATA") or "/nonexistent")
pytestmark = pytest.mark.skipif(
    not (FOLDER / "portal_formats").is_dir(),
    reason="đặt SHARED_DATA là thư mục có portal_formats/ và procedures_official_96.jsonl để chạy trên tệp chính thức",
)


def _import(out: Path, *paths: Path) -> Report:
    return import_files(paths, DraftFolder(out, Reviewed(out / "none")), date(2026, 11, 20))


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Give the drafts of the 96 official records, by code."""
    out = tmp_path_factory.mktemp("drafts")
    report = _import(out, FOLDER / "procedures_official_96.jsonl")
    assert report.outcomes == {"new": 96}
    assert not report.skipped
    return {path.stem: _load(path) for path in out.rglob("*.yml")}


def test_every_kind_of_file_is_read_and_forms_are_named(tmp_path: Path) -> None:
    report = _import(tmp_path, FOLDER / "portal_formats")
    assert (report.files, report.procedures) == (7, 343)
    reasons = {skipped.path.name: skipped.reason for skipped in report.skipped}
    assert set(reasons) == {"form_ct01.docx", "form_ct04.doc"}
    assert "Mã thủ tục" in reasons["form_ct01.docx"]
    kinds = {r["source"]["kind"] for path in tmp_path.rglob("*.yml") for r in _load(path)["readings"]}
    assert kinds == {"portal_json", "extracted_json", "pdf", "spreadsheet", "html"}
    assert not _import(tmp_path, FOLDER / "portal_formats").outcomes["new"]


def test_one_procedure_in_three_formats_agrees(tmp_path: Path) -> None:
    _import(tmp_path, FOLDER / "portal_formats")
    (path,) = tmp_path.rglob("1.004222.yml")
    readings = _load(path)["readings"]
    assert [reading["source"]["kind"] for reading in readings] == ["portal_json", "html", "spreadsheet"]
    for reading in readings[:2]:
        fees = {row["mode"]: row.get("amount_vnd") for row in reading["fee"]}
        assert fees == {"Trực tuyến": 10_000, "Trực tiếp": 20_000}
        assert {(row["number"], row["unit"]) for row in reading["time"]} == {(7, "ngày làm việc")}
    assert len(readings[0]["documents"]) == 18
    assert not any("các nguồn khác nhau" in line for line in _load(path)["todo"])


def test_no_record_claims_to_be_free(drafts: dict[str, dict[str, Any]]) -> None:
    rows = [row for draft in drafts.values() for reading in draft["readings"] for row in reading["fee"]]
    assert len(rows) > 200
    assert all(row.get("amount_vnd", 1) > 0 for row in rows)
    assert {row["state"] for row in rows if row["text"].startswith("Miễn phí")} == {"unknown", "not_published"}


def test_the_known_traps_are_caught(drafts: dict[str, dict[str, Any]]) -> None:
    def states(code: str) -> set[str]:
        return {row["state"] for row in drafts[code]["readings"][0]["fee"]}

    assert states("2.001827") == {"unknown"}
    assert any("700.000 đồng" in line for line in drafts["2.001827"]["todo"])
    assert "unknown" in states("1.002755")
    assert states("1.001612") == {"unknown"}
    assert {row.get("amount_vnd") for row in drafts["1.001456"]["readings"][0]["fee"]} == {None, 200_000}
    assert states("3.000347") == {"unknown"}


def test_papers_that_the_crawler_cut_are_recovered(drafts: dict[str, dict[str, Any]]) -> None:
    recovered = [code for code, draft in drafts.items() if any("raw_text" in line for line in draft["todo"])]
    assert len(recovered) >= 8
    assert all(drafts[code]["readings"][0]["documents"] for code in recovered)


def test_almost_everything_comes_apart(drafts: dict[str, dict[str, Any]]) -> None:
    readings = [reading for draft in drafts.values() for reading in draft["readings"]]
    assert all(reading["documents"] for reading in readings)
    assert sum("unread" in reading for reading in readings) <= 3
    names = [row["name"] for reading in readings for row in reading["documents"]]
    assert len(names) > 900
    assert not [name for name in names if "Tên giấy tờ" in name or "bản chínhĐ" in name]
    assert not [draft["name"] for draft in drafts.values() if draft["name"].lower().startswith("thủ tục")]


def test_the_verbatim_fee_is_in_the_source(drafts: dict[str, dict[str, Any]]) -> None:
    whole = (FOLDER / "procedures_official_96.jsonl").read_text(encoding="utf-8").encode().decode()
    for draft in drafts.values():
        for row in draft["readings"][0]["fee"]:
            assert row["text"].split("\n")[0][:60].replace('"', '\\"') in whole
