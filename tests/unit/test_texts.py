"""Texts: every response that is used exists, is used, is NFC, and every place in it can be filled."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import build_actions
from bot.errors import ConfigError
from bot.settings import ROOT
from bot.texts import Texts

FRAGMENTS = [ROOT / "domain.yml", *sorted((ROOT / "nlu" / "domain").glob("*.yml"))]
# What the code hands over when it says a response: the only places besides slots.
FILLED_BY_CODE = set(
    [
        "address",
        "agency",
        "amount",
        "category",
        "code",
        "contact",
        "date",
        "days",
        "description",
        "documents",
        "lat",
        "lon",
        "n",
        "new_title",
        "new_title_cap",
        "note",
        "number",
        "operator",
        "photos",
        "place",
        "position",
        "procedure_name",
        "status",
        "summary",
    ]
)
# Families whose last part comes from data.
FAMILIES = (
    "utter_emergency_",
    "utter_dossier_status_",
    "utter_dossier_line_",
    "utter_complaint_line_",
    "utter_shared_word_",
    "utter_complaint_word_",
)
MENTIONED_ELSEWHERE = ("utter_ask_", "utter_shared_", "utter_handoff_")


def domain() -> dict[str, Any]:
    joined: dict[str, Any] = {"responses": {}, "slots": {}, "actions": [], "intents": [], "entities": []}
    for path in FRAGMENTS:
        part = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key, value in joined.items():
            if isinstance(value, dict):
                value.update(part.get(key) or {})
            else:
                value.extend(part.get(key) or [])
    return joined


DOMAIN = domain()


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def mentions() -> set[str]:
    files = [
        *(ROOT / "actions").rglob("*.py"),
        *(ROOT / "bot").rglob("*.py"),
        *(ROOT / "data" / "rules").glob("*.yml"),
    ]
    found = {name for path in files for name in re.findall(r"\butter_[a-z_]+", path.read_text(encoding="utf-8"))}
    return {name for name in found if not name.endswith("_")} - {"utter_message", "utter_action"}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def test_every_response_used_exists() -> None:
    known = set(DOMAIN["responses"])
    assert {name for name in mentions() if name not in known and not any(k.startswith(name) for k in known)} == set()


def test_every_response_is_used() -> None:
    unused = DOMAIN["responses"].keys() - mentions()
    assert {name for name in unused if not name.startswith(FAMILIES + MENTIONED_ELSEWHERE)} == set()


def test_every_rule_and_form_question_has_its_response() -> None:
    questions = {"dossier_code", *(name for name in DOMAIN["slots"] if name.startswith("complaint_"))}
    asked = {name.removeprefix("utter_ask_") for name in DOMAIN["responses"] if name.startswith("utter_ask_")}
    assert asked <= questions


@pytest.mark.parametrize("name", DOMAIN["responses"])
def test_response_is_sound(name: str, texts: Texts) -> None:
    (variation,) = DOMAIN["responses"][name]
    for text in strings(variation):
        assert unicodedata.is_normalized("NFC", text)
        assert not re.search(r"\b(TTHC|GCN|DVC|CCCD|UBND|PVHCC)\b", text), "no abbreviations for citizens"
    values = dict.fromkeys(FILLED_BY_CODE, "X")
    assert "{" not in texts.get(name, **values)
    for title, payload in texts.buttons(name, **values):
        assert len(title) <= 30
        assert re.fullmatch(r"/[a-z_]+(\{.*\})?|tel:\d+|https://\S+", payload)
        if payload.startswith("/"):
            assert payload[1:].partition("{")[0] in DOMAIN["intents"]


@pytest.mark.parametrize("name", DOMAIN["responses"])
def test_form_of_address_is_capitalised_at_the_start_of_a_sentence(name: str) -> None:
    for text in strings(DOMAIN["responses"][name]):
        assert not re.search(r"(?:^|[.?!] |\n)\{citizen_title\}", text)
        assert not re.search(r"[a-zà-ỹ,] \{citizen_title_cap\}", text)


@pytest.mark.parametrize("kind", ["fire", "crime", "medical", "disaster", "child", "self_harm"])
def test_emergency_begins_with_the_number_and_asks_nothing(kind: str, texts: Texts) -> None:
    text = texts.get(f"utter_emergency_{kind}")
    number = texts.custom(f"utter_emergency_{kind}")["call"]
    assert text.startswith(f"Gọi ngay {number}")
    assert "?" not in text
    assert texts.buttons(f"utter_emergency_{kind}")[0] == (f"Gọi {number}", f"tel:{number}")
    assert all(payload.startswith("tel:") for _, payload in texts.buttons(f"utter_emergency_{kind}"))


def test_form_of_address_can_be_changed(texts: Texts) -> None:
    assert "ông" in texts.get("utter_control_not_understood", citizen_title="ông")
    assert "Bác" in texts.get("utter_control_menu", citizen_title="bác")


def test_missing_value_and_missing_response_are_errors(texts: Texts) -> None:
    with pytest.raises(KeyError):
        texts.get("utter_dossier_not_found")
    with pytest.raises(KeyError):
        texts.get("utter_nothing")


def test_response_defined_twice_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "nlu" / "domain").mkdir(parents=True)
    (tmp_path / "domain.yml").write_text("slots: {citizen_title: {initial_value: cô/chú}}\n", encoding="utf-8")
    for name in ("a", "b"):
        path = tmp_path / "nlu" / "domain" / f"{name}.yml"
        path.write_text("responses: {utter_x: [{text: Dạ}]}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.yml.*utter_x"):
        Texts.load(tmp_path)


def test_broken_yaml_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text("slots:\n  a: [1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"domain\.yml:3"):
        Texts.load(tmp_path)


def test_actions_of_the_domain_are_the_actions_that_are_built() -> None:
    nothing: Any = None
    built = build_actions(
        knowledge=nothing,
        dossiers=nothing,
        complaints=nothing,
        handoff=nothing,
        citizens=nothing,
        switches=nothing,
        texts=nothing,
        labels=nothing,
    )
    assert sorted(action.name() for action in built) == sorted(DOMAIN["actions"])


def test_intents_of_the_domain_are_the_intents_of_the_list() -> None:
    listed = yaml.safe_load((ROOT / "nlu" / "intents.yml").read_text(encoding="utf-8"))
    assert sorted(DOMAIN["intents"]) == sorted(listed)


def test_every_intent_has_a_rule() -> None:
    rules = [
        rule for path in (ROOT / "data" / "rules").glob("*.yml") for rule in yaml.safe_load(path.read_text())["rules"]
    ]
    answered = [step["intent"] for rule in rules for step in rule["steps"] if "intent" in step]
    assert sorted(answered) == sorted([*DOMAIN["intents"], "nlu_fallback"])


def test_only_forms_are_gone_on_with() -> None:
    """After a chained action that is no form, no rule says what comes next and Rasa falls silent."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "actions").rglob("*.py")]
    chained = {name for text in sources for name in re.findall(r"go_on_with\(\"(\w+)\"\)", text)}
    assert chained <= {"complaint_form", "dossier_form"}
