"""Substitution of whole words and phrases by a table, the longest phrase first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from nlu.noise.pieces import cased_like, split


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """Words of a phrase (lower case) → its other forms; no forms: the phrase is left whole. ``longest``: in words."""

    forms: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int

    @classmethod
    def build(cls, forms: Mapping[str, Sequence[str]], keep: Sequence[str] = ()) -> "PhraseTable":
        """Build a table from phrases written with spaces; ``keep`` are phrases to be left whole."""
        entries = {tuple(phrase.split()): tuple(others) for phrase, others in forms.items()}
        entries |= {tuple(phrase.split()): () for phrase in keep}
        return cls(entries, max(map(len, entries), default=0))

    def find(self, pieces: list[str]) -> Iterator[tuple[int, int]]:
        """Yield start and end (piece indexes) of the phrases in a text, left to right, none inside another."""
        place = 0
        while place < len(pieces):
            end = self._end_at(pieces, place)
            if end:
                yield place, end
            place = end or place + 1

    def _end_at(self, pieces: list[str], start: int) -> int:
        for n_words in range(self.longest, 0, -1):
            end = start + 2 * n_words - 1
            words, blanks = pieces[start:end:2], pieces[start + 1 : end : 2]
            fits = end <= len(pieces) and all(map(str.isspace, blanks))
            if fits and tuple(word.lower() for word in words) in self.forms:
                return end
        return 0


def key_of(pieces: list[str]) -> tuple[str, ...]:
    """Return the lower-case words of a phrase found in a text."""
    return tuple(piece.lower() for piece in pieces[::2])


def pick_form(forms: Sequence[str], rng: Random) -> str:
    """Draw one of the forms; an earlier one twice as often as the next."""
    return rng.choices(forms, [0.5**rank for rank in range(len(forms))])[0]


def substitute(pieces: list[str], table: PhraseTable, rng: Random, rate: float) -> list[str]:
    """Replace phrases of the table, each with probability ``rate`` and everywhere the same; at least one."""
    found = [
        (start, end)
        for start, end in table.find(pieces)
        if table.forms[key_of(pieces[start:end])] and not _is_in_name(pieces, start, end)
    ]
    keys = list(dict.fromkeys(key_of(pieces[start:end]) for start, end in found))
    chosen = [key for key in keys if rng.random() < rate] or (keys and [rng.choice(keys)])
    forms = {key: pick_form(table.forms[key], rng) for key in chosen}
    varied = list(pieces)
    for start, end in reversed(found):
        form = forms.get(key_of(pieces[start:end]))
        if form:
            varied[start:end] = split(cased_like("".join(pieces[start:end]), form))
    return varied


def _is_in_name(pieces: list[str], start: int, end: int) -> bool:
    """Tell the syllable of a name by its capital beside another one: "Cần Giờ" never becomes "Cần H"."""
    if end > start + 1 or not pieces[start].istitle():
        return False
    return any(pieces[place].istitle() for place in (start - 2, start + 2) if 0 <= place < len(pieces))
