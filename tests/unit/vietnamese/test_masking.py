"""Personal values never pass; public codes and money always do."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.masking import mask, redact

PHONE = "0909123456"
WRITTEN_PHONES = [
    "0909123456", "0909 123 456", "0909.123.456", "0909-123-456", "090 912 34 56", "+84909123456", "+84 909 123 456",
    "+84 (0)909.123.456", "84909123456", "84 909 123 456", "(+84) 909 123 456", "0084909123456", "0909 – 123 – 456",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN_PHONES)
def test_every_way_of_writing_a_phone_gives_one_value(written: str) -> None:
    masked = mask(f"gọi em số {written} nha")
    assert masked.text == "gọi em số <phone:1> nha"
    assert [value.value for value in masked.values] == [PHONE]


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("079203012345", "cccd", "079203012345"),
        ("079 203 012 345", "cccd", "079203012345"),
        ("0792-0301-2345", "cccd", "079203012345"),
        ("023456789", "cmnd", "023456789"),
        ("023 456 789", "cmnd", "023456789"),
        ("028 3829 7834", "phone", "02838297834"),
        ("(028) 38297834", "phone", "02838297834"),
        ("Lan.Nguyen@Example.com", "email", "lan.nguyen@example.com"),
        ("0909123456@example.vn", "email", "0909123456@example.vn"),
    ],
)
def test_personal_values_are_taken_out(written: str, kind: str, value: str) -> None:
    masked = mask(f"đây: {written}.")
    assert masked.text == f"đây: <{kind}:1>."
    assert (masked.values[0].kind, masked.values[0].value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "hồ sơ H29.12.5-250908-0112", "h29.103.25.7-250908-0112", "000.00.01.H29-250908-0112", "PA-250908-ABC123",
        "thủ tục 1.001193", "1.001193.000.00.00.H29", "gọi 1022, 113, 114, 115, 18001096, 1900 6067, 1900545454",
        "500.000.000 đồng", "500000000 đ", "123 456 789 đồng", "650.000 đồng", "84000000000 đồng",
        "ngày 05-12-2025 08:30", "03.12.2025 09 giờ", "<phone:x1y2z3> và <email:a-b_c>",
    ],
)  # fmt: skip
def test_public_numbers_stay(text: str) -> None:
    assert mask(text).text == text
    assert redact(text) == text


def test_a_phone_does_not_swallow_the_next_number() -> None:
    assert mask("0909123456 2 người, 0909123456 079203012345").text == "<phone:1> 2 người, <phone:1> <cccd:2>"


def test_the_caller_names_the_placeholders() -> None:
    masked = mask("a@b.vn hay 0909123456", lambda kind, value: f"{kind[0]}{len(value)}")
    assert masked.text == "<email:e6> hay <phone:p10>"
    assert [value.placeholder for value in masked.values] == ["<email:e6>", "<phone:p10>"]


def test_logs_keep_only_the_ends() -> None:
    assert redact("079203012345 0909123456 023456789 lan@b.vn") == "*********345 *******456 ******789 l***@b.vn"


NOISY = st.lists(
    st.one_of(
        st.text(max_size=8), st.sampled_from([*WRITTEN_PHONES, "079203012345", "lan@b.vn", "H29.1-250908-0112", " "])
    ),
    max_size=6,
).map("".join)


@given(NOISY)
def test_masking_any_text_is_nfc_and_idempotent(text: str) -> None:
    once = mask(text).text
    assert unicodedata.is_normalized("NFC", once)
    assert mask(once).text == once
    assert unicodedata.is_normalized("NFC", redact(text))


@given(
    st.sampled_from(WRITTEN_PHONES),
    st.text(alphabet="ạbc ,.!?\n", max_size=10),
    st.text(alphabet="ạbc ,!?\n", max_size=10),
)
def test_no_phone_survives_between_words(phone: str, before: str, after: str) -> None:
    masked = mask(f"{before} {phone} {after}")
    assert [value.value for value in masked.values] == [PHONE]
    assert "909" not in masked.text
