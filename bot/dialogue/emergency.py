"""Finds emergencies by a reviewed list of phrases, before and beside Rasa: this must work when nothing else does."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.vietnamese.fold import fold
from nlu.vietnamese.normalize import nfc


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    phrases: re.Pattern[str]
    folded_phrases: re.Pattern[str]
    not_when: re.Pattern[str]
    folded_not_when: re.Pattern[str]


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    words = sorted((r"\s+".join(map(re.escape, p.split())) for p in phrases), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)" if words else r"(?!)")


class EmergencyList:
    """The phrases of ``nlu/lists/emergency.yml``.

    A text with diacritics is compared as it is, one without is compared with the folded phrases ("chay" could be
    "chạy": only what is clear without diacritics belongs into the list).
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
        )

    def find(self, text: str) -> str:
        """Return the kind of emergency that a text reports ("fire", "crime", …), or ""."""
        lowered = nfc(text).lower()
        folded = fold(lowered)
        has_diacritics = folded != lowered
        for kind in self._kinds:
            phrases = kind.phrases if has_diacritics else kind.folded_phrases
            not_when = kind.not_when if has_diacritics else kind.folded_not_when
            subject = lowered if has_diacritics else folded
            if phrases.search(subject) and not not_when.search(subject):
                return kind.name
        return ""
