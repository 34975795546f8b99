"""Finds places, dates, papers, codes … in a message by rules and lists (nlu/entity_rules).

The lists are closed and the codes have forms, so rules read both spellings of Vietnamese without examples. It stands
after the intent classifier: some entities count only under some intents (nlu/entities.yml, ``only_in``). Where the
tokenizer repairs, the rules also read the tokens' lemmas, so that "phwờng Tân Định" is a ward.
"""

import inspect
from pathlib import Path
from typing import Any, Final

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import ENTITY_ATTRIBUTE_CONFIDENCE, TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.fingerprint import source_hash
from nlu.entity_rules.extract import EntityRules
from nlu.entity_rules.meant import Word
from nlu.entity_rules.types import Entity

NLU: Final = Path(__file__).resolve().parent.parent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CivicEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Entity extractor of the pipeline in config.yml; its entities add to those of others."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change: none."""
        return {}

    @staticmethod
    def supported_languages() -> list[str]:
        """Say that this is for Vietnamese only."""
        return ["vi"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa's cache notice a change of rules, lists or definitions."""
        files = [*sorted(NLU.glob("entity_rules/*.py")), *sorted(NLU.glob("lists/entities/*.yml"))]
        return source_hash(inspect.getfile(cls), *files, "entities.yml", "intents.yml", "vietnamese/masking.py")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CivicEntityExtractor":
        """Read the lists.

        Raises:
            OSError: If a list or definition cannot be read.
        """
        return cls()

    def __init__(self) -> None:
        """Prepare the rules, once for all messages."""
        self._rules = EntityRules.load()
        intents = yaml.safe_load((NLU / "intents.yml").read_text(encoding="utf-8"))
        self._skills: dict[str, str] = {name: entry["skill"] for name, entry in intents.items()}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: no component learns from these entities."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message, in order of appearance."""
        for message in messages:
            intent = str((message.get(INTENT) or {}).get(INTENT_NAME_KEY) or "")
            found = self._rules.find(message.get(TEXT) or "", intent, self._skills.get(intent, ""), _words(message))
            entities = self.add_extractor_name([_as_rasa(entity) for entity in found])
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages


def _words(message: Message) -> list[Word]:
    return [(token.start, token.end, token.lemma) for token in message.get(TOKENS_NAMES[TEXT]) or ()]


def _as_rasa(entity: Entity) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: entity.name,
        ENTITY_ATTRIBUTE_START: entity.start,
        ENTITY_ATTRIBUTE_END: entity.end,
        ENTITY_ATTRIBUTE_VALUE: entity.value,
        ENTITY_ATTRIBUTE_CONFIDENCE: 1.0,
    }
