"""Folding and syllables."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.fold import fold
from nlu.vietnamese.normalize import nfc
from nlu.vietnamese.tokenize import syllables


def test_folding_meets_text_typed_without_diacritics() -> None:
    assert fold("Đăng ký TẠM TRÚ ở đâu") == "dang ky tam tru o dau"


def test_decomposed_text_becomes_nfc() -> None:
    assert nfc(unicodedata.normalize("NFD", "giấy khai sinh")) == "giấy khai sinh"


def test_syllables_leave_out_punctuation_and_placeholders() -> None:
    assert syllables("Đăng-ký <phone:a1>, KHAI sinh?") == ["đăng", "ký", "khai", "sinh"]


@given(st.text())
def test_any_text_folds_to_stable_nfc(text: str) -> None:
    folded = fold(text)
    assert unicodedata.is_normalized("NFC", folded)
    assert fold(folded) == folded


@given(st.text())
def test_syllables_never_hold_a_space(text: str) -> None:
    assert all(part and not any(char.isspace() for char in part) for part in syllables(text))
