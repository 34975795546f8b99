"""Times need a unit, counts need a word; signs of wrong sources become lines for the editor."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers.papers import named_forms, paper_doubts, parse_paper
from knowledge.importers.raw import Kind, RawLaw, RawPaper
from knowledge.importers.reading import interpret
from knowledge.importers.times import parse_time
from knowledge.importers.traps import signs
from tests.unit.knowledge.importers.files import raw


@pytest.mark.parametrize(
    ("text", "state", "number", "unit"),
    [
        ("7 Ngày làm việc", "known", 7, "ngày làm việc"),
        ("07 Ngày làm việc", "known", 7, "ngày làm việc"),
        ("02 Giờ", "known", 2, "giờ"),
        ("Không quá 30 ngày", "known", 30, "ngày"),
        ("Trong ngày", "known", None, "trong ngày"),
        ("Không có thông tin", "not_published", None, ""),
        ("1", "unknown", None, ""),
        ("0", "unknown", None, ""),
        ("0 Ngày", "unknown", None, ""),
        ("", "unknown", None, ""),
        ("5 ngày hoặc 7 ngày", "unknown", None, ""),
    ],
)
def test_a_time_needs_a_number_and_a_unit(text: str, state: str, number: int | None, unit: str) -> None:
    time = parse_time(text)
    assert (time.text, time.state, time.number, time.unit) == (text, state, number, unit)
    assert bool(time.doubts) == (state == "unknown")


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_the_time_parser(text: str) -> None:
    assert parse_time(text).state in ("known", "not_published", "unknown")


@pytest.mark.parametrize(
    ("count", "original", "copies"),
    [
        ("1 bản chính", 1, None),
        ("0 bản chính,1 bản sao", 0, 1),
        ("Bản chính: 1\nBản sao: 0", 1, 0),
        ("Bản chính: 1 Bản sao: 2", 1, 2),
        ("1 bản chính 2 bản chính", None, None),
        ("hai bản", None, None),
        ("", None, None),
    ],
)
def test_counts_are_read_or_left_open(count: str, original: int | None, copies: int | None) -> None:
    paper = parse_paper(RawPaper("- Đơn", count=count))
    assert (paper.name, paper.original, paper.copies) == ("Đơn", original, copies)


def test_a_list_of_papers_is_doubted_by_place() -> None:
    rows = (RawPaper("Đơn", count="1 bản chính"), RawPaper("Lưu ý", count="0 bản chính"), RawPaper("Sổ"), RawPaper("-"))
    lines = list(paper_doubts(tuple(map(parse_paper, rows))))
    assert [line.split(" ")[0:2] for line in lines if line.startswith("mục")] == [["mục", "4"], ["mục", "2"]]
    assert any("chưa đọc được số bản ở mục 3" in line for line in lines)
    assert list(paper_doubts(())) == ["chưa đọc được giấy tờ nào"]


def test_forms_are_named_once() -> None:
    papers = (
        RawPaper("Tờ khai (mẫu CT01, Mẫu số 18)"),
        RawPaper("Đơn", form="Mẫu CT01.doc"),
        RawPaper("Mẫu số 181 bản chính"),
    )
    assert named_forms(tuple(map(parse_paper, papers))) == ("CT01", "18")


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        ({"steps": "Nộp ở UBND huyện"}, "quận, huyện đã bỏ"),
        ({"agency": "Bảo hiểm xã hội cấp huyện"}, "quận, huyện đã bỏ"),
        ({"steps": "Đến Quận 1 hoặc quận Bình Thạnh"}, "quận, huyện đã bỏ"),
        ({"steps": "Nộp ở tỉnh Đồng Nai"}, "Dong Nai"),
        ({"decision": "Demo"}, "dữ liệu thử"),
        ({"agency": "x" * 301}, "cả một đoạn văn"),
    ],
)
def test_signs_of_a_wrong_source_are_told(texts: dict[str, str], sign: str) -> None:
    assert any(sign in line for line in signs(raw(texts=texts)))


def test_a_replaced_law_is_told() -> None:
    assert any("thay từ 01/7/2025" in line for line in signs(raw(laws=(RawLaw("58/2014/QH13"),))))


def test_our_own_city_is_no_sign() -> None:
    assert not list(signs(raw(texts={"steps": "Công an Thành phố Hồ Chí Minh, tỉnh Bình Dương cũ"})))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Cấp xã", "ward"),
        ("Cấp Tỉnh", "city"),
        ("Bộ", "national"),
        ("Cấp xã, Cấp tỉnh", None),
        ("", None),
        ("Lạ", None),
    ],
)
def test_a_level_is_chosen_only_when_there_is_one(text: str, level: str | None) -> None:
    reading = interpret(raw(texts={"level": text}))
    assert reading.level == level
    assert any("cấp thực hiện" in doubt for doubt in reading.doubts) == (level is None)


def test_there_is_always_a_fee_and_never_a_guessed_online() -> None:
    reading = interpret(raw(kind=Kind.SPREADSHEET))
    assert [fee.fee.state for fee in reading.fees] == ["unknown"]
    assert reading.is_online is None


def test_an_agency_that_is_a_paragraph_gives_way_to_the_authority() -> None:
    assert interpret(raw(texts={"agency": "x" * 301, "authority": "Công an"})).agency == "Công an"


def test_the_same_doubt_of_several_modes_is_one_line() -> None:
    doubts = [doubt for doubt in interpret(raw("Miễn phí", "Miễn phí")).doubts if doubt.startswith("lệ phí")]
    assert len(doubts) == 1
