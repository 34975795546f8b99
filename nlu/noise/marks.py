"""Marks left out: all of them, or some, as people do who type fast or have no Vietnamese keyboard."""

import unicodedata
from collections.abc import Callable, Iterable
from random import Random

from nlu.noise.pieces import is_kept, word_places

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # huyền, sắc, ngã, hỏi, nặng
SHAPES = frozenset("\u0302\u0306\u031b")  # â ê ô, ă, ơ ư
_PLAIN_D = str.maketrans("đĐ", "dD")
_KEEPS_CASE = 0.35
_STYLES = {"some": 3, "half": 2, "tones": 2, "d": 1, "shapes": 1}


def without(text: str, marks: frozenset[str]) -> str:
    """Return ``text`` without the given combining marks, in NFC."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if char not in marks))


def unmark(text: str) -> str:
    """Return ``text`` without any mark, đ as d; unlike ``fold`` it keeps capitals."""
    decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN_D))
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if unicodedata.category(char) != "Mn"))


def no_diacritics(pieces: list[str], rng: Random) -> list[str]:
    """Drop every mark; most people who type so do not reach for the shift key either."""
    keeps_case = rng.random() < _KEEPS_CASE
    plain = [piece if is_kept(piece) else unmark(piece) for piece in pieces]
    return plain if keeps_case else [piece if is_kept(piece) else piece.lower() for piece in plain]


def partial(pieces: list[str], rng: Random) -> list[str]:
    """Drop some of the marks, in one style for the whole text.

    Styles: every mark of 30 to 70 % of the syllables; of the last half; only tones; only đ; only hats and horns.
    """
    marked = [place for place in word_places(pieces) if unmark(pieces[place]) != pieces[place]]
    if not marked:
        return pieces
    style = rng.choices(list(_STYLES), list(_STYLES.values()))[0]
    some = rng.sample(marked, max(1, round(len(marked) * rng.uniform(0.3, 0.7))))
    if style in ("some", "half"):
        return _at(pieces, some if style == "some" else marked[len(marked) // 2 :], unmark)
    varied = _at(pieces, marked, _REDUCTIONS[style])
    return varied if varied != pieces else _at(pieces, some, unmark)


def _at(pieces: list[str], places: Iterable[int], change: Callable[[str], str]) -> list[str]:
    chosen = set(places)
    return [change(piece) if place in chosen else piece for place, piece in enumerate(pieces)]


_REDUCTIONS: dict[str, Callable[[str], str]] = {
    "tones": lambda word: without(word, TONES),
    "shapes": lambda word: without(word, SHAPES),
    "d": lambda word: word.translate(_PLAIN_D),
}
