"""Streets and lanes, from the house number or the word đường/hẻm to the end of the name."""

import re
from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.areas import Areas
from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.names import Names
from nlu.entity_rules.phrases import Match, phrases_of, spelled

_HOUSE: Final = re.compile(
    r"\d{1,4}(?:bis|ter|[a-eghlm]{1,2})?(?:[/\-]\d{1,4}[a-z]{0,3}){0,6}"
    r"|[a-z]{1,2}\d{1,4}[a-z]?(?:/\d{1,4}[a-z]{0,2}){0,6}"
)
_NOT_HOUSE: Final = re.compile(r"\d+(?:h|m|km|kg|g|l|tr|k|t|cm|ha)(?:\d*)|[qpf]\d{1,2}|ct\d+|\d{4}-\d{4}")
_CODE: Final = re.compile(r"[a-z]{0,3}\d{1,4}[a-z]{0,2}")
_WITH_NUMBER: Final = re.compile(r"[a-z]{2,}\d{1,2}")
_ROAD: Final = re.compile(r"(?:ql|tl|hl|dt)\d{1,3}[a-z]?")
_ROAD_NUMBER: Final = re.compile(r"\d{1,3}[a-z]?")
_SPACES: Final = frozenset((" ", "  ", "   "))
_COMMA: Final = _SPACES | {", ", ",", " , "}
_DOT: Final = frozenset((".", ". ", " ", "", " . "))
# A street, not any place, comes after these.
_STREET_CUES: Final = frozenset(("khuc", "doan", "tren", "doc", "goc", "duong"))
_PLACE_CUE_SMALL: Final = frozenset(("ba", "toi", "den", "khu", "cho", "tu", "ra"))


