"""What citizens' words are in the complaint form."""

import pytest

from actions.complaint import reading
from actions.complaint.fill import FIELDS
from tests.unit.actions.support import turn

PLACES = [
    "đường Lê Lợi",
    "hẻm 3 Cách Mạng Tháng Tám",
    "phường Khai Quang",
    "12/5 Nguyễn Trãi",
    "ở số 5 Nguyễn Trãi",
    "trước chợ Bà Chiểu",
    "ngã tư Hàng Xanh",
    "duong so 2 phuong an khanh",
    "cầu Sài Gòn",
    "gần trường tiểu học Lê Văn Tám",
]
STORY = "cán bộ làm giấy khai sinh mà bắt đi tới đi lui"
NOT_PLACES = [
    "cho tôi gặp người",
    "cho toi gap nguoi",
    "quay lại",
    "bỏ qua",
    "phường nào nhận hồ sơ",
    "đường dây nóng là gì",
    "câu trước",
    "cau truoc",
    "tại sao vậy em",
    "xã hội",
]


@pytest.mark.parametrize("text", PLACES)
def test_place(text: str) -> None:
    assert reading.looks_like_place(text)


@pytest.mark.parametrize("text", [text for text in NOT_PLACES if text != "xã hội"])
def test_not_a_place(text: str) -> None:
    assert not reading.looks_like_place(text)


@pytest.mark.parametrize(
    "intent", ["human_ask", "control_deny", "directory_school", "smalltalk_abuse", "procedure_ask"]
)
def test_street_named_like_another_intent_is_still_a_place(intent: str) -> None:
    assert reading.read_place(turn("phường Khai Quang", intent)) == "phường Khai Quang"


def test_emergency_is_never_a_place_nor_a_description() -> None:
    given = turn("hẻm 12 Lê Lợi cháy lớn lắm", "emergency_fire")
    assert reading.read_place(given) is None
    assert reading.read_description(given) is None


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "expected"),
    [
        ("Lê Văn Sỹ", "", 0.2, "Lê Văn Sỹ"),
        ("chỗ nhà bà Tám", "smalltalk_greet", 0.5, "chỗ nhà bà Tám"),
        ("không biết", "control_deny", 0.7, ""),
        ("12", "", 0.2, ""),
        ("quay lại", "control_back", 0.97, None),
        ("làm khai sinh cần gì", "procedure_ask", 0.5, None),
        ("hồ sơ của tôi tới đâu", "dossier_check", 0.4, None),
        ("cho tôi gặp người", "human_ask", 0.9, None),
    ],
)
def test_answers_to_where(text: str, intent: str, confidence: float, expected: str | None) -> None:
    assert reading.read_place(turn(text, intent, confidence=confidence)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ổ gà trước hẻm 12 Lê Văn Sỹ", "trước hẻm 12 Lê Văn Sỹ"),
        ("đèn hư ở đường Hai Bà Trưng.", "đường Hai Bà Trưng"),
        ("đường hư hết rồi", ""),
        ("cống nghẹt ngập đường", ""),
        ("rác chất đống tại ngã tư Bảy Hiền", "ngã tư Bảy Hiền"),
    ],
)
def test_place_inside_a_description(text: str, expected: str) -> None:
    assert reading.find_place(text) == expected


@pytest.mark.parametrize(
    ("text", "has_content"),
    [
        ("tôi muốn phản ánh", False),
        ("cho tui gửi phản ánh với em", False),
        ("phan anh kien nghi", False),
        ("tôi muốn phản ánh ổ gà", True),
        ("phản ánh rác", True),
    ],
)
def test_wish_alone_is_no_description(text: str, has_content: bool) -> None:
    assert reading.has_content(text) is has_content


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "expected"),
    [
        ("rác đầy đường", "control_affirm", 0.43, "rác đầy đường"),
        ("ổ gà bự lắm", "", 0.2, "ổ gà bự lắm"),
        ("làm khai sinh cần giấy gì", "procedure_ask", 0.95, None),
        ("dừng lại", "control_stop", 0.9, None),
        (STORY, "procedure_ask", 0.7, STORY),
        ("làm giấy khai sinh cho con mới sinh ở phường cần giấy gì", "procedure_ask", 0.95, None),
        ("ờ", "", 0.2, ""),
    ],
)
def test_answers_to_what(text: str, intent: str, confidence: float, expected: str | None) -> None:
    assert reading.read_description(turn(text, intent, confidence=confidence)) == expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("sửa địa chỉ", "complaint_place"),
        ("sai số điện thoại rồi", "complaint_contact_choice"),
        ("nội dung", "complaint_description"),
        ("đổi hình khác", "complaint_photo"),
        ("sửa lại giùm", ""),
    ],
)
def test_field_to_change(text: str, field: str) -> None:
    assert reading.named_field(turn(text, "control_edit"), FIELDS) == field


@pytest.mark.parametrize(
    ("said", "number"),
    [("2", 2), ("số hai", 2), ("cái cuối", 3), ("-1", 3), ("cái đầu tiên", 1), ("số 9", 0), ("ừ", 0)],
)
def test_number_of_a_choice(said: str, number: int) -> None:
    entity = said.removeprefix("cái ")
    assert turn(said, "control_choose", entities={"option_number": entity}).number(3) == number
