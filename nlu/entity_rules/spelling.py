"""How a written syllable relates to the spelling in a list: the same, without marks, or with some marks left out."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Ngã counts as hỏi: southern speech does not tell them apart, and so many do not in writing ("hẽm", "củ" for "cũ").
_TONES: Final = {"\u0300": "`", "\u0301": "'", "\u0309": "?", "\u0303": "?", "\u0323": "."}
_FINAL_Y: Final = re.compile(r"^((?:qu|th|[bhklmstv]))y$")
SAME: Final = 0
PLAIN: Final = 1
PARTLY: Final = 2


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable taken apart, so that hoà and hòa, sỹ and sĩ are one.

    Attributes:
        bare: Lower case without any mark, đ as d.
        letters: Lower case with â, ă, ê, ô, ơ, ư, đ but without tone.
        tone: One sign, "" for the level tone.
    """

    bare: str
    letters: str
    tone: str

    @property
    def is_marked(self) -> bool:
        """Tell whether it has any diacritic."""
        return bool(self.tone) or self.letters != self.bare


@lru_cache(maxsize=16384)
def read_syllable(word: str) -> Syllable:
    """Take a word apart; a word that is no Vietnamese syllable is kept as its lower-case form."""
    tone, letters, bare = "", [], []
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in _TONES:
            tone = _TONES[char]
        elif unicodedata.category(char) == "Mn":
            letters.append(char)
        else:
            letters.append(char)
            bare.append("d" if char == "đ" else char)
    joined = _FINAL_Y.sub(r"\1i", unicodedata.normalize("NFC", "".join(letters)))
    return Syllable(_FINAL_Y.sub(r"\1i", "".join(bare)), joined, tone)


@lru_cache(maxsize=65536)
def closeness(written: Syllable, listed: Syllable) -> int | None:
    """Compare two syllables of the same ``bare`` form.

    Returns:
        SAME, PLAIN (written without the marks it should have), PARTLY (some marks left out: "đương", "cuớc"), or None
        (another syllable: "bà" is not "ba").
    """
    if written.letters == listed.letters and written.tone == listed.tone:
        return SAME
    if not written.is_marked:
        return PLAIN
    pairs = zip(written.letters, listed.letters, strict=False)
    is_part = all(one == two or one == read_syllable(two).bare for one, two in pairs)
    return PARTLY if is_part and written.tone in ("", listed.tone) else None


# Sounds that many speakers do not tell apart, at the beginning and at the end of a syllable.
_SAME_BEGINNINGS: Final = (("s", "x"), ("ch", "tr"), ("d", "gi"), ("d", "v"), ("gi", "v"), ("l", "n"), ("ng", "ngh"))
_SAME_ENDS: Final = (("n", "ng"), ("t", "c"), ("i", "y"))
_LONGER_BEGINNING: Final = frozenset("h")
MIN_SLIP_LETTERS: Final = 2


def as_it_sounds(words: list[str]) -> Iterator[list[str]]:
    """Give a phrase of two words or more with one of them written like another of the same sound ("xổ đỏ")."""
    if len(words) < 2:
        return
    for position, word in enumerate(words):
        for written in _same_sound(unicodedata.normalize("NFC", word.lower())):
            yield [*words[:position], written, *words[position + 1 :]]


def _same_sound(word: str) -> Iterator[str]:
    if len(word) < MIN_SLIP_LETTERS or not word.isalpha():
        return
    for pair in _SAME_BEGINNINGS:
        for one, other in (pair, pair[::-1]):
            rest = word.removeprefix(one)
            if rest != word and rest and rest[0] not in _LONGER_BEGINNING and not (one in "nl" and rest[0] == "g"):
                yield other + rest
    for pair in _SAME_ENDS:
        for one, other in (pair, pair[::-1]):
            if word.endswith(one) and len(word) > len(one) + 1:
                yield word.removesuffix(one) + other
