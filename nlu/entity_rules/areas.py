"""Wards, communes and the districts of before July 2025."""

import re
from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.names import Names
from nlu.entity_rules.phrases import phrases_of, spelled

_NUMBER: Final = re.compile(r"\d{1,2}[ab]?")
_SHORT_WARD: Final = re.compile(r"(?:p|f|phuong)\d{1,2}")
_SHORT_DISTRICT: Final = re.compile(r"(?:q|quan)\d{1,2}")
_SHORT_BOTH: Final = re.compile(r"(?:p|f)\d{1,2}[/,\-]?q\d{1,2}")
# Between an abbreviation and its name; between a ward and its district.
_DOTS: Final = frozenset(("", ".", ". ", " ", " . ", "  "))
_TAIL_GAPS: Final = frozenset((" ", "  ", ", ", ",", " , ", "- ", " - ", "-", ".", ". ", " – ", "/", ", "))
_SURE_CUES: Final = frozenset(("o", "tai", "ubnd", "thuoc", "khu", "ve", "di", "qua", "ben"))


class Areas:
    """Finds wards and districts."""

    def __init__(self, lists: Lists, names: Names) -> None:
        self._names = names
        self._wards = phrases_of(lists.names("wards", "new", "old"), slips=True)
        self._districts = phrases_of(lists.names("districts", "names"), slips=True)
        self._city = phrases_of(lists.names("districts", "city"))
        self._ward_words = lists.phrases("areas", "ward", "ward_short")
        self._district_words = lists.phrases("areas", "district", "district_short", "town")
        streets = set(lists.names("streets", "names")) - set(lists.names("streets", "need_cue"))
        self._need_word = spelled((*lists.names("wards", "need_word"), *streets, *lists.names("districts", "names")))
        self._accented_only = spelled(lists.names("districts", "accented"))
        words = lists.word_sets("areas", "numbers", "counted")
        self._number_names, self._counted = words["numbers"], words["counted"]
        self._ward_cues = lists.words("ward_cues")
        self._place_cues = lists.words("place_cues")

    def find(self, line: Line) -> Iterator[tuple[str, int, int]]:
        """Give name (ward, district) and token span of what is found, left to right, without overlap."""
        start = 0
        while start < len(line):
            name, end = "ward", self.ward(line, start)
            if end == start:
                name, end = "district", self.district(line, start)
            if end > start:
                yield name, start, end
            start = max(end, start + 1)

    def ward(self, line: Line, start: int) -> int:
        """Give the end of the ward that begins with a token, with its district if that follows; ``start`` if none."""
        if _SHORT_BOTH.fullmatch(line.bare(start)):
            return start + 1
        end = start + 1 if _SHORT_WARD.fullmatch(line.bare(start)) else self._named_ward(line, start)
        if end > start:
            return self._tail(line, end)
        return self._lone_ward(line, start)

    def _named_ward(self, line: Line, start: int) -> int:
        for match in sorted(self._ward_words.starting_at(line, start), key=lambda found: -found.size):
            first = match.end
            is_short = match.tag == "ward_short"
            if first >= len(line) or line.tokens[first].gap not in (_DOTS if is_short else _DOTS - {""}):
                continue
            if _NUMBER.fullmatch(line.bare(first)) and not (match.tag == "ward" and line.bare(start) == "xa"):
                return start if self._counted.has_after(line, first + 1) else first + 1
            is_vague = not match.is_as_listed and line.is_accented
            name = self._wards.longest(line, first)
            end = max(name.end if name else first, self._names.capitals(line, first))
            if (
                end > first
                and not (is_vague and not line.is_name_cap(first))
                and (not is_short or _is_abbreviation(line, match.start, first))
            ):
                return end
            if line.bare(start) == "phuong" and not is_short:
                end = self._number_words(line, first)
                if end > first and (end == len(line) or end - first > 1 or self.district(line, end) > end):
                    return end
        return start

    def _tail(self, line: Line, end: int) -> int:
        if end >= len(line) or line.tokens[end].gap not in _TAIL_GAPS:
            return end
        district = self.district(line, end, is_tail=True)
        if district > end:
            return district
        city = self._city.longest(line, end)
        return city.end if city else end

    def _lone_ward(self, line: Line, start: int) -> int:
        """Give the end of a ward named without phường/xã: only where a place is expected, or its district follows."""
        match = self._wards.longest(line, start)
        if not match or match.size < 2 or match.phrase in self._need_word:
            return start
        longer = self._names.listed_at(line, start)
        if longer and longer.end > match.end:
            return start
        is_clear = line.is_name_cap(start) or match.is_as_listed or match.size >= 3 or line.before(start) in _SURE_CUES
        is_alone = line.is_name_cap(start) and match.size == len(line)
        tail = self._tail(line, match.end)
        if tail == match.end and line.is_joined(tail) and self._names.capitals(line, tail) > tail:
            return start
        if is_clear and (is_alone or tail > match.end or self._ward_cues.has_before(line, start)):
            return tail
        return start

    def district(self, line: Line, start: int, *, is_tail: bool = False) -> int:
        """Give the end of the district or town that begins with a token, ``start`` if none does."""
        if start >= len(line):
            return start
        if _SHORT_DISTRICT.fullmatch(line.bare(start)):
            return start + 1
        for match in sorted(self._district_words.starting_at(line, start), key=lambda found: -found.size):
            end = self._after_district_word(line, match.tag, match.end, is_vague=not match.is_as_listed)
            if end > match.end:
                return end
        return self._lone_district(line, start, is_tail=is_tail)

    def _after_district_word(self, line: Line, tag: str, first: int, *, is_vague: bool) -> int:
        if first >= len(line) or line.tokens[first].gap not in (_DOTS if tag != "district" else _DOTS - {""}):
            return first
        if tag != "town" and line.bare(first - 1) in ("quan", "q") and re.fullmatch(r"\d{1,2}", line.bare(first)):
            return first if self._counted.has_after(line, first + 1) else first + 1
        name = self._districts.longest(line, first)
        if name:
            return name.end
        if tag == "district" and not is_vague:
            words = self._number_words(line, first) if line.bare(first - 1) == "quan" else first
            return max(words, self._names.capitals(line, first))
        return first

    def _lone_district(self, line: Line, start: int, *, is_tail: bool) -> int:
        match = self._districts.longest(line, start)
        if not match:
            return start
        longer = self._names.listed_at(line, start)
        if longer and longer.end > match.end:
            return start
        is_clear = line.is_name_cap(start) or match.is_as_listed or self._place_cues.has_before(line, start)
        is_vague = match.phrase in self._accented_only
        return match.end if is_tail or is_clear or not is_vague else start

    def _is_number_name(self, line: Line, index: int) -> bool:
        return line.tokens[index].syllable in self._number_names.spelled

    def _number_words(self, line: Line, start: int) -> int:
        end = start
        while end < len(line) and end - start < 2 and line.is_joined(end) and self._is_number_name(line, end):
            end += 1
        return end


def _is_abbreviation(line: Line, start: int, first: int) -> bool:
    """Tell whether a letter stands for ward: "x. Bình Chánh", "p tân định"; not "f an phú"."""
    return line.is_name_cap(first) or "." in line.tokens[first].gap or line.bare(start) == "p"
