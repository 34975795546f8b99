"""Slips of the fingers: keystrokes of the input method left raw, neighbouring keys, letters swapped, doubled, lost."""

from collections.abc import Callable
from functools import partial
from random import Random

from nlu.noise.pieces import cased_like, gaps, word_places
from nlu.noise.syllable import VOWELS, set_tone, split_tone, tone_place

Slip = Callable[[str, Random], str]

# Letter → its key and the key that shapes it.
_TELEX_SHAPES = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
_TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI_SHAPES = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_TELEX, _VNI = (_TELEX_SHAPES, _TELEX_TONES), (_VNI_SHAPES, _VNI_TONES)
_VNI_SHARE, _LOST_BLANK, _RAW_D, _RAW_TONE, _TONE_AT_END = 0.2, 0.1, 0.2, 0.35, 0.7
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
# Telex turns the second of these into a hat or a đ, so a doubled one never shows.
_NEVER_DOUBLED = "aeodw"
_MIN_LETTERS = 3


def typo(pieces: list[str], rng: Random) -> list[str]:
    """Make one to three slips, at most one in three words; one person uses one input method."""
    words = word_places(pieces)
    n_slips = min(rng.choice((1, 1, 2, 2, 3)), max(1, len(words) // 3))
    raw = partial(_raw, *(_VNI if rng.random() < _VNI_SHARE else _TELEX))
    slips: dict[Slip, int] = {raw: 4, **_FINGERS}
    varied = list(pieces)
    if rng.random() < _LOST_BLANK and (blanks := gaps(pieces)):
        varied[rng.choice(blanks)] = ""
        n_slips -= 1
    # Fingers slip on words with something to them first, on "em" and "ai" last.
    for place in sorted(rng.sample(words, len(words)), key=lambda place: _is_slight(pieces[place])):
        if n_slips <= 0:
            break
        slipped = _slip(varied[place], slips, rng)
        n_slips -= slipped != varied[place]
        varied[place] = slipped
    return varied


def _is_slight(word: str) -> bool:
    return len(word) < _MIN_LETTERS and word.isascii()


def _slip(word: str, slips: dict[Slip, int], rng: Random) -> str:
    """Return the word with one slip, unchanged when it has nothing to slip on or is a name such as VNeID."""
    lowered = word.lower()
    weights = dict(slips) if word in (lowered, lowered.upper(), lowered.title()) else {}
    while weights:
        slip = rng.choices(list(weights), list(weights.values()))[0]
        slipped = slip(lowered, rng)
        if slipped != lowered:
            return cased_like(word, slipped)
        del weights[slip]
    return word


def _raw(shapes: dict[str, str], tones: dict[str, str], word: str, rng: Random) -> str:
    """Leave keystrokes in the text: all of them, only the tone key, or only those of đ."""
    if "đ" in word and rng.random() < _RAW_D:
        return word.replace("đ", shapes["đ"])
    toneless, tone = split_tone(word)
    only_tone = bool(tone) and rng.random() < _RAW_TONE
    keys = [char if only_tone else shapes.get(char, char) for char in toneless]
    if tone:
        at_end = rng.random() < _TONE_AT_END
        keys[len(keys) - 1 if at_end else tone_place(toneless)] += tones[tone]
    # One key shapes both letters of ươ.
    return "".join(keys).replace("uwow", "uow").replace("u7o7", "uo7")


def _swap(word: str, rng: Random) -> str:
    """Swap two neighbouring letters behind the first; the tone stays where the input method puts it."""
    toneless, tone = split_tone(word)
    places = [place for place in range(1, len(toneless) - 1) if _may_swap(*toneless[place : place + 2])]
    if not places:
        return word
    place = rng.choice(places)
    return set_tone(toneless[:place] + toneless[place + 1] + toneless[place] + toneless[place + 2 :], tone)


def _may_swap(first: str, second: str) -> bool:
    """Say no where the fingers cannot: a shaped vowel and its neighbour are typed as one run of keys."""
    are_vowels = first in VOWELS and second in VOWELS
    return first != second and (not are_vowels or (first.isascii() and second.isascii()))


def _near(word: str, rng: Random) -> str:
    """Hit the key beside the right one."""
    places = [place for place, char in enumerate(word) if char in _NEIGHBOURS]
    if not places or len(word) < _MIN_LETTERS:
        return word
    place = rng.choice(places)
    return word[:place] + rng.choice(_NEIGHBOURS[word[place]]) + word[place + 1 :]


def _double(word: str, rng: Random) -> str:
    """Hit a key twice."""
    places = [place for place, char in enumerate(word) if char in _NEIGHBOURS and char not in _NEVER_DOUBLED]
    if not places:
        return word
    place = rng.choice(places)
    return word[: place + 1] + word[place:]


def _miss(word: str, rng: Random) -> str:
    """Leave out a letter behind the first that the syllable can lose and still be read."""
    places = [place for place in range(1, len(word)) if word[place] in _NEIGHBOURS and word[place] not in VOWELS]
    if not places or len(word) < _MIN_LETTERS:
        return word
    place = rng.choice(places)
    return word[:place] + word[place + 1 :]


# Slip → how often it happens beside the others (a raw keystroke: 4).
_FINGERS: dict[Slip, int] = {_swap: 3, _near: 2, _double: 1, _miss: 2}
