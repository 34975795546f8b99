"""The emergency word list: finds what it was reviewed for, and keeps quiet where nobody is in danger."""

from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT
from bot.texts import Texts
from nlu.vietnamese.emergency import EmergencyList

LIST = ROOT / "nlu" / "lists" / "emergency.yml"
CASES = yaml.safe_load((ROOT / "tests" / "nlu" / "emergency_cases.yml").read_text(encoding="utf-8"))
# One sentence says what happened without any phrase of the list: Rasa's intent carries it.
KNOWN_MISSES = 1


@pytest.fixture(scope="module")
def words() -> EmergencyList:
    return EmergencyList(LIST)


def test_reviewed_emergencies_are_found_with_their_kind(words: EmergencyList) -> None:
    missed = [c for c in CASES["emergencies"] if words.find(c["text"]) != c["kind"]]
    assert len(missed) <= KNOWN_MISSES, missed


@pytest.mark.parametrize("case", CASES["near_misses"], ids=lambda case: case["text"][:40])
def test_near_misses_raise_no_alarm(words: EmergencyList, case: dict[str, str]) -> None:
    assert words.find(case["text"]) == ""


@pytest.mark.parametrize("text", ["cháy", "CHÁY!!!", "cứu với", "cướp", "Cấp cứu!"])
def test_one_cry_is_enough(words: EmergencyList, text: str) -> None:
    assert words.find(text)


@pytest.mark.parametrize("text", ["nha tui đang chay", "nha toi dang chay rồi cuu voi"])
def test_half_accented_words_are_found(words: EmergencyList, text: str) -> None:
    assert words.find(text) == "fire"


def test_every_kind_has_its_number_first() -> None:
    texts = Texts.load()
    for kind, entry in yaml.safe_load(LIST.read_text(encoding="utf-8"))["kinds"].items():
        said = texts.get(f"utter_emergency_{kind}")
        assert said.startswith(f"Gọi ngay {entry['number']}"), said
        assert (f"Gọi {entry['number']}", f"tel:{entry['number']}") in texts.buttons(f"utter_emergency_{kind}")


def test_an_empty_list_finds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "emergency.yml"
    file.write_text("kinds: {fire: {number: '114', phrases: []}}", encoding="utf-8")
    assert EmergencyList(file).find("cháy nhà") == ""
