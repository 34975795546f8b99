"""Keystrokes of Telex and VNI that were left raw."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.spelling import is_syllable
from nlu.vietnamese.telex import from_telex, from_vni


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hoof", "hồ"),
        ("ddangs", "đáng"),
        ("dduwowngf", "đường"),
        ("khais", "khái"),
        ("nguwowif", "người"),
        ("giaays", "giấy"),
    ],
)
def test_telex(typed: str, meant: str) -> None:
    assert from_telex(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), [("ho62", "hồ"), ("d9u7o7ng2", "đường"), ("giay61", "giấy")])
def test_vni(typed: str, meant: str) -> None:
    assert from_vni(typed) == meant


@pytest.mark.parametrize("text", ["", "x", "zzzz", "2024", "hello"])
def test_what_makes_no_syllable_gives_none(text: str) -> None:
    assert from_vni(text) is None
    assert from_telex(text) is None or is_syllable(from_telex(text) or "")


@given(st.text(max_size=20))
def test_any_text_gives_a_syllable_or_none(text: str) -> None:
    for convert in (from_telex, from_vni):
        made = convert(text)
        assert made is None or is_syllable(made)
