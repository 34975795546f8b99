"""Wrong records are refused with file, field and remedy."""

from pathlib import Path
from typing import Any

import pytest

from knowledge.load import RecordError, load_city_rules, load_records, load_uncovered
from tests.unit.knowledge.support import URL, write_records


def problems(folder: Path) -> str:
    with pytest.raises(RecordError) as caught:
        load_records(folder)
    return "\n".join(caught.value.problems)


def test_right_records_load_by_code(tmp_path: Path) -> None:
    records = load_records(write_records(tmp_path))
    assert list(records) == ["1.000001", "1.000002", "1.000003"]
    assert records["1.000003"].field == "cu_tru"
    assert records["1.000001"].online.available == "yes"


@pytest.mark.parametrize(
    ("changes", "field", "remedy"),
    [
        ({"code": 1.000001}, "code", "dấu nháy kép"),
        ({"colour": "red"}, "colour", "trường lạ"),
        ({"grade": "D"}, "grade", "không nằm trong danh sách"),
        ({"fee": [{"state": "known"}]}, "fee.1", "amount_vnd"),
        ({"fee": [{"state": "known", "amount_vnd": 0}]}, "fee.1", "phí 0 đồng cần condition"),
        ({"fee": [{"state": "known", "amount_vnd": 0, "condition": "đúng hạn"}]}, "fee.1", "source"),
        ({"fee": [{"state": "known", "amount_vnd": -1, "source": URL}]}, "fee.1.amount_vnd", "từ 0 trở lên"),
        ({"fee": [{"state": "known", "amount_vnd": "8.000"}]}, "fee.1.amount_vnd", "số nguyên"),
        ({"fee": [{"state": "unknown", "amount_vnd": 5000}]}, "fee.1", "state: known"),
        ({"fee": []}, "fee", "ít nhất 1"),
        ({"documents": [{"name": "Đơn", "when": "khi mất"}]}, "documents.1", "nếu"),
        ({"readiness": "answer_with_warning"}, "cả bản ghi", "warning"),
        ({"name": "Thủ tục đăng ký khai sinh"}, "cả bản ghi", "Thủ tục"),
        ({"warning": None}, "cả bản ghi", "đang bỏ trống"),
        ({"verified_on": "hôm qua"}, "verified_on", "2026-07-17"),
        ({"source": {"name": "Cổng", "url": "dichvucong", "snapshot": "2026-07-17"}}, "source.url", "https://"),
        ({"city_rules": ["nope"]}, "city_rules", "nope"),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy(
    tmp_path: Path, changes: dict[str, Any], field: str, remedy: str
) -> None:
    text = problems(write_records(tmp_path, changes))
    assert f"{changes.get('code', '1.000001')}.md: {field}: " in text
    assert remedy in text


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    path = write_records(tmp_path, {}) / "ho_tich" / "1.000001.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] = 'agency: "chưa đóng nháy'
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "1.000001.md:" in problems(tmp_path)
    assert "YAML" in problems(tmp_path)


def test_decomposed_text_names_the_line(tmp_path: Path) -> None:
    path = write_records(tmp_path, {}) / "ho_tich" / "1.000001.md"
    with path.open("a", encoding="utf-8") as file:
        file.write("gia\u0302\u0301y\n")
    assert f"1.000001.md:{len(path.read_text(encoding='utf-8').splitlines())}: " in problems(tmp_path)


def test_a_file_name_must_be_the_code(tmp_path: Path) -> None:
    path = write_records(tmp_path, {}) / "ho_tich" / "1.000001.md"
    path.rename(path.with_name("khai_sinh.md"))
    assert "1.000001.md" in problems(tmp_path)


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    assert "không có bản ghi nào" in problems(tmp_path)
    assert "không có thư mục" in problems(tmp_path / "nowhere")


def test_every_fault_of_every_file_is_listed(tmp_path: Path) -> None:
    write_records(tmp_path, {"grade": "D"}, {"code": "1.000002", "level": "quận"})
    assert problems(tmp_path).count("\n") == 1


def test_lists_are_checked_too(tmp_path: Path) -> None:
    write_records(tmp_path, {})
    (tmp_path / "uncovered.yml").write_text('- {name: "Ly hôn", alias: []}\n', encoding="utf-8")
    assert "uncovered.yml: mục 1.alias: trường lạ" in problems(tmp_path)


def test_the_shipped_records_are_right() -> None:
    folder = Path(__file__).parents[3] / "data" / "procedures"
    assert len(load_records(folder)) >= 24
    assert "online_fee_zero" in load_city_rules(folder)
    assert load_uncovered(folder)
