"""Puts emergencies before everything else, where the reviewed list of phrases or the classifier says so.

The classifier spreads its doubt over six kinds of emergency; together they can weigh more than the intent that leads.
A phrase of the list counts unless the classifier holds any emergency for next to impossible: "bị chém" is said of a
knife and of a bill, and only the whole sentence tells which (ADR 0017).
"""

import inspect
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.fingerprint import source_hash
from nlu.vietnamese.emergency import EmergencyList

LIST = Path(__file__).resolve().parent.parent / "lists" / "emergency.yml"
PREFIX = "emergency_"
LEADS = 0.51
"""Least confidence of what is raised: the fallback takes a first place with less than the second for doubt."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class EmergencyDetector(GraphComponent, IntentClassifier):
    """Runs after the classifier and before the fallback."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for a classifier."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change."""
        return {
            # From this probability of all emergencies together, the likeliest of them is answered.
            "threshold": 0.5,
            # What a phrase of the list is worth, and the probability of all emergencies together from which it counts.
            "list_confidence": 0.99,
            "list_needs": 0.05,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa load anew when this file, the matching or the list changes."""
        return source_hash(inspect.getfile(cls), "vietnamese/emergency.py", "lists/emergency.yml")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EmergencyDetector":
        """Build the component with the list of this installation."""
        return cls(config, EmergencyList(LIST))

    def __init__(self, config: dict[str, Any], words: EmergencyList) -> None:
        """Take settings and list."""
        self._config = config
        self._words = words

    def process(self, messages: list[Message]) -> list[Message]:
        """Raise an emergency to the first place where the list or the sum of probabilities says so."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            if not ranking:
                continue
            ranked = self._ranked(message.get(TEXT) or "", ranking)
            message.set(INTENT_RANKING_KEY, ranked, add_to_output=True)
            message.set(INTENT, dict(ranked[0]), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are."""
        return training_data

    def _ranked(self, text: str, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kinds = [entry for entry in ranking if entry["name"].startswith(PREFIX)]
        likely = sum(float(entry["confidence"]) for entry in kinds)
        if likely >= self._config["list_needs"] and (kind := self._words.find(text)):
            name, confidence = PREFIX + kind, max(likely, float(self._config["list_confidence"]))
        elif kinds and likely >= self._config["threshold"]:
            name, confidence = str(kinds[0]["name"]), max(likely, LEADS)
        else:
            return ranking
        others = [entry for entry in ranking if entry["name"] != name]
        scale = (1.0 - confidence) / max(sum(float(entry["confidence"]) for entry in others), 1e-9)
        scaled = [{**entry, "confidence": float(entry["confidence"]) * scale} for entry in others]
        return [{"name": name, "confidence": confidence}, *scaled]
