"""How people write in chat: teencode, syllables run together, the caps lock."""

from collections.abc import Callable
from random import Random

from nlu.noise.marks import unmark
from nlu.noise.phrases import PhraseTable, substitute
from nlu.noise.pieces import cased_like, gaps, word_places
from nlu.noise.syllable import Syllable

# Spelling play on one part of a syllable: part, then what it is → what it becomes. A writer keeps to a few of them.
_PLAYS: tuple[tuple[str, dict[str, str]], ...] = (
    ("rhyme", {"iêt": "it", "iêu": "iu", "yêu": "iu", "uôn": "un", "uôi": "ui", "ươi": "ưi"}),
    ("rhyme", {"ôi": "oi", "ây": "ey"}),
    ("onset", {"gi": "j"}),
    ("onset", {"gi": "z", "d": "z"}),
    ("onset", {"ph": "f"}),
    ("onset", {"qu": "w"}),
    ("onset", {"c": "k"}),
    ("onset", {"ngh": "ng", "gh": "g"}),
    ("coda", {"nh": "h", "ch": "k"}),
    ("coda", {"ng": "g", "ch": "k"}),
)
_PLAY_RATE = 0.6
_PLAIN, _LOWER, _NO_END_SIGN, _CAPITAL_INITIALS, _DRAWN_OUT = 0.3, 0.7, 0.6, 0.3, 0.15
_MIN_INITIALS = 4
_PLAIN_VOWELS = frozenset("aeiouy")
# Spelled so, "có" would be read as "không".
_MISREAD = frozenset({"ko", "kó"})
_PARTICLES = frozenset({"ạ", "à", "nha", "nhé", "nhe", "ơi", "vậy", "z", "đi", "a", "oi", "vay", "di", "với", "hả"})
_SENTENCE_SIGNS = frozenset(".,!?…;:")

_ONE_GAP, _ALL_GAPS, _GLUED_PLAIN = 0.35, 0.08, 0.5


def teencode(pieces: list[str], rng: Random, short_forms: PhraseTable) -> list[str]:
    """Shorten what the list shortens, play with the spelling of the rest, often without marks and capitals."""
    varied = substitute(pieces, short_forms, rng, rng.uniform(0.5, 1.0))
    plays = rng.sample(_PLAYS, rng.choice((0, 1, 1, 2, 3)))
    varied = _play(varied, plays, rng)
    if varied == pieces:
        varied = _play(pieces, list(_PLAYS), rng)
    if rng.random() < _PLAIN:
        varied = _on_words(varied, unmark)
    if rng.random() < _LOWER:
        varied = _on_words(varied, str.lower)
    if rng.random() < _CAPITAL_INITIALS:
        varied = _on_words(varied, lambda word: word.upper() if _are_initials(word) else word)
    if rng.random() < _NO_END_SIGN and len(varied) > 1 and set(varied[-1]) <= _SENTENCE_SIGNS:
        varied = varied[:-1]
    if rng.random() < _DRAWN_OUT and varied[-1].lower() in _PARTICLES:
        varied[-1] += varied[-1][-1] * rng.randint(1, 3)
    return varied


def glued(pieces: list[str], rng: Random) -> list[str]:
    """Leave out blanks between words: one, several or, rarely, all; half of the time without marks."""
    blanks = gaps(pieces)
    if not blanks:
        return pieces
    extent = rng.random()
    share = 0 if extent < _ONE_GAP else 1 if extent > 1 - _ALL_GAPS else rng.uniform(0.2, 0.6)
    lost = set(rng.sample(blanks, max(1, round(len(blanks) * share))))
    varied = ["" if place in lost else piece for place, piece in enumerate(pieces)]
    return _on_words(varied, unmark) if rng.random() < _GLUED_PLAIN else varied


def mixed_case(pieces: list[str], rng: Random) -> list[str]:
    """Write in capitals: everything, every first letter, some words, or the wrong way round under the caps lock."""
    style = rng.choices(("all", "first letters", "some words", "reversed"), (5, 2, 2, 1))[0]
    if style == "all":
        return _on_words(pieces, str.upper)
    if style == "first letters":
        return _on_words(pieces, lambda word: cased_like("A", word))
    if style == "reversed":
        return _on_words(pieces, lambda word: cased_like("A", word).swapcase())
    words = word_places(pieces)
    loud = set(rng.sample(words, -(-len(words) // 3)))
    return [piece.upper() if place in loud else piece for place, piece in enumerate(pieces)]


def _on_words(pieces: list[str], change: Callable[[str], str]) -> list[str]:
    return [change(piece) if piece.isalpha() else piece for piece in pieces]


def _play(pieces: list[str], plays: list[tuple[str, dict[str, str]]], rng: Random) -> list[str]:
    return _on_words(pieces, lambda word: _respell(word, plays, rng) if rng.random() < _PLAY_RATE else word)


def _respell(word: str, plays: list[tuple[str, dict[str, str]]], rng: Random) -> str:
    """Apply every play that fits to a word; one that is no Vietnamese syllable stays."""
    syllable = Syllable.read(word.lower())
    if syllable is None:
        return word
    played = syllable
    for part, changes in plays:
        played = played.changed(part, changes)
    spelled = played.spell()
    return word if played == syllable or spelled in _MISREAD else cased_like(word, spelled)


def _are_initials(word: str) -> bool:
    """Tell "ubnd" and "cccd" from words: letters enough, and no vowel but the u of ủy ban."""
    return len(word) >= _MIN_INITIALS and not set(unmark(word).lower()[1:]) & _PLAIN_VOWELS
