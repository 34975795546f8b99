"""Splits a citizen's message into syllables (or words), with the offsets that entities need.

Syllables are the default: they need no model (0.02 ms a message), are the same with and without diacritics, and entity
marks in training data always end where one of them ends. Words (``underthesea``) are there for comparison.
A token's ``lemma`` is what the featurizers count: its lower-case NFC form, with ``repair`` as it should have been
written ("hoof" → "hồ", "ko" → "không"), personal values reduced to their kind ("<phone:x1>" → "<phone>").
"""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message

from nlu.components.fingerprint import source_hash
from nlu.vietnamese.masking import PLACEHOLDER
from nlu.vietnamese.normalize import nfc
from nlu.vietnamese.repair import Repairer

RESTORER = Path(__file__).resolve().parent.parent.parent / "var" / "models" / "restorer.npz"
ABBREVIATIONS = Path(__file__).resolve().parent.parent / "lists" / "abbreviations.yml"

_CHAR = r"[^\W_][\u0300-\u036f]*"
_WITH_DIGIT = rf"(?:{_CHAR})*\d(?:{_CHAR})*"
TOKEN = re.compile(
    rf"{PLACEHOLDER.pattern}"
    r"|https?://\S+"
    rf"|{_WITH_DIGIT}(?:[.,/:\-]{_WITH_DIGIT})+"  # dossier codes, dates, house numbers, amounts
    rf"|(?:{_CHAR})+"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):
    """Tokenizer of the pipeline in config.yml."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change."""
        return {
            # "syllable" or "word"
            "unit": "syllable",
            # restore diacritics, spell out abbreviations, mend slips in the lemmas (needs var/models/restorer.npz)
            "repair": False,
            # Rasa's own; intents are whole labels here
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def supported_languages() -> list[str]:
        """Say that this is for Vietnamese only."""
        return ["vi"]

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["underthesea"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa train again when the splitting or the masking changes."""
        parts = ("masking", "normalize", "repair", "candidates", "language_model", "spelling", "telex")
        sources = [f"vietnamese/{part}.py" for part in parts]
        return source_hash(inspect.getfile(cls), *sources, "lists/abbreviations.yml", RESTORER)

    def __init__(self, config: dict[str, Any]) -> None:
        """Check the settings.

        Raises:
            InvalidConfigException: ``unit`` is unknown, or ``repair`` has no model to work with.
        """
        super().__init__(config)
        if config["unit"] not in ("syllable", "word"):
            raise InvalidConfigException(f"VietnameseTokenizer: unit is {config['unit']!r}; use 'syllable' or 'word'.")
        if config["repair"] and not RESTORER.exists():
            raise InvalidConfigException(f"VietnameseTokenizer: {RESTORER} is missing; run `make train`.")

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Split one text; a text of signs only (an emoji) is one token, so that every text has features."""
        text = message.get(attribute)
        spans = [match.span() for match in TOKEN.finditer(text)]
        if self._config["unit"] == "word":
            spans = list(_join_words(text, spans))
        if not spans and text.strip():
            start = len(text) - len(text.lstrip())
            spans = [(start, start + len(text.strip()))]
        written = [text[start:end] for start, end in spans]
        meant = repairer().repair(written) if self._config["repair"] else written
        tokens = [
            Token(word, start, lemma=_lemma(word, lemma))
            for word, lemma, (start, _) in zip(written, meant, spans, strict=True)
        ]
        return self._apply_token_pattern(tokens)


@cache
def repairer() -> Repairer:
    """Give the process's one repairer."""
    return Repairer.load(RESTORER, ABBREVIATIONS)


def _lemma(written: str, meant: str) -> str:
    if PLACEHOLDER.fullmatch(written):
        return written.partition(":")[0] + ">"
    return nfc(meant).lower()


def _join_words(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join neighbouring syllables that underthesea calls one word."""
    from underthesea import word_tokenize

    words = word_tokenize(" ".join(text[start:end] for start, end in spans))
    position = 0
    for word in words:
        n_syllables = len(word.split())
        group = spans[position : position + n_syllables]
        position += n_syllables
        if group:
            yield group[0][0], group[-1][1]
    if position < len(spans):
        yield from spans[position:]
