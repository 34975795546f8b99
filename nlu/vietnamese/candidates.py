"""What a typed token may stand for: the error model of :mod:`nlu.vietnamese.repair`.

A cost is a negative log probability (nats) that somebody who means the candidate types the token.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from nlu.vietnamese.fold import fold
from nlu.vietnamese.language_model import NUMBER, UNKNOWN, LanguageModel
from nlu.vietnamese.spelling import canonical, covers, is_syllable, put_tone, shapes, split_tone
from nlu.vietnamese.telex import from_telex, from_vni

MAX_LETTERS = 80
_MAX_CANDIDATES = 20
_MAX_GLUED = 6  # readings of one glued token
_MAX_EDITED = 9  # letters of a token that may be one syllable with one letter wrong

# Costs, found with tools/measure_restorer.py.
_UNKNOWN_SYLLABLE, _UNKNOWN_LETTER = 1.0, 2.0  # kept though the model does not know it
_ABBREVIATION, _ABBREVIATION_LIKE_WORD, _ABBREVIATION_KEPT = 1.5, 4.5, 4.0
_NEXT_MEANING = 0.7  # per place in the list of meanings
_KEYS = 1.5  # keystrokes of an input method
_TEENCODE = 2.0
_REPEATED, _DOUBLED, _SWAPPED, _NEAR_KEY, _MISSING, _EXTRA, _TONE = 1.0, 3.0, 4.0, 6.0, 6.0, 8.0, 3.0
_RARE_SWAPPED = 8.0
_RARE_LOG = -10.5  # a shape less likely than this may be a slip of the fingers though it is a syllable
_GLUED, _GLUED_PIECE, _GLUED_LESS = 2.0, 1.0, 3.0

_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "o",
    "a": "qsz", "s": "adw", "d": "sfe", "g": "fht", "h": "gjy", "k": "jli", "l": "ko", "x": "zcs", "c": "xvd",
    "v": "cbg", "b": "vnh", "n": "bmh", "m": "nk", "f": "dg", "j": "hk", "z": "x",
}  # fmt: skip
_LETTERS = "aeiouybcdghklmnpqrstvx"
# Letters that young people and old dialect spellings write in place of the standard ones, at the start of a word.
_TEEN_ONSETS = (
    ("dz", ("d", "v")),
    ("z", ("v", "d", "gi")),
    ("j", ("gi", "ch")),
    ("w", ("qu",)),
    ("f", ("ph",)),
    ("k", ("c", "kh")),
    ("c", ("k",)),
    ("ng", ("ngh",)),
    ("g", ("gh",)),
)

# Of a glued token: cost so far, syllables, how many of them stand there with fewer marks.
_Way = tuple[float, tuple[int, ...], int]


class Candidate(NamedTuple):
    """``syllables`` are numbers of the model; ``dropped`` and ``reduced`` say how many of them lost marks."""

    syllables: tuple[int, ...]
    text: str
    cost: float
    dropped: int = 0  # typed without any of its marks
    reduced: int = 0  # typed with some of its marks


@dataclass(frozen=True)
class Reading:
    """All candidates of a token.

    ``is_plain`` tokens were typed without any mark; ``marked_share`` is how much of the likelihood of such a token (or
    of a token with marks) belongs to spellings with (more) marks, None where that says nothing.
    """

    candidates: tuple[Candidate, ...]
    is_plain: bool = False
    marked_share: float | None = None


def untouched(text: str, number: int = UNKNOWN) -> Reading:
    """Give the reading of something that is no word of ours."""
    return Reading((Candidate((number,), text, 0.0),))


class Reader:
    """Finds candidates with one model and one list of abbreviations."""

    def __init__(self, model: LanguageModel, abbreviations: Mapping[str, Sequence[str]]) -> None:
        self._model = model
        self._abbreviations = abbreviations

    def read(self, token: str) -> Reading:
        """Give the candidates of a lower-case NFC token of letters, best first, never none."""
        if len(token) > MAX_LETTERS:
            return untouched(token)
        typed = _tidy(token)
        written = canonical(typed)
        known = self._model.index.get(written)
        family = self._family(written)
        found = list(self._expansions(token, _ABBREVIATION_LIKE_WORD if family and len(token) > 1 else _ABBREVIATION))
        is_plain = fold(typed) == typed
        keep = _ABBREVIATION_KEPT if found and (is_plain or not is_syllable(written)) else 0.0
        if known is not None:
            found.append(Candidate((known,), typed, keep))
        elif is_syllable(written):
            found.append(Candidate((UNKNOWN,), typed, keep + _UNKNOWN_SYLLABLE))
        elif not family:
            found.append(Candidate((UNKNOWN,), typed, keep + _UNKNOWN_LETTER * len(typed)))
        found += self._restored(family, is_plain)
        if known is None and not family and fold(written).isascii():
            found += self._slips(written)
        elif is_plain and self._is_rare(typed):
            found += self._edited(_swaps(typed, 0, _RARE_SWAPPED))
        return Reading(self._best(found), is_plain, self._marked_share(known, family))

    def read_digits(self, token: str) -> Reading | None:
        """Give the candidates of a VNI token, None if the token is none."""
        written = from_vni(token)
        family = self._within(written) if written else ()
        return Reading(self._best(self._restored(family, False, _KEYS))) if family else None

    def _family(self, written: str) -> tuple[int, ...]:
        """Syllables of the model that give ``written`` when marks are left out, itself excepted."""
        return tuple(number for number in self._within(written) if self._model.vocabulary[number] != written)

    def _within(self, written: str) -> tuple[int, ...]:
        """Syllables of the model that give ``written`` when marks are left out, likeliest first."""
        shape = fold(written)
        numbers = self._model.by_shape.get(shape, ())
        if written == shape:
            return numbers
        return tuple(number for number in numbers if covers(self._model.vocabulary[number], written))

    def _restored(self, family: Sequence[int], is_plain: bool, cost: float = 0.0) -> Iterator[Candidate]:
        for number in family:
            text = self._model.vocabulary[number]
            marked = text != fold(text)
            yield Candidate((number,), text, cost, int(is_plain and marked), int(not is_plain))

    def _expansions(self, token: str, cost: float) -> Iterator[Candidate]:
        for rank, expansion in enumerate(self._abbreviations.get(token, ())):
            numbers = tuple(self._model.index.get(canonical(part), UNKNOWN) for part in expansion.lower().split())
            if numbers:
                yield Candidate(numbers, expansion.lower(), cost + _NEXT_MEANING * rank)

    def _marked_share(self, known: int | None, family: Sequence[int]) -> float | None:
        more = sum(exp(self._model.unigram[number]) for number in family)
        same = exp(self._model.unigram[known]) if known is not None else 0.0
        return more / (more + same) if more + same else None

    def _is_rare(self, shape: str) -> bool:
        numbers = self._model.by_shape.get(shape, ())
        return sum(exp(self._model.unigram[number]) for number in numbers) < exp(_RARE_LOG)

    def _best(self, found: Sequence[Candidate] | Iterator[Candidate]) -> tuple[Candidate, ...]:
        """The likeliest, each text once."""
        by_text: dict[str, Candidate] = {}
        for candidate in sorted(found, key=lambda each: each.cost):
            by_text.setdefault(candidate.text, candidate)
        ranked = sorted(by_text.values(), key=lambda each: each.cost - self._model.unigram[each.syllables[0]])
        return tuple(ranked[:_MAX_CANDIDATES])

    def _slips(self, written: str) -> Iterator[Candidate]:
        """Candidates of a token that is no syllable."""
        telex = from_telex(written)
        if telex:
            yield from self._edited([(telex, _KEYS)])
        yield from self._edited(_respelled(written))
        if len(written) <= _MAX_EDITED:
            yield from self._edited(_one_edit(written))
        yield from self._split(written)

    def _edited(self, spellings: Sequence[tuple[str, float]] | Iterator[tuple[str, float]]) -> Iterator[Candidate]:
        for spelling, cost in spellings:
            is_plain = fold(spelling) == spelling
            for number in self._within(spelling):
                text = self._model.vocabulary[number]
                less = text != spelling
                yield Candidate((number,), text, cost, int(less and is_plain), int(less and not is_plain))

    def _split(self, written: str) -> Iterator[Candidate]:
        """Several syllables without spaces: the best ways by bigrams, a beam over positions."""
        size = len(written)
        plain = fold(written) == written
        ways: list[list[_Way]] = [[(0.0, (), 0)], *([] for _ in range(size))]
        for start in range(size):
            ways[start] = sorted(ways[start])[:_MAX_GLUED]
            for end in range(start + 1, min(size, start + 7) + 1) if ways[start] else ():
                for number in self._within(written[start:end])[:_MAX_GLUED]:
                    less = int(self._model.vocabulary[number] != written[start:end])
                    own = _GLUED_PIECE + (0.0 if plain else _GLUED_LESS * less)
                    for cost, numbers, lost in ways[start]:
                        follows = self._model.after(numbers[-1] if numbers else NUMBER, number)
                        ways[end].append((cost + own - follows, (*numbers, number), lost + less))
        for _, numbers, lost in sorted(way for way in ways[size] if len(way[1]) > 1)[:_MAX_GLUED]:
            text = " ".join(self._model.vocabulary[number] for number in numbers)
            own = _GLUED + _GLUED_PIECE * len(numbers) + (0.0 if plain else _GLUED_LESS * lost)
            yield Candidate(numbers, text, own, lost if plain else 0)


def _tidy(token: str) -> str:
    """Put a misplaced tone right; both ways of writing hòa and thủy stay."""
    letters, tone = split_tone(token)
    return token if not tone or letters.endswith(("oa", "oe", "uy")) else canonical(token)


def _respelled(written: str) -> Iterator[tuple[str, float]]:
    """Other ways of writing: teencode onsets, letters held down ("quááá")."""
    letters, tone = split_tone(written)
    for onset, meant in _TEEN_ONSETS:
        if letters.startswith(onset):
            yield from ((put_tone(each + letters[len(onset) :], tone), _TEENCODE) for each in meant)
    squeezed = "".join(char for place, char in enumerate(letters) if letters[place - 1 : place] != char)
    if len(squeezed) < len(letters):
        yield put_tone(squeezed, tone), _REPEATED if len(squeezed) + 1 < len(letters) else _DOUBLED


def _one_edit(written: str) -> Iterator[tuple[str, float]]:
    letters, tone = split_tone(written)
    if tone in (3, 4):
        yield put_tone(letters, 7 - tone), _TONE
    yield from _swaps(letters, tone, _SWAPPED)
    known = shapes()
    for place in range(len(letters) + 1):
        head, tail = letters[:place], letters[place:]
        edits = [(head + letter + tail, _MISSING) for letter in _LETTERS]
        if tail:
            edits += [(head + near + tail[1:], _NEAR_KEY) for near in _NEIGHBOURS.get(tail[0], "")]
            edits.append((head + tail[1:], _EXTRA))
        yield from ((put_tone(each, tone), cost) for each, cost in edits if fold(each) in known)


def _swaps(letters: str, tone: int, cost: float) -> Iterator[tuple[str, float]]:
    known = shapes()
    for place in range(len(letters) - 1):
        swapped = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
        if swapped != letters and fold(swapped) in known:
            yield put_tone(swapped, tone), cost
