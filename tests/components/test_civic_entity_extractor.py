"""CivicEntityExtractor: entities of the rules in Rasa's form, by intent, beside those of other components."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components import civic_entity_extractor
from nlu.components.civic_entity_extractor import CivicEntityExtractor
from tests.components import conformance


@pytest.fixture(scope="module")
def extractor(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return conformance.build(CivicEntityExtractor, tmp_path_factory.mktemp("extractor"))


def found(extractor: Any, text: str, intent: str | None = None) -> list[tuple[str, str]]:
    message = Message({TEXT: text, INTENT: {"name": intent, "confidence": 0.9}})
    extractor.process([message])
    return [(entity["entity"], text[entity["start"] : entity["end"]]) for entity in message.get(ENTITIES)]


def test_conforms(extractor: Any) -> None:
    conformance.check_component(CivicEntityExtractor)
    for message in extractor.process(conformance.messages()):
        text = message.get(TEXT)
        assert all(0 <= entity["start"] < entity["end"] <= len(text) for entity in message.get(ENTITIES))


def test_entities_have_the_form_that_rasa_expects(extractor: Any) -> None:
    (message,) = extractor.process([Message({TEXT: "hồ sơ h29.12-240101-0001 tới đâu rồi"})])
    assert message.get(ENTITIES) == [
        {
            "entity": "dossier_code",
            "start": 6,
            "end": 24,
            "value": "H29.12-240101-0001",
            "confidence": 1.0,
            "extractor": "CivicEntityExtractor",
        }
    ]
    assert ENTITIES in message.as_dict(only_output_properties=True)


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        ("complaint_file", [("complaint_category", "rác"), ("street", "hẻm 5 Lê Lợi")]),
        ("complaint_status", [("complaint_category", "rác"), ("street", "hẻm 5 Lê Lợi")]),
        ("directory_place", [("street", "hẻm 5 Lê Lợi")]),
        ("a_new_intent", [("street", "hẻm 5 Lê Lợi")]),
    ],
)
def test_some_entities_count_only_under_some_intents(
    extractor: Any, intent: str, expected: list[tuple[str, str]]
) -> None:
    assert found(extractor, "rác ở hẻm 5 Lê Lợi", intent) == expected


def test_canonical_values_come_from_the_lists(extractor: Any) -> None:
    message = Message({TEXT: "cái thứ hai", INTENT: {"name": "control_choose"}})
    extractor.process([message])
    assert [(entity["entity"], entity["value"]) for entity in message.get(ENTITIES)] == [("option_number", "2")]


def test_entities_of_others_stay(extractor: Any) -> None:
    other = {"entity": "choice", "start": 0, "end": 2, "value": "x"}
    (message,) = extractor.process([Message({TEXT: "ở quận 3", ENTITIES: [other]})])
    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["choice", "district"]


def test_offsets_are_those_of_the_text_as_it_came(extractor: Any) -> None:
    text = unicodedata.normalize("NFD", "đèn đường hẻm 84 Bùi Viện tắt")
    assert [(name, unicodedata.normalize("NFC", part)) for name, part in found(extractor, text, "complaint_file")] == [
        ("complaint_category", "đèn đường"),
        ("street", "hẻm 84 Bùi Viện"),
    ]


def test_a_message_without_intent_or_text_is_no_trouble(extractor: Any) -> None:
    (empty, no_intent) = extractor.process([Message({TEXT: ""}), Message({TEXT: "quận 3", INTENT: None})])
    assert empty.get(ENTITIES) == []
    assert [entity["value"] for entity in no_intent.get(ENTITIES)] == ["quận 3"]


def test_training_data_stays_as_it_is(extractor: Any) -> None:
    data = conformance.training_data()
    before = [example.as_dict() for example in data.training_examples]
    assert extractor.process_training_data(data) is data
    assert [example.as_dict() for example in data.training_examples] == before


def test_fingerprint_follows_the_lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = CivicEntityExtractor.fingerprint_addon({})
    monkeypatch.setattr(civic_entity_extractor, "NLU", tmp_path)
    (tmp_path / "lists" / "entities").mkdir(parents=True)
    (tmp_path / "lists" / "entities" / "wards.yml").write_text("new: [Tân Định]\n")
    assert CivicEntityExtractor.fingerprint_addon({}) != before


def test_what_only_the_repaired_tokens_name_is_found_too(extractor: Any) -> None:
    text = "ở phwờng Tân Định"
    tokens = [Token("ở", 0, 1, lemma="ở"), Token("phwờng", 2, 8, lemma="phường")]
    tokens += [Token("Tân", 9, 12, lemma="tân"), Token("Định", 13, 17, lemma="định")]
    message = Message({TEXT: text, TOKENS_NAMES[TEXT]: tokens})
    extractor.process([message])
    assert [(entity["entity"], entity["value"]) for entity in message.get(ENTITIES)] == [("ward", "phwờng Tân Định")]
