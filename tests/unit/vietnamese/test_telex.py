"""Keystrokes of Telex and VNI that reached us unconverted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.fold import fold
from nlu.vietnamese.spelling import shapes
from nlu.vietnamese.telex import from_telex, from_vni


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hoof", "hồ"),
        ("ddangs", "đáng"),
        ("dduwowngf", "đường"),
        ("dduowngf", "đường"),
        ("duongwfd", "đường"),
        ("giaays", "giấy"),
        ("khais", "khái"),
        ("nguowif", "người"),
        ("thuees", "thuế"),
        ("canaf", "cần"),
        ("đươngf", "đường"),
        ("hôf", "hồ"),
        ("wowng", "ương"),
        ("dduoc", "đuoc"),
        ("quas", "quá"),
        ("tieengs", "tiếng"),
    ],
)
def test_telex_is_read(typed: str, meant: str) -> None:
    assert from_telex(typed) == meant


@pytest.mark.parametrize("typed", ["khai", "data", "momo", "ddc", "ooo", "w", "", "đường", "x", "gmail"])
def test_what_is_no_telex_gives_nothing(typed: str) -> None:
    assert from_telex(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ho62", "hồ"),
        ("d9u7o7ng2", "đường"),
        ("d9uo7ng2", "đường"),
        ("ngu7o7i2", "người"),
        ("ca61p", "cấp"),
        ("so61", "số"),
        ("uy3", "ủy"),
        ("la8m1", "lắm"),
    ],
)
def test_vni_is_read(typed: str, meant: str) -> None:
    assert from_vni(typed) == meant


@pytest.mark.parametrize(
    "typed", ["quan12", "h29", "b2", "2020", "12a", "xe20", "d99", "covid19", "5", "", "khai", "ct01"]
)
def test_numbers_are_no_vni(typed: str) -> None:
    assert from_vni(typed) is None


@given(st.text(max_size=20) | st.text("aeiouydgnhtcmsfrxjwz0123456789đâê", max_size=14))
def test_whatever_is_read_looks_like_a_syllable(typed: str) -> None:
    for meant in (from_telex(typed), from_vni(typed)):
        assert meant is None or fold(meant) in shapes()
