"""Reads ``nlu/intents.yml``: which skill an intent belongs to and what people call it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Intent:
    """One line of ``nlu/intents.yml``."""

    skill: str
    label: str


class Intents(dict[str, Intent]):
    """Intent name → what it is."""

    @classmethod
    def load(cls, path: Path) -> "Intents":
        """Read the file."""
        rows: Mapping[str, Mapping[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls({name: Intent(row["skill"], row["label"]) for name, row in rows.items()})

    def skill_of(self, intent: str) -> str:
        """Return the skill of an intent; what nobody knows is out of scope."""
        found = self.get(intent)
        return found.skill if found else "out_of_scope"

    def labels(self) -> dict[str, str]:
        """Return what citizens call each intent."""
        return {name: intent.label for name, intent in self.items()}
