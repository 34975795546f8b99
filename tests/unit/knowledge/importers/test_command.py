"""``bot knowledge import``: exit codes, the summary, and that drafts never land among the records."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build_app
from bot.errors import InputError
from bot.settings import ROOT
from knowledge.load import load_records
from tests.unit.knowledge.importers import files
from tests.unit.knowledge.support import write_records


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point data and var to an empty folder with three reviewed records."""
    monkeypatch.setenv("BOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BOT_VAR_DIR", str(tmp_path / "var"))
    write_records(tmp_path / "data" / "procedures")
    return tmp_path


def _bot(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(["knowledge"]), ["knowledge", "import", *map(str, arguments)])


def test_a_good_file_ends_with_zero_and_a_summary(places: Path) -> None:
    (places / "meo.doc").write_bytes(files.docx(files.detail()))
    result = _bot(places / "meo.doc")
    assert result.exit_code == 0
    assert "Đã đọc 1 tệp, 1 thủ tục: 1 bản nháp mới, 0 bản bổ sung, 0 không đổi." in result.stdout
    assert [path.name for path in (places / "var" / "drafts").rglob("*.yml")] == [f"{files.CODE}.yml"]


def test_a_bad_file_is_named_and_ends_with_one(places: Path) -> None:
    (places / "meo.doc").write_bytes(files.docx(files.detail()))
    (places / "bad [x].pdf").write_bytes(b"%PDF-broken")
    result = _bot(places / "meo.doc", places / "bad [x].pdf", "--out", places / "out")
    assert result.exit_code == 1
    assert f"Bỏ qua {places / 'bad [x].pdf'}: PDF bị hỏng" in result.stderr
    assert "Bỏ qua 1; lý do từng chỗ ở trên." in result.stdout
    assert "1 bản nháp mới" in result.stdout
    assert list((places / "out").rglob("*.yml"))


def test_a_draft_edited_by_hand_is_named_in_the_summary(places: Path) -> None:
    (places / "a.doc").write_bytes(files.docx(files.detail()))
    (places / "b.json").write_bytes(files.dumped(files.portal()))
    _bot(places / "a.doc")
    (path,) = (places / "var" / "drafts").rglob("*.yml")
    path.write_text(path.read_text() + "# sửa\n")
    assert "1 bản nháp đang sửa tay" in _bot(places / "b.json").stdout


@pytest.mark.parametrize("out", ["data/procedures", "data/procedures/ho_tich", "file"])
def test_drafts_may_not_go_among_the_records_or_over_a_file(places: Path, out: str) -> None:
    (places / "file").write_text("x")
    result = _bot(places / "file", "--out", places / out)
    assert isinstance(result.exception, InputError)
    assert len(load_records(places / "data" / "procedures")) == 3


def test_an_empty_folder_is_an_error(places: Path) -> None:
    (places / "empty").mkdir()
    assert isinstance(_bot(places / "empty").exception, InputError)


def test_reviewed_records_are_untouched(places: Path) -> None:
    folder = places / "data" / "procedures"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (places / "a.json").write_bytes(files.dumped(files.portal(ma_thu_tuc="1.000001")))
    assert _bot(places / "a.json").exit_code == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert (places / "var" / "drafts" / "ho_tich" / "1.000001.yml").exists()


def test_nothing_that_answers_knows_of_drafts() -> None:
    importers = "knowledge.importers"
    users = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "knowledge", "actions", "channels")
        for path in (ROOT / folder).rglob("*.py")
        if importers in path.read_text(encoding="utf-8") and "importers" not in path.parts
    ]
    assert users == ["bot/commands/_knowledge_import.py"]
