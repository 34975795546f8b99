"""EmergencyDetector: the list and the sum of probabilities raise an emergency; nothing else changes."""

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.emergency_detector import EmergencyDetector
from tests.components import conformance


def ranked(detector: EmergencyDetector, text: str, **confidences: float) -> list[dict[str, Any]]:
    ranking = [{"name": name, "confidence": value} for name, value in confidences.items()]
    message = Message({TEXT: text, INTENT: ranking[0], INTENT_RANKING_KEY: ranking})
    (found,) = detector.process([message])
    assert found.get(INTENT) == found.get(INTENT_RANKING_KEY)[0]
    result: list[dict[str, Any]] = found.get(INTENT_RANKING_KEY)
    return result


@pytest.fixture
def detector(tmp_path: Path) -> EmergencyDetector:
    built: EmergencyDetector = conformance.build(EmergencyDetector, tmp_path, threshold=0.5)
    return built


def test_conforms() -> None:
    conformance.check_component(EmergencyDetector)


def test_a_phrase_of_the_list_wins(detector: EmergencyDetector) -> None:
    ranking = ranked(detector, "cháy nhà rồi", complaint_file=0.7, emergency_fire=0.2, procedure_ask=0.1)
    assert ranking[0] == {"name": "emergency_fire", "confidence": 0.99}
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1)
    assert [entry["name"] for entry in ranking[1:]] == ["complaint_file", "procedure_ask"]


def test_a_phrase_in_a_sentence_that_is_no_emergency_does_not_count(detector: EmergencyDetector) -> None:
    ranking = ranked(detector, "gửi xe ở đâu khỏi bị chém", directory_place=0.97, emergency_crime=0.02, human_ask=0.01)
    assert ranking[0] == {"name": "directory_place", "confidence": 0.97}


def test_doubt_between_kinds_is_no_doubt_about_the_danger(detector: EmergencyDetector) -> None:
    ranking = ranked(
        detector, "chú tui sao sao á", complaint_file=0.4, emergency_medical=0.35, emergency_crime=0.2, human_ask=0.05
    )
    assert ranking[0]["name"] == "emergency_medical"
    assert ranking[0]["confidence"] == pytest.approx(0.55)
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1)


def test_what_is_raised_leads(tmp_path: Path) -> None:
    low: EmergencyDetector = conformance.build(EmergencyDetector, tmp_path, threshold=0.4)
    ranking = ranked(low, "em ấy viết vậy trong bài văn", out_of_scope=0.58, emergency_child=0.42)
    assert [entry["name"] for entry in ranking] == ["emergency_child", "out_of_scope"]
    assert ranking[0]["confidence"] > ranking[1]["confidence"]


def test_what_is_no_emergency_stays_as_it_is(detector: EmergencyDetector) -> None:
    assert ranked(detector, "làm khai sinh", procedure_ask=0.9, emergency_fire=0.1) == [
        {"name": "procedure_ask", "confidence": 0.9},
        {"name": "emergency_fire", "confidence": 0.1},
    ]


def test_a_message_without_intents_stays_without(detector: EmergencyDetector) -> None:
    (found,) = detector.process([Message({TEXT: "cháy nhà"})])
    assert found.get(INTENT) is None
