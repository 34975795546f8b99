"""From plain text to HTML: nothing of a text may become code, and nothing readable may be lost."""

import pytest

from bot.webchat.rendering import body_html, button_html, inline_html
from channels.types import Button, ButtonKind


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '<img src=x onerror="x">', "a & b", "\"'", "https://a.vn/<script>", "<phone:!>"],
)
def test_text_stays_text(text: str) -> None:
    html = str(body_html(text))
    assert "<script" not in html
    assert "<img" not in html
    assert "<phone" not in html


def test_address_is_linked_in_full_without_the_full_stop() -> None:
    html = inline_html("Xem https://dichvucong.gov.vn/a?b=1&c=2.")
    address = "https://dichvucong.gov.vn/a?b=1&amp;c=2"
    assert html == (f'Xem <a class="address" href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>.')


@pytest.mark.parametrize(
    "address",
    [
        "http://dichvucong.gov.vn",
        "javascript:alert(1)",
        "https://dichvucong.gov.vn@evil.example/x",
        "https://dịchvucông.vn",
        "https://xn--dchvucng-4h4f.vn",
        "https://localhost",
        "https://[::1",
    ],
)
def test_misleading_address_is_not_linked(address: str) -> None:
    assert "<a" not in inline_html(address)
    assert button_html(Button("Mở", ButtonKind.URL, address)) is None


def test_masked_values_are_named() -> None:
    assert "(số điện thoại đã che)" in inline_html("gọi <phone:ab12cd> nha")
    assert "(số căn cước đã che)" in inline_html("<cccd:ab12cd>")


def test_blocks() -> None:
    html = body_html(
        "Dạ, cần:\nGiấy tờ cần có:\n- Giấy A\n- Giấy B\n\n1. Nộp\n2. Nhận\nNơi nộp: phường\nNguồn: Cổng https://a.vn"
    )
    assert html == (
        '<p>Dạ, cần:</p><p class="heading">Giấy tờ cần có:</p><ul><li>Giấy A</li><li>Giấy B</li></ul>'
        '<ol><li value="1">Nộp</li><li value="2">Nhận</li></ol><p><b>Nơi nộp:</b> phường</p>'
        '<p class="source">Nguồn: Cổng <a class="address" href="https://a.vn" target="_blank" '
        'rel="noopener noreferrer">https://a.vn</a></p>'
    )


@pytest.mark.parametrize(
    ("number", "kind", "value"),
    [("114", "emergency", "114"), ("1022", "phone", "1022"), ("1900 1012", "phone", "19001012")],
)
def test_phone_buttons(number: str, kind: str, value: str) -> None:
    button = button_html(Button("Gọi", ButtonKind.PHONE, number))
    assert button is not None
    assert (button.kind, button.value) == (kind, value)
