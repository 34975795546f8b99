"""Which strings are syllables, and where the tone stands."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.fold import fold
from nlu.vietnamese.spelling import canonical, covers, is_rhymed, is_syllable, put_tone, shapes, split_tone

SYLLABLES = [
    "giường",
    "giếng",
    "gì",
    "gìn",
    "quý",
    "quốc",
    "khuỷu",
    "nghiêng",
    "ỷ",
    "yêu",
    "ỉa",
    "ngoèo",
    "học",
    "đương",
    "quyển",
    "khuya",
    "xoong",
    "ký",
    "mỹ",
    "ừ",
    "à",
    "tuýp",
    "quều",
]
NO_SYLLABLES = ["hoc", "kahi", "ngi", "ce", "gia2", "wifi", "đđ", "nghương", "hôp", "iêu", "yan", "bcd", "quu"]


@pytest.mark.parametrize("text", SYLLABLES)
def test_syllables_are_known_by_onset_rhyme_and_tone(text: str) -> None:
    assert is_syllable(text)


@pytest.mark.parametrize("text", NO_SYLLABLES)
def test_other_strings_are_no_syllables(text: str) -> None:
    assert not is_syllable(text)


def test_a_stopped_rhyme_takes_two_tones_only() -> None:
    assert [tone for tone in range(6) if is_syllable(put_tone("đươc", tone))] == [1, 5]


@pytest.mark.parametrize(
    ("letters", "tone", "written"),
    [
        ("hoa", 2, "hòa"),
        ("thuy", 3, "thủy"),
        ("hoan", 2, "hoàn"),
        ("qua", 2, "quà"),
        ("gia", 2, "già"),
        ("gi", 2, "gì"),
        ("giêng", 1, "giếng"),
        ("đương", 2, "đường"),
        ("khuyu", 3, "khuỷu"),
        ("mua", 5, "mụa"),
        ("nghiêng", 0, "nghiêng"),
        ("bcd", 1, "bcd"),
        ("", 1, ""),
    ],
)
def test_the_tone_stands_on_its_vowel(letters: str, tone: int, written: str) -> None:
    assert put_tone(letters, tone) == written


def test_both_ways_of_writing_a_tone_count_as_one_syllable() -> None:
    assert canonical("hoà") == canonical("hòa") == "hòa"
    assert canonical("qúa") == "quá"
    assert canonical("café") == "café"


@pytest.mark.parametrize(
    ("candidate", "typed", "expected"),
    [
        ("đường", "duong", True),
        ("đường", "đuong", True),
        ("đường", "dương", True),
        ("đường", "duòng", True),
        ("đường", "đường", True),
        ("đường", "dướng", False),
        ("dường", "đuong", False),
        ("đường", "dưong", True),
        ("đường", "dung", False),
    ],
)
def test_a_spelling_covers_what_is_left_without_some_marks(candidate: str, typed: str, expected: bool) -> None:
    assert covers(candidate, typed) is expected


def test_shapes_hold_every_syllable_without_marks() -> None:
    assert {"duoc", "hoc", "gieng", "quyen", "y", "nghieng"} <= shapes()
    assert not {"kahi", "wifi", ""} & shapes()
    assert all(shape == fold(shape) for shape in shapes())


@given(st.text(max_size=12))
def test_splitting_and_putting_back_keeps_any_text_in_nfc(text: str) -> None:
    letters, tone = split_tone(text)
    assert 0 <= tone <= 5
    assert unicodedata.is_normalized("NFC", put_tone(letters, tone))
    assert unicodedata.is_normalized("NFC", canonical(unicodedata.normalize("NFC", text)))


@given(st.sampled_from(sorted(shapes())), st.integers(0, 5))
def test_what_is_a_syllable_stays_one_however_its_tone_is_placed(shape: str, tone: int) -> None:
    written = put_tone(shape, tone)
    assert split_tone(written) == (shape, tone if any(char in "aeiouy" for char in shape) else 0)
    if is_rhymed(shape):
        assert canonical(written) == written