class Streets:
    """Finds streets and lanes."""

    def __init__(self, lists: Lists, names: Names, areas: Areas) -> None:
        self._names, self._areas = names, areas
        self._listed = phrases_of(lists.names("streets", "names"), slips=True)
        self._need_cue = spelled(lists.names("streets", "need_cue"))
        self._accented = spelled(lists.names("streets", "accented"))
        self._words = lists.phrases("roads", "street", "lane", "road", "number")
        self._units = lists.words("units")
        self._lane_units, self._since = lists.words("lane_units"), lists.words("since")
        self._place_cues = lists.words("place_cues")
        self._person_cues = lists.words("person_cues")
        self._not_house = lists.words("not_house")

    def find(self, line: Line) -> Iterator[tuple[int, int]]:
        """Give the token spans of streets, left to right, without overlap."""
        start = 0
        is_next = False
        while start < len(line):
            end = max(self._address(line, start), self._lone(line, start, is_listed_enough=is_next))
            if end > start:
                yield start, end
                # "lấn chiếm lòng đường [Lê Lợi]": where đường belongs to what is complained of, the name is left.
                if line.before(start) in ("long", "le") and line.bare(start) == "duong" and end > start + 1:
                    yield start + 1, end
                # "Lê Lợi - Nguyễn Huệ", "Lê Lợi và Nguyễn Huệ": what follows a street is a street too.
                is_next = end < len(line) and (line.bare(end) in ("va", "voi", "giao") or "-" in line.tokens[end].gap)
                start = end
            else:
                is_next = is_next and line.bare(start) in ("va", "voi", "giao")
                start += 1

    def listed_at(self, line: Line, start: int) -> Match | None:
        """Give the longest listed street that begins with a token."""
        return self._listed.longest(line, start)

    def _word(self, line: Line, start: int) -> Match | None:
        """Give the word of kind; where a number follows it may lack its marks ("hem 45" among accented words)."""
        found = [match for match in self._words.starting_at(line, start) if match.end < len(line)]
        likely = [match for match in found if match.is_likely(line) or line.tokens[match.end].is_number]
        return max(likely, key=lambda match: match.size, default=None)

    def _address(self, line: Line, start: int) -> int:
        """Give the end of an address that begins with a number or a word of kind, ``start`` if none does."""
        end, is_enough = start, False
        house = self._house_number(line, start)
        if house > start:
            end = house
        while True:
            lane = self._lane(line, end)
            if lane == end or (end > start and line.tokens[end].gap not in _COMMA):
                break
            end, is_enough = lane, True
        if end == len(line):
            return end if is_enough else start
        if end > start and line.tokens[end].gap not in _COMMA:
            return end if is_enough else start
        street = self._street(line, end)
        if street == end and end > start:
            is_sure = is_enough or not line.tokens[start].is_number
            street = self._name_after_number(line, end, is_lane=is_sure)
        if street > end:
            return street
        return end if is_enough else start

    def _house_number(self, line: Line, start: int) -> int:
        word = self._word(line, start)
        first = word.end if word and word.tag == "number" else start
        if word and word.tag == "number" and not line.is_joined(first):
            return start
        if not self._is_house(line, first):
            return start
        is_counted = first == start and self._is_counted(line, start + 1)
        return start if is_counted or self._not_house.has_before(line, start) else first + 1

    def _is_house(self, line: Line, index: int) -> bool:
        if index >= len(line) or not line.tokens[index].is_number:
            return False
        bare = line.bare(index)
        return bool(_HOUSE.fullmatch(bare)) and not _NOT_HOUSE.fullmatch(bare)

    def _lane(self, line: Line, start: int) -> int:
        """Give the end of "hẻm 45", "ngõ số 3A", ``start`` if there is none."""
        word = self._word(line, start)
        if not word or word.tag != "lane":
            return start
        first = word.end + (line.bare(word.end) == "so")
        if not line.is_joined(word.end) or not self._is_house(line, first):
            return start
        is_since = self._since.has_after(line, first + 1) and line.after(first + 2) == "nay"
        is_since = is_since and len(line.bare(first)) <= 2  # "trước hẻm 5 ngày nay"
        return start if is_since or self._lane_units.has_after(line, first + 1) else first + 1

    def _is_counted(self, line: Line, end: int) -> bool:
        """Tell whether the number before ``end`` counts what follows ("3 mét", not "102 Cống Quỳnh")."""
        if not self._units.has_after(line, end):
            return False
        return not line.is_name_cap(end) and not self._listed.longest(line, end)

    def _street(self, line: Line, start: int, *, is_inner: bool = False) -> int:
        """Give the end of a word of kind and the name after it, ``start`` if there is none."""
        if _ROAD.fullmatch(line.bare(start)):
            return start + 1
        for word in sorted(self._words.starting_at(line, start), key=lambda found: -found.size):
            if word.end < len(line) and word.tag != "number" and self._is_word(line, word, is_inner=is_inner):
                end = self._after_word(line, word, is_inner=is_inner)
                if end > word.end:
                    return end
        return start

    def _is_word(self, line: Line, word: Match, *, is_inner: bool) -> bool:
        """Tell whether a word of kind is one here: what follows may be a name, and its marks are no other word's."""
        is_short = word.size == 1 and len(line.tokens[word.start].text) <= 2
        is_near = line.tokens[word.end].gap in (_DOT if is_short else _SPACES)
        if not is_near or (is_short and not _is_short_word(line, word.end)) or (is_inner and word.tag == "street"):
            return False
        if word.n_partly and not self._is_forgotten(line, word):
            return False
        is_road_number = word.tag == "road" and _ROAD_NUMBER.fullmatch(line.bare(word.end))
        is_plain_word = word.n_plain and line.is_accented and not line.is_name_cap(word.end)
        return bool(is_road_number) or not is_plain_word

    def _after_word(self, line: Line, word: Match, *, is_inner: bool) -> int:
        if word.tag == "road" and _ROAD_NUMBER.fullmatch(line.bare(word.end)):
            return word.end + 1
        is_vague = word.tag in ("lane", "road") or line.bare(word.start) == "pho"
        if is_vague and (line.is_plain or not word.is_as_listed):
            match = self._names.listed_at(line, word.end)
            return match.end if match else word.end
        return self._name_after_word(line, word.end, is_street=word.tag == "street" and not is_inner)

    def _is_forgotten(self, line: Line, word: Match) -> bool:
        """Tell whether marks were forgotten in "đương Lê Lợi"; in "đường Dương Vân Nga" they were not."""
        return line.is_name_cap(word.end) and not line.tokens[word.start].is_cap

    def _name_after_word(self, line: Line, start: int, *, is_street: bool) -> int:
        # "đường quốc lộ 13"
        inner = self._street(line, start, is_inner=True) if is_street else start
        if inner > start:
            return inner
        first = start + (line.bare(start) == "so" and line.is_joined(start + 1))
        code = line.bare(first) if first < len(line) else ""
        listed = self._listed.longest(line, start)
        named = max(listed.end if listed else start, self._names.read(line, start, lower=is_street))
        if named > start:
            return named
        is_code = bool(_CODE.fullmatch(code)) and not _NOT_HOUSE.fullmatch(code)
        return first + 1 if is_street and is_code and not self._is_counted(line, first + 1) else start

    def _name_after_number(self, line: Line, start: int, *, is_lane: bool) -> int:
        """Give the end of the name after a house number, ``start`` if what follows is no street."""
        match = self._listed.longest(line, start)
        is_vague = match is not None and match.phrase in self._need_cue
        is_house = is_lane or "/" in line.tokens[start - 1].text
        if match and not (is_vague and not line.is_name_cap(start) and not is_house):
            return max(match.end, self._names.read(line, start))
        end = self._names.capitals(line, start)
        if end - start >= 2 or (is_lane and end > start):
            return end
        lower = self._names.lower_case(line, start)
        return lower if lower - start >= (2 if is_lane else 3) else start

    def _lone(self, line: Line, start: int, *, is_listed_enough: bool) -> int:
        """Give the end of a listed street without number and word: in capitals, long, or where a place is expected."""
        match = self._listed.longest(line, start)
        if not match or self._person_cues.has_before(line, start):
            return start
        is_cued = line.before(start) in _STREET_CUES or self._is_linked(line, match.end)
        if match.phrase in self._need_cue and not (line.is_name_cap(start) and is_cued):
            return start
        if match.size == 1 and _WITH_NUMBER.fullmatch(line.bare(start)):  # "cmt8"
            return match.end
        end = match.end
        if line.is_name_cap(start) and all(line.is_name_cap(i) or line.tokens[i].is_number for i in range(start, end)):
            return end
        is_other = match.n_marked == 0 and match.phrase in self._accented
        if match.n_partly or is_other:
            return start
        has_cue = is_listed_enough or (
            self._place_cues.has_before(line, start)
            and not (line.is_plain and line.before(start) in _PLACE_CUE_SMALL and match.size < 2)
        )
        has_cue = has_cue or (end < len(line) and self._is_area(line, end))
        return end if match.size >= 3 or (has_cue and (match.size >= 2 or match.is_as_listed)) else start

    def _is_linked(self, line: Line, end: int) -> bool:
        """Tell whether another street follows: "Trường Sơn với Phạm Văn Đồng"."""
        return line.after(end) in ("va", "voi") and end + 1 < len(line) and bool(self._listed.longest(line, end + 1))

    def _is_area(self, line: Line, start: int) -> bool:
        return line.is_joined(start) and self._areas.district(line, start) > start


def _is_short_word(line: Line, first: int) -> bool:
    """Tell whether "đ." or "ql" is a word of kind here: a dot, a capital or a number follows."""
    token = line.tokens[first]
    return "." in token.gap or line.is_name_cap(first) or token.is_number
