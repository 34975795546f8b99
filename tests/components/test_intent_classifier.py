"""IntentClassifier: learns, ranks, keeps what it learnt, and minds neither length nor missing features."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.intent_classifier import IntentClassifier
from tests.components import conformance


def message(vector: list[float], intent: str | None = None) -> Message:
    made = Message({TEXT: "x", **({INTENT: intent} if intent else {})})
    for part in (np.array([vector]), np.array([[1.0, 0.0]])):
        made.add_features(Features(part, FEATURE_TYPE_SENTENCE, TEXT, f"part{part.shape[1]}"))
    return made


@pytest.fixture
def trained(tmp_path: Path) -> Any:
    classifier = conformance.build(IntentClassifier, tmp_path, epochs=300)
    examples = [message([1.0, 0.1, 0.0], "left"), message([0.9, 0.0, 0.1], "left"), message([0.0, 0.1, 1.0], "right")]
    classifier.train(TrainingData(examples))
    return classifier


def test_conforms() -> None:
    conformance.check_component(IntentClassifier)


def test_ranks_all_intents_with_probabilities(trained: Any) -> None:
    (found,) = trained.process([message([1.0, 0.0, 0.0])])
    assert found.get(INTENT)["name"] == "left"
    assert [entry["name"] for entry in found.get("intent_ranking")] == ["left", "right"]
    assert sum(entry["confidence"] for entry in found.get("intent_ranking")) == pytest.approx(1)


def test_length_of_the_features_does_not_matter(trained: Any) -> None:
    short, long = trained.process([message([1.0, 0.5, 0.0]), message([10.0, 5.0, 0.0])])
    assert short.get(INTENT)["confidence"] == pytest.approx(long.get(INTENT)["confidence"])


def test_message_without_features_gets_no_intent_and_disturbs_no_other(trained: Any) -> None:
    empty, found = trained.process([Message({TEXT: ""}), message([0.0, 0.0, 1.0])])
    assert empty.get(INTENT) is None
    assert found.get(INTENT)["name"] == "right"


def test_what_it_learnt_is_loaded_again(trained: Any, tmp_path: Path) -> None:
    again = IntentClassifier.load(
        IntentClassifier.get_default_config(),
        LocalModelStorage(tmp_path),
        Resource("IntentClassifier"),
        ExecutionContext(GraphSchema({}), node_name="IntentClassifier"),
    )
    (before,), (after,) = trained.process([message([0.2, 0.3, 0.4])]), again.process([message([0.2, 0.3, 0.4])])
    assert before.get("intent_ranking") == after.get("intent_ranking")


def test_without_examples_it_trains_and_answers_nothing(tmp_path: Path) -> None:
    classifier = conformance.build(IntentClassifier, tmp_path)
    classifier.train(TrainingData([]))
    (found,) = classifier.process([message([1.0, 0.0, 0.0])])
    assert found.get(INTENT) is None
