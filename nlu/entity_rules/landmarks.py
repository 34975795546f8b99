"""Places with a name, kind and all: markets, bridges, crossings, parks, hospitals, schools, estates."""

import re
from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.areas import Areas
from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.names import Names
from nlu.entity_rules.phrases import Match, phrases_of
from nlu.entity_rules.streets import Streets

_CROSSINGS: Final = frozenset(("nga", "vong", "giao", "nut", "bung"))
_LINKS: Final = frozenset(("va", "voi", "giao", "cat"))
_BY_ADDRESS: Final = frozenset(("chung", "cu", "toa", "cao", "can", "c", "nha", "khu"))
_OF_DISTRICT: Final = frozenset(("benh vien", "bv", "benh vien da khoa", "binh vien"))
_NUMBER: Final = re.compile(r"\d{1,2}[a-z]?|[ivx]{1,3}")
_DASH: Final = re.compile(r" ?[-–/] ?")


class Landmarks:
    """Finds places with a name."""

    def __init__(self, lists: Lists, names: Names, areas: Areas, streets: Streets) -> None:
        self._names, self._areas, self._streets = names, areas, streets
        self._whole = lists.phrases("landmarks", "names", slips=True)
        self._kinds = lists.phrases("landmarks_kinds", "clear", "unclear", slips=True)
        self._not_names = lists.phrases("landmarks", "not_names")
        self._place_cues = lists.words("place_cues")
        self._chains = phrases_of(lists.names("landmarks", "chains"))

    def find(self, line: Line) -> Iterator[tuple[int, int]]:
        """Give the token spans of places, left to right, without overlap."""
        start = 0
        while start < len(line):
            end = max(self._listed(line, start), self._kind_and_name(line, start), self._chain(line, start))
            # "bệnh viện nhi đồng nào" asks for any.
            is_any = line.after(end) == "nao" and line.bare(start) in ("benh", "bv") and not line.is_name_cap(end - 1)
            if end > start and not is_any:
                yield start, end
            start = max(end, start + 1)

    def _listed(self, line: Line, start: int) -> int:
        match = self._whole.longest(line, start)
        if not match:
            return start
        kind = self._kinds.longest(line, start)
        longer = self._names.listed_at(line, start)
        if longer and longer.end > match.end:
            return start
        is_clear = line.is_name_cap(match.end - 1) or (match.is_as_listed and (match.n_marked > 0 or match.size >= 2))
        has_cue = self._place_cues.has_before(line, start) and match.size >= 2
        is_foreign = any(self._names.is_foreign(line, index) for index in range(start, match.end))
        is_clear = is_clear or has_cue or is_foreign or match.size >= 3
        if kind is None or kind.end >= match.end:
            is_marked = match.n_marked > 0 or match.size > 1 or line.is_name_cap(start) or is_foreign
            return self._number(line, match.end) if is_clear and is_marked else start
        if kind.tag == "unclear" and not is_clear:
            return start
        return self._extend(line, match, kind)

    def _chain(self, line: Line, start: int) -> int:
        """Give the end of "Vincom Thủ Đức", "siêu thị Coopmart Cống Quỳnh", ``start`` if there is none."""
        kind = self._kinds.longest(line, start)
        first = kind.end if kind and kind.tag == "clear" else start
        chain = self._chains.longest(line, first) if first < len(line) else None
        if not chain or (chain.size == 1 and not line.is_name_cap(first) and first == start):
            return start
        if not line.is_joined(chain.end):
            return start
        place = self._names.listed_at(line, chain.end)
        end = place.end if place else self._areas.district(line, chain.end)
        return end if end > chain.end else start

    def _extend(self, line: Line, match: Match, kind: Match) -> int:
        capitals = self._names.capitals(line, match.end) if line.is_joined(match.end) else match.end
        end = self._number(line, max(match.end, capitals) if not self._areas_at(line, match.end) else match.end)
        return self._crossing(line, match.start, end) if line.bare(kind.start) in _CROSSINGS else end

    def _areas_at(self, line: Line, start: int) -> bool:
        return start < len(line) and (
            self._areas.ward(line, start) > start or self._areas.district(line, start) > start
        )

    def _kind_and_name(self, line: Line, start: int) -> int:
        best = start
        for kind in self._kinds.starting_at(line, start):
            is_street = line.bare(start) == "duong" and self._streets.listed_at(line, start + 1)  # "đường Hoa Lan"
            if kind.is_likely(line) and kind.end < len(line) and _is_near(line, kind) and not is_street:
                best = max(best, self._named(line, kind))
        if best > start:
            # "Trường Chinh", "Bến Vân Đồn" are streets.
            same = self._names.listed_at(line, start)
            if same and same.end >= best:
                return start
        return best

    def _named(self, line: Line, kind: Match) -> int:
        start, first = kind.start, kind.end
        is_crossing = line.bare(start) in _CROSSINGS
        if is_crossing and line.bare(first) == "duong" and first + 1 < len(line):
            first += 1
        words = " ".join(line.bare(index) for index in range(start, kind.end))
        if words in _OF_DISTRICT and line.bare(first) in ("quan", "huyen", "q", "thanh"):
            district = self._areas.district(line, first)
            return district if district > first else start
        if line.bare(start) in _BY_ADDRESS and line.tokens[first].is_number:
            return self._by_number(line, kind)
        end = self._name(line, kind, first)
        if end <= first or (words == "khu" and self._areas_at(line, first)):
            return start
        end = self._number(line, end)
        return self._crossing(line, start, end) if is_crossing else end

    def _name(self, line: Line, kind: Match, first: int) -> int:
        """Give the end of the name after a word of kind, ``first`` if what follows is none."""
        other = self._kinds.longest(line, first)
        is_kind = other and (other.tag == "clear" or (other.is_as_listed and not line.is_name_cap(first)))
        if is_kind and not self._names.listed_at(line, first):
            return first
        is_clear = kind.tag == "clear" and (kind.is_as_listed or not line.is_accented)
        capitals = self._names.capitals(line, first)
        common = self._not_names.longest(line, first)
        if common and not line.is_name_cap(first) and common.size >= 1:
            listed = self._names.listed_at(line, first)
            if not listed or listed.size <= common.size:
                return first
        if kind.tag == "unclear":
            is_exact = kind.is_as_listed and (
                kind.n_marked > 0 or line.is_name_cap(kind.start) or line.bare(kind.start) == "khu"
            )
            if is_exact or (line.is_name_cap(kind.start) and not line.is_accented):
                return self._names.read(line, first) if capitals == first or is_exact else capitals
            return first
        return self._names.read(line, first, lower=is_clear, foreign=is_clear)

    def _by_number(self, line: Line, kind: Match) -> int:
        """Give the end of "chung cư 312 Lạc Long Quân": a house called by its address."""
        street = self._streets.listed_at(line, kind.end + 1) if line.is_joined(kind.end + 1) else None
        return street.end if street else kind.start

    def _number(self, line: Line, end: int) -> int:
        """Take in the number of "Ehome 3", "Nhi Đồng 1", "Ung Bướu cơ sở 2", not that of "chợ Bà Chiểu 2 ngày nay"."""
        if line.after(end) == "co" and line.after(end + 1) == "so" and line.bare(end + 2).isdigit():
            return end + 3
        if line.is_joined(end) and _NUMBER.fullmatch(line.bare(end)) and not self._names.units.has_after(line, end + 1):
            is_word = line.tokens[end].kind == "word"
            return end if is_word and not line.tokens[end].text.isupper() else end + 1
        return end

    def _crossing(self, line: Line, start: int, end: int) -> int:
        """Take in the other street of a crossing."""
        while end < len(line):
            is_linked = line.is_joined(end) and line.bare(end) in _LINKS
            first = end + 1 if is_linked else end
            if first >= len(line) or not (is_linked or _DASH.fullmatch(line.tokens[first].gap)):
                break
            first += line.bare(first) == "duong" and first + 1 < len(line)
            after = max(self._names.capitals(line, first), getattr(self._streets.listed_at(line, first), "end", first))
            if after <= first:
                break
            end = after
        return end


def _is_near(line: Line, kind: Match) -> bool:
    gap = line.tokens[kind.end].gap
    return gap in (" ", "  ") or (gap in (".", ". ", "") and len(line.tokens[kind.end - 1].text) <= 3)
