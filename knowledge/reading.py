"""Reads a question: repairs what was typed (marks, slips, short forms), then takes it apart."""

import logging
from functools import lru_cache
from pathlib import Path

from knowledge.aspects import Question, read
from nlu.vietnamese.repair import Repairer

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
# Both are what Rasa's pipeline repairs with; the model is written by `make train`.
RESTORER = ROOT / "var" / "models" / "restorer.npz"
ABBREVIATIONS = ROOT / "nlu" / "lists" / "abbreviations.yml"
_KEPT = 256


class QuestionReader:
    """Without a trained model of the language, questions are read as they were typed."""

    def __init__(self, repairer: Repairer | None = None) -> None:
        self._repairer = repairer
        self.read = lru_cache(_KEPT)(self._read)

    @classmethod
    def load(cls, model: Path = RESTORER) -> "QuestionReader":
        """Read the trained model of the language, if it is there."""
        try:
            return cls(Repairer.load(model, ABBREVIATIONS))
        except (OSError, ValueError) as error:
            log.warning("questions_are_read_without_repair path=%s error=%s", model, error)
            return cls()

    def _read(self, text: str) -> Question:
        return read(self._repairer.repair_text(text) if self._repairer else text)
