"""Where a proper name ends: by the lists, by capital letters, or by the syllables that names are made of."""

import re
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.phrases import Match, phrases_of
from nlu.entity_rules.spelling import read_syllable

MAX_CAPITALS: Final = 6
MAX_LOWER: Final = 4
_DASHES: Final = frozenset(("-", " - ", " – ", "–"))
# A syllable of Vietnamese, without diacritics; "vinhomes", "masteri" are none.
_NATIVE: Final = re.compile(
    r"(?:ngh|ng|nh|th|tr|ch|ph|kh|gh|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)


class Names:
    """Finds where names end."""

    def __init__(self, lists: Lists) -> None:
        self.listed = phrases_of(lists.place_names(), slips=True)
        self._districts = phrases_of(lists.names("districts", "names"))
        self.end_words = lists.words("end_name")
        self.units = lists.words("units")
        self._surnames = lists.words("surnames")
        self._middle, self._kinds = lists.words("middle_names").bare, lists.words("kinds").bare
        syllables = [read_syllable(part) for name in lists.place_names() for part in name.split()]
        self._syllables = frozenset(syllables)
        self._bare = frozenset(syllable.bare for syllable in syllables)
        self._firsts = frozenset(read_syllable(name.split()[0]) for name in lists.place_names())

    def read(self, line: Line, start: int, *, lower: bool = False, foreign: bool = False) -> int:
        """Give the end of the name that begins with a token, ``start`` if none does.

        Args:
            line: The message.
            start: Index of the name's first token.
            lower: Also take names that are neither listed nor in capitals.
            foreign: Also take a single word that is not Vietnamese ("ehome").
        """
        if start >= len(line):
            return start
        match = self.listed_at(line, start)
        end = match.end if match else start
        if not (match and end < len(line) and self.listed_at(line, end)):
            end = max(end, self.capitals(line, start))
        if end == start and lower:
            end = self.lower_case(line, start)
        return start + 1 if end == start and foreign and self.is_foreign(line, start) else end

    def listed_at(self, line: Line, start: int) -> Match | None:
        """Give the longest listed name that begins with a token."""
        return self.listed.longest(line, start)

    def capitals(self, line: Line, start: int) -> int:
        """Give the end of a run of capitalised words; words of kind and of common speech end it."""
        end = start
        while end < len(line) and end - start < MAX_CAPITALS and line.is_name_cap(end):
            token = line.tokens[end]
            if end > start and not token.is_joined and token.gap not in _DASHES:
                break
            if end - start >= 2 and token.is_joined and self._districts.longest(line, end):
                break
            if token.bare in self._kinds or token.kind != "word" or (end > start and self._is_common(line, end)):
                break
            end += 1
        return end

    def _is_common(self, line: Line, index: int) -> bool:
        """Tell whether a capitalised word is no name: the whole message may begin its words with capitals."""
        return line.tokens[index].syllable in self.end_words.spelled and not self._is_name_syllable(line, index)

    def _is_name_syllable(self, line: Line, index: int) -> bool:
        syllable = line.tokens[index].syllable
        return syllable in self._syllables or (not line.is_accented and syllable.bare in self._bare)

    def lower_case(self, line: Line, start: int) -> int:
        """Give the end of an unlisted name in lower case: two to four syllables that names are made of."""
        token = line.tokens[start]
        has_surname = self._surnames.has(line, start)
        if token.kind != "word" or not (has_surname or (line.is_accented and token.syllable in self._firsts)):
            return start
        if self.end_words.has(line, start) and not has_surname:
            return start
        end = start + 1
        most = MAX_LOWER if line.is_accented else MAX_LOWER - 1
        while end < len(line) and end - start < most and line.is_joined(end) and line.tokens[end].kind == "word":
            if line.bare(end) in self._kinds or (line.caps_tell and line.tokens[end].is_cap and not token.is_cap):
                break
            is_middle = has_surname and end == start + 1 and line.bare(end) in self._middle
            is_given = has_surname and line.bare(end - 1) in ("van", "thi") and end == start + 2
            is_name = is_given or self._is_name_syllable(line, end)
            if not is_middle and (self.end_words.has(line, end) or not is_name):
                break
            end += 1
        # Without diacritics "chung cu dang vuong" has two syllables of names.
        is_long = end - start >= (2 if line.is_accented else 3)
        return end if is_long and line.bare(end - 1) not in ("van", "thi") else start

    def is_foreign(self, line: Line, index: int) -> bool:
        """Tell whether a word is no Vietnamese syllable ("ehome", "vinhomes")."""
        token = line.tokens[index]
        is_long = token.kind == "word" and len(token.text) >= 4 and token.text.isascii()
        return is_long and not _NATIVE.fullmatch(token.bare)
