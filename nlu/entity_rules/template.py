"""Regular expressions written with diacritics that also read text typed without them."""

import re
from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.line import Line
from nlu.vietnamese.fold import fold

_WORD: Final = re.compile(r"(?<!\\)[^\W\d_]+")
_MARKED: Final = re.compile(r"[^\x00-\x7f]")
SPACE: Final = r"(?:[ \u00a0]{1,3})"


class Template:
    """A pattern in which every word with diacritics also matches without them, and " " any few spaces.

    In a line that has diacritics a match must have some too: there "ngay" is "ngay", not "ngày".
    """

    def __init__(self, pattern: str) -> None:
        self._exact = _compiled(pattern)
        self._either = _compiled(_WORD.sub(_both_spellings, pattern))

    def find(self, line: Line) -> Iterator[re.Match[str]]:
        """Give the matches in the line, from left to right."""
        if line.is_fully_accented:
            yield from self._exact.finditer(line.text)
            return
        for match in self._either.finditer(line.text):
            if not line.is_accented or _MARKED.search(match[0]) or not _needs_marks(match[0]):
                yield match

    def match(self, line: Line, start: int, end: int) -> re.Match[str] | None:
        """Give the match that fills this part of the line, None if there is none."""
        pattern = self._exact if line.is_fully_accented else self._either
        return pattern.fullmatch(line.text, start, end)


def _compiled(pattern: str) -> re.Pattern[str]:
    spaced = pattern.replace(" ", SPACE)
    return re.compile(rf"(?<![^\W_])(?:{spaced})(?![^\W_])", re.IGNORECASE)


def _both_spellings(match: re.Match[str]) -> str:
    word = match[0]
    plain = fold(word)
    return word if plain == word else f"(?:{word}|{plain})"


def _needs_marks(text: str) -> bool:
    return any(char.isalpha() for char in text) and not _SAFE.fullmatch(" ".join(text.lower().split()))


# Clear without diacritics even among words that have them, or spelled without any.
_SAFE: Final = re.compile(
    r".*\d ?(?:k|tr|t|vnd|usd|d)(?:\d{1,3})?|hom (?:qua|nay|kia|truoc)|ngay mai|mai|noel"
    r"|hnay|hqua|hum (?:qua|nay)|last \w+|next \w+|this \w+|yesterday|tomorrow|tonight|today|t[2-7]"
    r"|\d{1,3} tuoi|.*\d (?:ngan|nghin|trieu)(?: dong)?"
)
