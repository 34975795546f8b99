"""VietnameseTokenizer: the checks for all tokenizers, and what is special to Vietnamese."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.vietnamese_tokenizer import VietnameseTokenizer
from tests.components import conformance


def tokens(text: str, unit: str = "syllable") -> list[str]:
    tokenizer = VietnameseTokenizer({**VietnameseTokenizer.get_default_config(), "unit": unit})
    return [token.text for token in tokenizer.tokenize(Message({TEXT: text}), TEXT)]


@pytest.mark.parametrize("unit", ["syllable", "word"])
def test_conforms(tmp_path: Path, unit: str) -> None:
    conformance.check_component(VietnameseTokenizer)
    conformance.check_tokenizer(conformance.build(VietnameseTokenizer, tmp_path, unit=unit))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("khai sinh, khai tử!", ["khai", "sinh", "khai", "tử"]),
        ("hồ sơ H29.12-240101-0001 đâu?", ["hồ", "sơ", "H29.12-240101-0001", "đâu"]),
        ("số 12/5A, ngày 21/11/2026", ["số", "12/5A", "ngày", "21/11/2026"]),
        ("gọi <phone:x1y2z3> nha", ["gọi", "<phone:x1y2z3>", "nha"]),
        ("Tân Phú/Tân Bình", ["Tân", "Phú", "Tân", "Bình"]),
        ("lệ phí 50.000đ", ["lệ", "phí", "50.000đ"]),
        ("ko bít làm s🙂o", ["ko", "bít", "làm", "s", "o"]),
        (" 🙂 ", ["🙂"]),
        ("", []),
    ],
)
def test_syllables(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_decomposed_text_keeps_its_syllables() -> None:
    text = unicodedata.normalize("NFD", "giấy khai sinh ở đường Huệ")
    assert [unicodedata.normalize("NFC", token) for token in tokens(text)] == [
        "giấy", "khai", "sinh", "ở", "đường", "Huệ",
    ]  # fmt: skip


def test_words_join_syllables() -> None:
    assert tokens("đăng ký khai sinh", "word") == ["đăng ký", "khai sinh"]


def test_lemma_hides_the_personal_value_and_the_case() -> None:
    tokenizer = VietnameseTokenizer(VietnameseTokenizer.get_default_config())
    found = tokenizer.tokenize(Message({TEXT: "GỌI <phone:x1y2>"}), TEXT)
    assert [token.lemma for token in found] == ["gọi", "<phone>"]


def test_unknown_unit_is_refused() -> None:
    with pytest.raises(InvalidConfigException, match="letter"):
        VietnameseTokenizer({**VietnameseTokenizer.get_default_config(), "unit": "letter"})


@given(st.text(max_size=80))
def test_any_text_splits_into_pieces_of_itself(text: str) -> None:
    tokenizer = VietnameseTokenizer(VietnameseTokenizer.get_default_config())
    found = tokenizer.tokenize(Message({TEXT: text}), TEXT)
    assert bool(found) == bool(text.strip())
    assert all(text[token.start : token.end] == token.text for token in found)
