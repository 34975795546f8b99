"""Lists of phrases, found in a line in one pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.spelling import PARTLY, PLAIN, Syllable, as_it_sounds, closeness, read_syllable

# "lấn-chiếm", "TP.HCM", "khai  sinh": what may stand between the syllables of a phrase.
_GLUE: Final = frozenset({" ", "  ", "   ", "\u00a0", "-", " - ", ".", ""})


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase of a list in a line.

    Attributes:
        start: Index of its first token.
        end: Index after its last.
        tag: What the list says of it.
        phrase: Its listed spelling.
        n_marked: Syllables written with the right diacritics.
        n_plain: Syllables written without those they should have.
        n_partly: Syllables with some of them.
        n_other: Syllables with other diacritics.
        is_slip: One syllable is written as it sounds ("xổ đỏ").
    """

    start: int
    end: int
    tag: str
    phrase: tuple[Syllable, ...]
    n_marked: int
    n_plain: int
    n_partly: int
    n_other: int
    is_slip: bool

    @property
    def size(self) -> int:
        """The number of syllables."""
        return self.end - self.start

    @property
    def is_as_listed(self) -> bool:
        """Tell whether no mark is missing."""
        return not (self.n_plain or self.n_partly or self.n_other or self.is_slip)

    def is_likely(self, line: Line) -> bool:
        """Tell whether what is not as listed looks like a slip: one at most, where the rest has its marks."""
        if self.n_other or self.is_slip:
            is_rest_right = not (self.n_plain or self.n_partly) and self.n_other + self.is_slip == 1
            return (is_rest_right and self.n_marked > 0) or (self.is_slip and not self.n_other and self.size >= 3)
        if self.n_partly:
            return self.n_partly == 1 and not self.n_plain and self.n_marked > 0
        if self.n_plain and line.is_accented:
            return self.n_marked > 0 or self.size >= 3
        return True


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    entries: list["_Entry"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is compared with the text, and the phrase that it stands for."""

    syllables: tuple[Syllable, ...]
    phrase: tuple[Syllable, ...]
    tag: str
    is_slip: bool = False


class Phrases:
    """Phrases with a tag each, compared syllable by syllable."""

    def __init__(self, phrases: Iterable[tuple[str, str]] = (), *, slips: bool = False) -> None:
        """Take phrases, as they are written with all diacritics, and their tags.

        Args:
            phrases: Pairs of phrase and tag.
            slips: Find them too where one syllable is written as it sounds.
        """
        self._root = _Node()
        for phrase, tag in phrases:
            words = [token.text for token in Line(phrase).tokens]
            syllables = tuple(map(read_syllable, words))
            self._add(_Entry(syllables, syllables, tag))
            for slip in as_it_sounds(words) if slips else ():
                self._add(_Entry(tuple(map(read_syllable, slip)), syllables, tag, is_slip=True))

    def _add(self, entry: _Entry) -> None:
        node = self._root
        for syllable in entry.syllables:
            node = node.children.setdefault(syllable.bare, _Node())
        if entry.syllables and entry not in node.entries:
            node.entries.append(entry)

    def starting_at(self, line: Line, start: int) -> Iterator[Match]:
        """Give every phrase that begins with the token ``start``, shorter ones first."""
        node, end, tokens = self._root, start, line.tokens
        while end < len(tokens) and (end == start or tokens[end].gap in _GLUE):
            step = node.children.get(tokens[end].bare)
            if step is None:
                return
            node, end = step, end + 1
            for entry in node.entries:
                match = _compare(line, start, entry)
                if match:
                    yield match

    def longest(self, line: Line, start: int) -> Match | None:
        """Give the longest likely phrase that begins with the token ``start``."""
        best = None
        for match in self.starting_at(line, start):
            if match.is_likely(line) and (best is None or match.size > best.size or match.is_as_listed):
                best = match
        return best

    def find(self, line: Line) -> Iterator[Match]:
        """Give the longest likely phrases of the line, from left to right, without overlap."""
        start = 0
        while start < len(line):
            match = self.longest(line, start)
            if match:
                yield match
            start = match.end if match else start + 1


def _compare(line: Line, start: int, entry: _Entry) -> Match | None:
    n_marked = n_plain = n_partly = n_other = 0
    size = len(entry.syllables)
    for offset, listed in enumerate(entry.syllables):
        written = line.tokens[start + offset].syllable
        how = closeness(written, listed)
        if how is None:
            # One wrong mark in a long phrase, not at its end: "bệnh viện mất điện" is not "bệnh viện Mắt".
            if size < 3 or n_other or (size == 3 and offset == 2):
                return None
            n_other += 1
            continue
        n_plain += how == PLAIN
        n_partly += how == PARTLY
        n_marked += how not in (PLAIN, PARTLY) and listed.is_marked
    counts = (n_marked, n_plain, n_partly, n_other)
    return Match(start, start + size, entry.tag, entry.phrase, *counts, is_slip=entry.is_slip)


def spelled(names: Iterable[str]) -> frozenset[tuple[Syllable, ...]]:
    """Give names as ``Match.phrase`` has them, for telling some phrases of a list from the others."""
    return frozenset(tuple(token.syllable for token in Line(name).tokens) for name in names)


def phrases_of(names: Iterable[str], *, slips: bool = False) -> Phrases:
    """Make phrases without a tag."""
    return Phrases(((name, "") for name in names), slips=slips)
