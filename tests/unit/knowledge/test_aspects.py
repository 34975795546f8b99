"""Which part of a procedure is asked, and whether the question names a procedure at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.aspects import read


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("làm giấy khai sinh cần giấy tờ gì", "documents"),
        ("lam khai sinh can chuan bi gi", "documents"),
        ("mang theo những gì vậy em", "documents"),
        ("hồ sơ gồm những gì", "documents"),
        ("tốn nhiêu tiền", "fee"),
        ("het bao nhieu tien vay", "fee"),
        ("còn lệ phí?", "fee"),
        ("làm căn cước có tốn phí không", "fee"),
        ("mấy ngày", "time"),
        ("mất bao lâu mới xong", "time"),
        ("chừng nào lấy được", "time"),
        ("nop o dau", "place"),
        ("đi tới chỗ nào làm", "place"),
        ("nộp qua mạng được không", "online"),
        ("lam truc tuyen duoc hong", "online"),
        ("gồm mấy bước", "steps"),
        ("điều kiện gì", "conditions"),
        ("cần giấy tờ gì và tốn bao nhiêu tiền", "overview"),
        ("làm giấy khai sinh", None),
        ("trợ cấp được bao nhiêu tiền", None),
        ("mất giấy khai sinh", None),
        ("xin tiền mai táng phí", None),
    ],
)
def test_the_aspect_is_found(text: str, aspect: str | None) -> None:
    assert read(text).aspect == aspect


@pytest.mark.parametrize(
    "text",
    ["còn lệ phí?", "làm ở đâu?", "mấy ngày?", "vậy cần giấy tờ gì ạ", "con le phi bao nhieu", "làm xong chừng nào lấy",
     "rồi tốn nhiêu", "nộp online được hông em", "thế còn giấy tờ thì sao", "ừ", "", "  ?!"],
)  # fmt: skip
def test_a_follow_up_names_no_procedure(text: str) -> None:
    assert not read(text).has_subject


@pytest.mark.parametrize(
    "text",
    ["khai sinh thì sao", "can cuoc lam o dau", "đăng ký tạm trú mấy ngày", "sang ten xe", "giấy kết hôn thì sao"],
)
def test_a_new_procedure_is_a_subject(text: str) -> None:
    assert read(text).has_subject


def test_a_question_about_one_paper_is_told_apart() -> None:
    assert read("có cần đem sổ hộ khẩu theo không").is_if_needed
    assert not read("có cần đăng ký tạm trú không").is_if_needed


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    question = read(text)
    assert len(question.words) == sum(map(len, question.runs))
