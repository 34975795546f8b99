"""Repairing what was typed: right on common slips, harmless on what is right, total on any text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.fold import fold
from nlu.vietnamese.language_model import LanguageModel
from nlu.vietnamese.repair import Repairer

SENTENCES = [
    "cho em hỏi làm giấy khai sinh ở đâu",
    "hồ sơ của tôi tới đâu rồi",
    "tôi muốn đăng ký tạm trú cho con",
    "đường trước nhà tôi bị ngập nặng quá",
    "không biết làm sao để được cấp lại",
    "tôi cần gặp người trực ngay",
    "con chó nhà bên sủa suốt đêm",
    "cho tôi hỏi lệ phí làm căn cước",
    "làm căn cước công dân ở đâu",
]
WORDS = ["khai sinh", "hồ sơ", "đăng ký", "tạm trú", "lệ phí", "căn cước", "không", "được"]
ABBREVIATIONS = {"ko": ["không"], "dc": ["được", "địa chỉ"], "hs": ["hồ sơ", "học sinh"], "cccd": ["căn cước công dân"]}
TYPED = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ ,.!?0123456789fjwz\u0301ABC"), max_size=60)


@pytest.fixture(scope="module")
def repairer() -> Repairer:
    return Repairer(LanguageModel.train(SENTENCES * 3, WORDS), ABBREVIATIONS)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_marks_come_back(repairer: Repairer, sentence: str) -> None:
    assert repairer.repair_text(fold(sentence)) == sentence


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_right_stays(repairer: Repairer, sentence: str) -> None:
    assert repairer.repair_text(sentence) == sentence


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hoof sơ của tôi tới đâu rồi", "hồ sơ của tôi tới đâu rồi"),
        ("tôi muốn ddangw ký tạm trú", "tôi muốn đăng ký tạm trú"),
        ("làm giấy kahi sinh ở đâu", "làm giấy khai sinh ở đâu"),
        ("chotôihỏi lệ phí", "cho tôi hỏi lệ phí"),
        ("ko biết làm sao", "không biết làm sao"),
        ("hs của tôi tới đâu rồi", "hồ sơ của tôi tới đâu rồi"),
        ("ho62 so7 cua3 toi6", "hồ sơ của tôi"),
    ],
)
def test_slips_are_mended(repairer: Repairer, typed: str, meant: str) -> None:
    assert repairer.repair_text(typed) == meant


def test_one_output_a_token_with_spaces_inside(repairer: Repairer) -> None:
    assert repairer.repair(["làm", "cccd", "ở", "đâu"]) == ["làm", "căn cước công dân", "ở", "đâu"]


@pytest.mark.parametrize(
    "token", ["H29.12-251103-0042", "<phone:x1>", "https://dichvucong.gov.vn/a?b=c", "12/5/2026", "a@b.vn", "50.000đ"]
)
def test_codes_and_addresses_are_not_touched(repairer: Repairer, token: str) -> None:
    assert repairer.repair(["gui", token, "cho", "toi"])[1] == token


@given(TYPED)
def test_any_text_gives_nfc_and_as_many_outputs_as_tokens(text: str) -> None:
    repaired = shared().repair(text.split())
    assert len(repaired) == len(text.split())
    assert all(unicodedata.is_normalized("NFC", word) for word in repaired)
    assert unicodedata.is_normalized("NFC", shared().repair_text(text))


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    shared().repair_text(text)


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3))
def test_its_own_output_is_final(sentences: list[str]) -> None:
    once = shared().repair_text(fold(", ".join(sentences)))
    assert shared().repair_text(once) == once


def test_long_text_stays_linear(repairer: Repairer) -> None:
    text = ("lam giay khai sanh ko dau " * 160)[:4000]
    assert len(repairer.repair_text(text).split()) == len(text.split())
    assert len(repairer.repair(["x" * 4000])) == 1


def test_a_model_is_stored_as_it_is(tmp_path_factory: pytest.TempPathFactory, repairer: Repairer) -> None:
    model = LanguageModel.train(SENTENCES * 3, WORDS)
    first, second = tmp_path_factory.mktemp("a") / "m.npz", tmp_path_factory.mktemp("b") / "m.npz"
    model.save(first)
    LanguageModel.train(SENTENCES * 3, WORDS).save(second)
    assert first.read_bytes() == second.read_bytes()
    again = Repairer(LanguageModel.load(first), ABBREVIATIONS)
    assert again.repair_text(fold(SENTENCES[0])) == SENTENCES[0]


def test_another_file_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("c") / "m.npz"
    path.write_bytes(b"PK\x03\x04 no model")
    with pytest.raises((OSError, ValueError)):
        LanguageModel.load(path)


_SHARED: list[Repairer] = []


def shared() -> Repairer:
    """One repairer for the properties (hypothesis does not mix with fixtures of a function)."""
    if not _SHARED:
        _SHARED.append(Repairer(LanguageModel.train(SENTENCES * 3, WORDS), ABBREVIATIONS))
    return _SHARED[0]
