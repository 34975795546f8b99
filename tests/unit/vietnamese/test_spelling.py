"""What can be a Vietnamese syllable, and where its tone is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.spelling import canonical, is_syllable, put_tone, split_tone


@pytest.mark.parametrize("text", ["đường", "nghiêng", "quyết", "giếng", "ở", "khuỷu", "xoong", "gì", "huyền", "oái"])
def test_syllables(text: str) -> None:
    assert is_syllable(text)


@pytest.mark.parametrize("text", ["", "hoof", "giaays", "tstr", "ngđ", "kahi", "chotôi", "aaaa"])
def test_no_syllables(text: str) -> None:
    assert not is_syllable(text)


@pytest.mark.parametrize(("written", "counted"), [("hoà", "hòa"), ("thuỷ", "thủy"), ("hòa", "hòa"), ("đường", "đường")])
def test_both_places_of_the_tone_are_one_spelling(written: str, counted: str) -> None:
    assert canonical(written) == counted


@given(st.sampled_from(["duong", "đương", "hoa", "quyêt", "giêng"]), st.integers(0, 5))
def test_a_tone_that_is_put_is_found_again(letters: str, tone: int) -> None:
    assert split_tone(put_tone(letters, tone)) == (letters, tone)


@given(st.text(max_size=30))
def test_any_text_is_accepted(text: str) -> None:
    is_syllable(text)
    canonical(text)
