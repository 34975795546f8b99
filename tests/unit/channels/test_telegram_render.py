"""Messages as Telegram can show them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from channels.telegram.render import MAX_UNITS, render, split, units
from channels.types import Ask, Button, ButtonKind, OutboundMessage


def choice(title: str, value: str = "k") -> Button:
    return Button(title, ButtonKind.PAYLOAD, value)


def rows(message: OutboundMessage) -> list[list[str]]:
    markup = render(message)[-1].reply_markup
    assert isinstance(markup, InlineKeyboardMarkup)
    return [[key.text for key in row] for row in markup.inline_keyboard]


def test_short_buttons_stand_side_by_side_and_long_ones_alone() -> None:
    long = "Đăng ký khai sinh có yếu tố nước ngoài"
    message = OutboundMessage("Chọn", (choice("Lệ phí"), choice("Nộp ở đâu"), choice(long), choice("Mấy ngày")))
    assert rows(message) == [["Lệ phí", "Nộp ở đâu"], [long], ["Mấy ngày"]]


def test_a_choice_carries_its_key() -> None:
    markup = render(OutboundMessage("Chọn", (choice("Danh mục", "cmd:menu"),)))[0].reply_markup
    assert isinstance(markup, InlineKeyboardMarkup)
    assert markup.inline_keyboard[0][0].callback_data == "b:cmd:menu"


def test_phone_numbers_are_lines_because_telegram_has_no_button_that_calls() -> None:
    phones = (Button("Gọi 114", ButtonKind.PHONE, "114"), Button("Gọi tổng đài", ButtonKind.PHONE, "1022"))
    (part,) = render(OutboundMessage("Cháy:", phones))
    assert part.text == "Cháy:\n\n☎ Gọi 114\n☎ Gọi tổng đài: 1022"
    assert isinstance(part.reply_markup, ReplyKeyboardRemove)


def test_a_key_that_does_not_fit_becomes_a_line() -> None:
    (part,) = render(OutboundMessage("Chọn", (choice("Mục", "đ" * 32),)))
    assert part.text == "Chọn\n\n• Mục"


@pytest.mark.parametrize(("ask", "field"), [(Ask.LOCATION, "request_location"), (Ask.CONTACT, "request_contact")])
def test_native_controls(ask: Ask, field: str) -> None:
    (part,) = render(OutboundMessage("Ở đâu ạ?", ask=ask))
    assert isinstance(part.reply_markup, ReplyKeyboardMarkup)
    assert getattr(part.reply_markup.keyboard[0][0], field) is True


def test_choices_and_a_native_control_need_two_messages() -> None:
    first, second = render(OutboundMessage("Ở đâu ạ?", (choice("Bỏ qua"),), ask=Ask.LOCATION))
    assert isinstance(first.reply_markup, InlineKeyboardMarkup)
    assert isinstance(second.reply_markup, ReplyKeyboardMarkup)


def test_operator_masked_values_and_unicode() -> None:
    text = unicodedata.normalize("NFD", "Số <phone:x1> được gọi")
    (part,) = render(OutboundMessage(text, author="operator"))
    assert part.text == "👤 Nhân viên tổng đài 1022:\nSố (số điện thoại đã che) được gọi"


def test_the_keyboard_is_under_the_last_part() -> None:
    parts = render(OutboundMessage("Một câu. " * 1000, (choice("Tiếp"),)))
    assert len(parts) == 3
    assert [part.reply_markup is None for part in parts] == [True, True, False]


def test_no_text_is_never_sent_empty() -> None:
    assert render(OutboundMessage("", (choice("Tiếp"),)))[0].text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Một câu. Hai câu. Ba", ["Một câu.", "Hai câu.", "Ba"]),
        ("dòng một\ndòng hai dài", ["dòng một", "dòng hai", "dài"]),
        ("không có dấu chấm nào", ["không có", "dấu chấm", "nào"]),
        ("mộttừrấtdàikhôngcắtđược", ["mộttừrấtdà", "ikhôngcắtđ", "ược"]),
        ("😀😀😀😀😀😀", ["😀😀😀😀😀", "😀"]),
    ],
)
def test_texts_are_cut_where_one_would_breathe(text: str, expected: list[str]) -> None:
    assert split(text, 10) == expected


@given(st.text(max_size=200), st.integers(2, 40))
def test_cutting_loses_no_word_and_no_piece_is_too_long(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_the_limit_is_telegrams() -> None:
    assert split("a" * MAX_UNITS) == ["a" * MAX_UNITS]
    assert [units(piece) for piece in split("a" * (MAX_UNITS + 1))] == [MAX_UNITS, 1]
