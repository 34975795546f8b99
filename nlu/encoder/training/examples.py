"""What the encoder learns from: authored sentences with their intents, and how people would type them.

Never a test sentence: neither an authored sentence that a test holds, nor a view that happens to become one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from nlu.expand import plain
from nlu.noise import KINDS, NoiseLists, vary
from nlu.utterances import ROOT, load_files, samples_of
from nlu.vietnamese.repair import Repairer

# Splits as the tokenizer of Rasa's pipeline does, which cannot be imported without Rasa.
_TOKEN = re.compile(r"<\w+:[\w\-]+>|\w+(?:[.,/:\-]\w*\d\w*)+|\w+")
# Shares of views: as authored; without marks (else any kind); noised twice; repaired.
_CLEAN, _NO_MARKS, _TWICE, _REPAIRED = 0.25, 0.3, 0.35, 0.6
_SECOND_KINDS = ("no_diacritics", "partial", "teencode", "typo", "glued")


@dataclass(frozen=True, slots=True)
class Example:
    """An authored sentence."""

    intent: str
    text: str


def authored(held: frozenset[str]) -> list[Example]:
    """Give the sentences of all reviewed templates, without those whose plain form is in ``held``.

    Raises:
        TemplateError: In any template.
    """
    vocabulary, files = load_files()
    samples = ((file.intent, text) for file in files if not file.is_draft for text in samples_of(file, vocabulary))
    return allowed((Example(intent, text) for intent, text in samples), held)


def allowed(examples: Iterable[Example], held: frozenset[str]) -> list[Example]:
    """Give the examples that no test holds, each once."""
    return list(dict.fromkeys(example for example in examples if plain(example.text) not in held))


class Views:
    """Forms of a sentence as the encoder gets them in Rasa's pipeline: lower case, words only, often repaired."""

    def __init__(self, lists: NoiseLists, repairer: Repairer, held: frozenset[str]) -> None:
        """Take what views are made with.

        Args:
            lists: What noise draws from.
            repairer: The one of the pipeline.
            held: Plain forms of test sentences.
        """
        self._lists = lists
        self._repairer = repairer
        self._held = held

    @classmethod
    def load(cls, restorer: Path, held: frozenset[str]) -> "Views":
        """Read the lists and the model that restores diacritics.

        Raises:
            OSError: One of the files cannot be read.
        """
        folder = ROOT / "nlu" / "lists"
        return cls(NoiseLists.load(folder), Repairer.load(restorer, folder / "abbreviations.yml"), held)

    def clean(self, text: str) -> str:
        """Give the words as authored."""
        return " ".join(_TOKEN.findall(text.lower())) or text

    def any(self, text: str, rng: Random) -> str:
        """Give one view, drawn by chance; the words as authored where noise made a test sentence."""
        if rng.random() < _CLEAN:
            return self.clean(text)
        kind = "no_diacritics" if rng.random() < _NO_MARKS else rng.choice(KINDS)
        noised = vary(kind, text, rng, self._lists)
        if rng.random() < _TWICE:
            noised = vary(rng.choice(_SECOND_KINDS), noised, rng, self._lists)
        view = self._repaired(noised) if rng.random() < _REPAIRED else self.clean(noised)
        return self.clean(text) if plain(view) in self._held else view

    def _repaired(self, text: str) -> str:
        words = self._repairer.repair(_TOKEN.findall(text))
        return " ".join(word for word in words if not word.startswith("<")) or text
