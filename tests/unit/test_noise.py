"""Noise: any text goes through, what must stay stays, and the same seed gives the same text."""

import re
import unicodedata
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlu.noise import KINDS, NoiseLists, vary
from nlu.noise.syllable import Syllable
from nlu.vietnamese.fold import fold
from nlu.vietnamese.normalize import nfc

FOLDER = Path(__file__).resolve().parents[2] / "nlu" / "lists"
LISTS = NoiseLists.load(FOLDER)
TYPICAL = "Mẹ tôi hỏi bao giờ thì được nhận giấy khai sinh vậy, phải nộp ở đâu thế? Con tới nộp rồi mà không được nhé."
KEPT = [
    "H29.12.5-250908-0112", "PA-251103-7K2MQ9", "12/5/2026", "45/12", "50k", "P.12", "8h30,", "<phone:x1>",
    "<email:ab>", "(<cccd:7hh2k9>)", "https://dichvucong.gov.vn/p/home", "dichvucong.gov.vn", "lan@example.vn",
    "{ward}",
]  # fmt: skip
WORDS = ["không", "Được", "đường", "ạ", "hồ", "sơ", "QUẬN", "giấy", "nghe", "VNeID", "gì,", "-", "…", "ở"]
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
SENTENCES = st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + "     ,?!-", max_size=60)
KIND = st.sampled_from(KINDS)
SEED = st.integers(0, 2**32)


def _vary(kind: str, text: str, seed: int) -> str:
    return vary(kind, text, Random(seed), LISTS)


def _ends(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@given(KIND, st.text(max_size=80), SEED)
def test_any_text_goes_through(kind: str, text: str, seed: int) -> None:
    varied = _vary(kind, text, seed)
    assert varied == _vary(kind, text, seed)
    assert unicodedata.is_normalized("NFC", varied)
    assert bool(varied.strip()) == bool(text.strip())
    if text.strip():
        assert _ends(varied) == _ends(nfc(text))


@given(KIND, st.lists(st.sampled_from(KEPT + WORDS), max_size=12), SEED)
def test_codes_numbers_placeholders_and_addresses_stay(kind: str, tokens: list[str], seed: int) -> None:
    varied = _vary(kind, " ".join(tokens), seed).split()
    assert [token for token in varied if token in KEPT] == [token for token in tokens if token in KEPT]


@given(SENTENCES, SEED)
def test_text_without_diacritics_has_no_mark(text: str, seed: int) -> None:
    varied = _vary("no_diacritics", text, seed)
    assert varied.lower() == fold(text)


@given(st.sampled_from(["partial", "mixed_case", "no_diacritics"]), SENTENCES, SEED)
def test_dropped_marks_and_capitals_are_all_that_changes(kind: str, text: str, seed: int) -> None:
    assert fold(_vary(kind, text, seed)) == fold(text)


@given(SENTENCES, SEED)
def test_running_words_together_changes_nothing_else(text: str, seed: int) -> None:
    assert fold(_vary("glued", text, seed)).replace(" ", "") == fold(text).replace(" ", "")


@given(SENTENCES, SEED)
def test_speech_has_neither_signs_nor_capitals(text: str, seed: int) -> None:
    if any(char.isalpha() for char in text):
        assert re.fullmatch(r"[^\W\d_A-Z]+( [^\W\d_A-Z]+)*", _vary("voice", text.strip(), seed))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_changes_a_typical_sentence_in_many_ways(kind: str) -> None:
    n_seeds = 200
    varied = [_vary(kind, TYPICAL, seed) for seed in range(n_seeds)]
    assert sum(text != TYPICAL for text in varied) > 0.9 * n_seeds
    assert len(set(varied)) >= (2 if kind == "no_diacritics" else 3)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        _vary("loud", "xin chào", 1)


@pytest.mark.parametrize(
    ("kind", "text", "never"),
    [
        ("teencode", "đường có ổ gà", r"\bk[oó]\b"),
        ("teencode", "trẻ em xin bản sao hồ sơ quá hạn", r"\be\b|\bs\b"),
        ("teencode", "nhà ở Cần Giờ, gần Trường Chinh", r"\bh\b|trg"),
        ("central", "xin bản sao, sao y ở đâu", r"bản răng|răng y"),
        ("south", "công bố về không khí, hàng không", r"\bba\b|\bh[ôổo]ng\b"),
        ("north", "coi chừng vô gia cư tuần tới", r"xem|vào|đến"),
    ],
)
def test_words_that_only_look_alike_stay(kind: str, text: str, never: str) -> None:
    varied = {_vary(kind, text, seed) for seed in range(200)}
    assert not [text for text in varied if re.search(never, text)]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("teencode", "ủy ban nhân dân", {"ubnd"}),
        ("teencode", "không được", {"ko đc", "k dc", "ko dc", "k đc"}),
        ("south", "mẹ tôi hỏi", {"má tui hỏi"}),
        ("south", "Không ạ", {"Hông vậy"}),
        ("central", "LÀM NHƯ THẾ NÀO", {"MẦN RĂNG"}),
        ("north", "sao vậy nha", {"sao thế nhé"}),
        ("typo", "hồ", {"hoof"}),
        ("typo", "được", {"ddược", "dduowcj", "đươcj"}),
        ("typo", "số", {"so61"}),
        ("voice", "sổ", {"sỗ", "xổ"}),
    ],
)
def test_typical_forms_come_up(kind: str, text: str, expected: set[str]) -> None:
    assert expected <= {_vary(kind, text, seed) for seed in range(400)}


