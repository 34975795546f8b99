"""The parts of a Vietnamese syllable: onset, vowels, final consonant, tone. All in lower case and NFC."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nlu.noise.marks import TONES, without

VOWELS = "aăâeêioôơuưy"
_SHAPED = "ăâêôơư"
_CODA_LETTERS = "cghmnpt"
_ONSET = r"ngh|ng|nh|gh|gi(?=[aăâeêoôơuư])|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx]|"
_SYLLABLE = re.compile(rf"({_ONSET})([{VOWELS}]{{1,3}})(ch|nh|ng|[cmnpt]|)")


@dataclass(frozen=True, slots=True)
class Syllable:
    """``vowels`` carries hats and horns but no tone; ``tone`` is a combining mark or ""."""

    onset: str
    vowels: str
    coda: str
    tone: str

    @classmethod
    def read(cls, word: str) -> "Syllable | None":
        """Take a lower-case word apart; None when it is no Vietnamese syllable ("online", "vneid")."""
        toneless, tone = split_tone(word)
        match = _SYLLABLE.fullmatch(toneless)
        return cls(match[1], match[2], match[3], tone) if match else None

    def changed(self, part: str, changes: Mapping[str, str]) -> "Syllable":
        """Return the syllable with one part as ``changes`` says: "onset", "coda", "tone", "rhyme" (vowels and coda)."""
        if part != "rhyme":
            value = getattr(self, part)
            return replace(self, **{part: changes.get(value, value)})
        rhyme = changes.get(self.vowels + self.coda, self.vowels + self.coda)
        vowels = rhyme.rstrip(_CODA_LETTERS)
        return replace(self, vowels=vowels, coda=rhyme[len(vowels) :])

    def spell(self) -> str:
        """Write the syllable, the tone where Vietnamese puts it."""
        return set_tone(self.onset + self.vowels + self.coda, self.tone)


def split_tone(word: str) -> tuple[str, str]:
    """Return a word without its tone, and the tone ("" when it has none)."""
    tone = next((char for char in unicodedata.normalize("NFD", word) if char in TONES), "")
    return without(word, TONES), tone


def set_tone(toneless: str, tone: str) -> str:
    """Put a tone on the vowel that carries it by the usual rule (hòa, khỏe, thúy; người, giấy, quả)."""
    place = tone_place(toneless)
    if not tone or place < 0:
        return toneless
    return unicodedata.normalize("NFC", toneless[: place + 1] + tone + toneless[place + 1 :])


def tone_place(toneless: str) -> int:
    """Return the index of the vowel that carries the tone, -1 when there is no vowel."""
    places = [index for index, char in enumerate(toneless) if char in VOWELS]
    if toneless.startswith(("qu", "gi")) and len(places) > 1:
        places = places[1:]  # the u of qu and the i of gi belong to the onset
    shaped = [place for place in places if toneless[place] in _SHAPED]
    if shaped:
        return shaped[-1]
    if not places:
        return -1
    is_closed = places[-1] < len(toneless) - 1
    return places[-1] if is_closed or len(places) == 1 else places[-2]
