"""One door to every kind of noise."""

from collections.abc import Callable
from random import Random

from nlu.noise import chat, marks, slips, voice
from nlu.noise.lists import NoiseLists
from nlu.noise.phrases import substitute
from nlu.noise.pieces import split
from nlu.vietnamese.normalize import nfc

_DIALECT_RATE = 0.85
_WITHOUT_LISTS: dict[str, Callable[[list[str], Random], list[str]]] = {
    "no_diacritics": marks.no_diacritics,
    "partial": marks.partial,
    "typo": slips.typo,
    "glued": chat.glued,
    "voice": voice.voice,
    "mixed_case": chat.mixed_case,
}
KINDS: tuple[str, ...] = (
    "no_diacritics",
    "partial",
    "typo",
    "teencode",
    "glued",
    "voice",
    "south",
    "central",
    "north",
    "mixed_case",
)


def vary(kind: str, text: str, rng: Random, lists: NoiseLists) -> str:
    """Return a noised copy of ``text`` in NFC; the same copy for the same state of ``rng``.

    Tokens with digits, placeholders, addresses of sites and people, and the spaces at both ends stay as they are. The
    text comes back unchanged where the kind finds nothing to do (no word of a dialect in it, a single letter).

    Args:
        kind: One of ``KINDS``.
        text: A sentence, or a piece of one.
        rng: The only source of chance. The pieces of one sentence keep to one style (no marks, capitals, a method of
            typing) when each call gets a ``Random`` of the same seed.
        lists: The reviewed lists, read once.

    Raises:
        ValueError: ``kind`` is unknown.
    """
    if kind not in KINDS:
        raise ValueError(f"noise of kind {kind!r} is unknown; use one of {', '.join(KINDS)}.")
    whole = nfc(text)
    core = whole.strip()
    if not core:
        return whole
    start = whole.index(core)
    varied = "".join(_vary_pieces(kind, split(core), rng, lists)).strip()
    return nfc(whole[:start] + varied + whole[start + len(core) :])


def _vary_pieces(kind: str, pieces: list[str], rng: Random, lists: NoiseLists) -> list[str]:
    if kind in _WITHOUT_LISTS:
        return _WITHOUT_LISTS[kind](pieces, rng)
    if kind == "teencode":
        return chat.teencode(pieces, rng, lists.short_forms)
    return substitute(pieces, lists.dialects[kind], rng, _DIALECT_RATE)
