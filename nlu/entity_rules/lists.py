"""Reads the lists of nlu/lists/entities."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu.entity_rules.line import Line
from nlu.entity_rules.phrases import Phrases
from nlu.entity_rules.spelling import Syllable, read_syllable


@dataclass(frozen=True)
class Words:
    """Single words, known by their spelling and by what is left of it without diacritics.

    Attributes:
        spelled: As listed.
        bare: Without diacritics.
    """

    spelled: frozenset[Syllable]
    bare: frozenset[str]

    def has(self, line: Line, index: int) -> bool:
        """Tell whether a token is one of them; compared with diacritics where the line has any."""
        if not 0 <= index < len(line):
            return False
        syllable = line.tokens[index].syllable
        return syllable in self.spelled or (
            not line.is_accented and not syllable.is_marked and syllable.bare in self.bare
        )

    def has_before(self, line: Line, index: int) -> bool:
        """Tell whether one of them stands right before a token."""
        return line.is_joined(index) and self.has(line, index - 1)

    def has_after(self, line: Line, end: int) -> bool:
        """Tell whether one of them follows."""
        return line.is_joined(end) and self.has(line, end)


def words_of(words: Iterable[str]) -> Words:
    """Make a set of words from their spelling."""
    spelled = frozenset(read_syllable(part) for word in words for part in str(word).split())
    return Words(spelled, frozenset(syllable.bare for syllable in spelled))


@dataclass(frozen=True)
class Lists:
    """The content of the folder, file by file, as YAML gives it."""

    files: Mapping[str, Any]

    @classmethod
    def load(cls, folder: Path) -> "Lists":
        """Read every ``*.yml`` of the folder.

        Raises:
            OSError: If the folder or a file cannot be read.
        """
        return cls(
            {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))}
        )

    def names(self, file: str, *sections: str) -> list[str]:
        """Give the entries of sections of a file, in order."""
        return [str(name) for section in sections for name in self.files[file][section]]

    def word_sets(self, file: str, *sections: str) -> dict[str, Words]:
        """Give sections of a file as sets of words; all of them by default."""
        return {section: words_of(self.files[file][section]) for section in sections or self.files[file]}

    def words(self, section: str) -> Words:
        """Give a section of words.yml."""
        return words_of(self.names("words", section))

    def phrases(self, file: str, *sections: str, slips: bool = False) -> Phrases:
        """Give sections of a file as phrases, each tagged with its section."""
        return Phrases(((name, section) for section in sections for name in self.names(file, section)), slips=slips)

    def place_names(self) -> Iterator[str]:
        """Give all proper names of streets, wards, districts and other places, without words of kind."""
        yield from self.names("streets", "names")
        yield from self.names("wards", "new", "old")
        yield from self.names("districts", "names")
        yield from self.names("landmarks", "proper")
