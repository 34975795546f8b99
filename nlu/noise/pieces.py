"""A text as a list of pieces that joins back to it: words, blanks, signs, and tokens that noise must not touch.

A word is a piece of letters only (``piece.isalpha()``); every kept token holds a digit or a sign, so it never is one.
"""

import re

from nlu.vietnamese.masking import PLACEHOLDER

_CHUNK = re.compile(r"\s+|\S+")
_INSIDE = re.compile(r"[^\W\d_]+|[\W\d_]+")
_KEPT = re.compile(
    rf"\d|@|://|{PLACEHOLDER.pattern}|\{{\w+\}}|\bwww\.|[a-z0-9\-]\.(?:vn|com|net|org|gov|edu|info)\b", re.IGNORECASE
)


def split(text: str) -> list[str]:
    """Return the pieces of an NFC text, in order."""
    pieces: list[str] = []
    for chunk in _CHUNK.findall(text):
        pieces += [chunk] if chunk.isspace() or is_kept(chunk) else _INSIDE.findall(chunk)
    return pieces


def is_kept(piece: str) -> bool:
    """Say whether a piece is a token with a digit, a placeholder, a web address or an e-mail."""
    return _KEPT.search(piece) is not None


def word_places(pieces: list[str]) -> list[int]:
    """Return the indexes of the words."""
    return [place for place, piece in enumerate(pieces) if piece.isalpha()]


def gaps(pieces: list[str]) -> list[int]:
    """Return the indexes of the blanks that stand between two words."""
    return [
        place
        for place in range(1, len(pieces) - 1)
        if pieces[place].isspace() and pieces[place - 1].isalpha() and pieces[place + 1].isalpha()
    ]


def cased_like(model: str, word: str) -> str:
    """Return a lower-case ``word`` in capitals where ``model`` is, or with a capital first letter where it has one."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
