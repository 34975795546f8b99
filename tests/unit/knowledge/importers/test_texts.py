"""Codes stay text, names lose "Thủ tục", text is NFC and visible."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers.texts import (
    NumberText,
    key_of,
    lines_of,
    procedure_code,
    procedure_name,
    says_nothing,
    slug,
    tidy,
    verbatim,
)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Thủ tục đăng ký khai sinh", "Đăng ký khai sinh"),
        ("THỦ TỤC cấp phép", "Cấp phép"),
        ("Thủ tục hành chính: cấp phép", "Cấp phép"),
        ("Thủ tục thủ tục cấp phép", "Cấp phép"),
        ("Cấp phép\n  một  năm", "Cấp phép một năm"),
        ("Thủ tục", "Thủ tục"),
        ("Không có thông tin", ""),
        ("", ""),
    ],
)
def test_names_lose_the_word_for_procedure(written: str, name: str) -> None:
    assert procedure_name(written) == name


def test_names_come_out_in_nfc() -> None:
    assert procedure_name(unicodedata.normalize("NFD", "Thủ tục cấp thẻ")) == "Cấp thẻ"


@pytest.mark.parametrize(
    ("value", "code", "is_restored"),
    [
        ("1.001190", "1.001190", False),
        (" 1.001190\n", "1.001190", False),
        (NumberText("1.001190"), "1.001190", False),
        (NumberText("1.00119"), "1.001190", True),
        (NumberText("1.0042219999999999"), "1.004222", True),
        (NumberText("2"), "2.000000", True),
    ],
)
def test_codes_keep_their_zeros(value: str, code: str, is_restored: bool) -> None:
    assert procedure_code(value) == (code, is_restored)


@pytest.mark.parametrize(
    "value",
    ["", "1.00119", "1.0011900", "1004222", "../../etc", NumberText("12.5"), NumberText("1e999"), NumberText("x")],
)
def test_what_is_no_code_is_refused_with_the_right_form(value: str) -> None:
    with pytest.raises(ValueError, match=r"ví dụ \"1\.001193\""):
        procedure_code(value)


def test_a_number_that_is_no_code_is_refused() -> None:
    with pytest.raises(ValueError, match="sai dạng"):
        procedure_code(NumberText("1.0042225"))


@settings(deadline=None)
@given(st.text())
def test_texts_are_nfc_visible_and_stable(text: str) -> None:
    kept = verbatim(text)
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == verbatim(kept)
    assert not [letter for letter in kept if unicodedata.category(letter) in ("Cs",) or letter in "\0\x07\ufeff\u200b"]
    assert kept.encode().decode() == kept
    assert "\r" not in kept
    assert tidy(text) == tidy(tidy(text))


@pytest.mark.parametrize("text", ["", " ", "Không có thông tin", "KHÔNG QUY ĐỊNH;.", "--", "Không."])
def test_phrases_for_nothing_are_recognised(text: str) -> None:
    assert says_nothing(text)
    assert lines_of(text) == ()


def test_keys_and_folders_are_plain() -> None:
    assert key_of("Phí, lệ phí:") == "phi le phi"
    assert slug("Đăng ký, quản lý cư trú") == "dang_ky_quan_ly_cu_tru"
    assert slug("../..") == ""
