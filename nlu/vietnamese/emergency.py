"""Finds emergencies by a reviewed list of phrases.

The application asks it before and beside Rasa: this must work when nothing else does. Rasa asks it beside its model.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.vietnamese.fold import fold
from nlu.vietnamese.normalize import nfc

# About half the syllables of ordinary Vietnamese carry a mark; below this people leave most of them out.
FEW_ACCENTS = 0.3


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    phrases: re.Pattern[str]
    folded_phrases: re.Pattern[str]
    not_when: re.Pattern[str]
    folded_not_when: re.Pattern[str]
    cries: frozenset[str]


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    words = sorted((r"\s+".join(map(re.escape, p.split())) for p in phrases), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)" if words else r"(?!)")


class EmergencyList:
    """The phrases of ``nlu/lists/emergency.yml``.

    A text with diacritics is compared as it is; one without, or with few, is compared with the phrases that are clear
    without ("chay" alone could be "chạy"). A message that is nothing but a cry ("cháy!") needs no phrase.
    """

    def __init__(self, path: Path) -> None:
        kinds = yaml.safe_load(path.read_text(encoding="utf-8"))["kinds"]
        self._kinds = [self._read(name, kind) for name, kind in kinds.items()]

    @staticmethod
    def _read(name: str, kind: dict[str, list[str]]) -> _Kind:
        phrases = [nfc(p).lower() for p in kind["phrases"]]
        exceptions = [nfc(p).lower() for p in kind.get("not_when", [])]
        folded = kind.get("folded", phrases)
        return _Kind(
            name,
            _pattern(phrases),
            _pattern([fold(p) for p in folded]),
            _pattern(exceptions),
            _pattern([fold(p) for p in exceptions]),
            frozenset(nfc(cry).lower() for cry in kind.get("cries", [])),
        )

    def find(self, text: str) -> str:
        """Return the kind of emergency that a text reports ("fire", "crime", …), or ""."""
        lowered = nfc(text).lower()
        folded = fold(lowered)
        cry = " ".join(re.findall(r"\w+", lowered))
        is_plain = _share_accented(lowered) < FEW_ACCENTS
        for kind in self._kinds:
            if cry in kind.cries:
                return kind.name
            if kind.phrases.search(lowered) and not kind.not_when.search(lowered):
                return kind.name
            if is_plain and kind.folded_phrases.search(folded) and not kind.folded_not_when.search(folded):
                return kind.name
        return ""


def _share_accented(text: str) -> float:
    words = re.findall(r"[^\W\d_]+", text)
    return sum(fold(word) != word for word in words) / len(words) if words else 0.0