@pytest.mark.parametrize(
    "word",
    [
        "hòa", "khỏe", "thúy", "quả", "quý", "giấy", "gì", "giúp", "giữa", "người", "đường", "nghiêng", "khuya",
        "nguyễn", "chuyện", "uống", "yêu", "oanh", "ướt", "ở", "ạ",
    ],
)  # fmt: skip
def test_syllables_come_apart_and_together(word: str) -> None:
    syllable = Syllable.read(word)
    assert syllable is not None
    assert syllable.spell() == word


def test_foreign_words_are_no_syllables() -> None:
    assert [Syllable.read(word) for word in ("online", "vneid", "cccd", "web", "")] == [None] * 5


def _blocks(name: str) -> list[list[str]]:
    """Return the keys of each run of entries in a list file, as they stand there."""
    blocks: list[list[str]] = [[]]
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"  (?:- )?(?:\"?)([^\"#:]+?)\"?(?::.*)?", line)
        if match:
            blocks[-1].append(match[1])
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def test_lists_are_sorted_inside_blocks_and_name_nothing_twice() -> None:
    for block in _blocks("abbreviations.yml"):
        assert block == sorted(block, key=lambda key: (fold(key), key))
    for block in _blocks("dialect.yml"):
        is_keep = "hàng không" in block
        assert block == sorted(block, key=lambda key: (0 if is_keep else -len(key.split()), fold(key), key))
    entries = [key for block in _blocks("abbreviations.yml")[:3] for key in block]
    assert (
        len(entries)
        == len(set(entries))
        == len(yaml.safe_load((FOLDER / "abbreviations.yml").read_text())["abbreviations"])
    )


def test_lists_hold_lower_case_nfc_and_no_idle_entries() -> None:
    for name in ("abbreviations.yml", "dialect.yml"):
        for section, entries in yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")).items():
            for key in entries:
                others = entries[key] if isinstance(entries, dict) else []
                assert key not in others, f"{name}: {section}: {key}"
                assert len(set(others)) == len(others), f"{name}: {section}: {key}"
                assert all(text == nfc(text).lower() for text in (key, *others)), f"{name}: {section}: {key}"


def test_usual_forms_are_abbreviations_of_that_meaning() -> None:
    content = yaml.safe_load((FOLDER / "abbreviations.yml").read_text(encoding="utf-8"))
    for meaning, shorts in content["usual"].items():
        assert all(meaning in content["abbreviations"][short] for short in shorts), meaning


@pytest.mark.parametrize(
    ("abbreviations", "message"),
    [
        ("abbreviations: {no: [không]}\nusual: {}\nkeep: []", "no or on need quotes"),
        ("abbreviations: {ko: không}\nusual: {}\nkeep: []", "'ko' needs a list"),
        ("abbreviations: {kt3: [không]}\nusual: {}\nkeep: []", "phrase of letters"),
        ("abbreviations: []\nusual: {}\nkeep: []", "not a mapping"),
        ("- ko", "needs the keys"),
        ("{", "not YAML"),
    ],
)
def test_a_broken_list_is_named(tmp_path: Path, abbreviations: str, message: str) -> None:
    (tmp_path / "abbreviations.yml").write_text(abbreviations, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        NoiseLists.load(tmp_path)
