"""Finds the entities of nlu/entities.yml in a message by rules and lists."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from nlu.entity_rules.amounts import Amounts
from nlu.entity_rules.answers import Fields, Options, Titles
from nlu.entity_rules.areas import Areas
from nlu.entity_rules.codes import find_codes, find_personal
from nlu.entity_rules.dates import Dates
from nlu.entity_rules.landmarks import Landmarks
from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.meant import Word, as_meant, together
from nlu.entity_rules.names import Names
from nlu.entity_rules.people import People
from nlu.entity_rules.streets import Streets
from nlu.entity_rules.things import Categories, Documents, Levels, Listed
from nlu.entity_rules.types import Entity

NLU: Final = Path(__file__).resolve().parent.parent
# Where two finds overlap, the class decides first, then the length, then this order.
_SURE: Final = frozenset(("dossier_code", "complaint_code", "phone", "cccd", "email"))
_ORDER: Final = (
    "landmark", "street", "ward", "district", "document", "vehicle", "school_level", "age", "money", "date", "relation",
    "complaint_category", "complaint_field", "citizen_title", "option_number",
)  # fmt: skip
_ROADSIDE: Final = re.compile(r"[ \u00a0](?:lòng|lề|long|le)[ \u00a0]+(?:đường|duong)$", re.IGNORECASE)
_RANK: Final = {name: rank for rank, name in enumerate(_ORDER)}


class EntityRules:
    """The rules with their lists, ready to be used by any number of threads."""

    def __init__(self, lists: Lists, only_in: Mapping[str, frozenset[str]]) -> None:
        """Prepare the rules.

        Args:
            lists: The content of nlu/lists/entities.
            only_in: Entity → the intents and skills outside which it does not count.
        """
        names = Names(lists)
        self._only_in = only_in
        self._areas = Areas(lists, names)
        self._streets = Streets(lists, names, self._areas)
        self._landmarks = Landmarks(lists, names, self._areas, self._streets)
        self._dates, self._amounts = Dates(lists), Amounts(lists)
        self._people = People(lists)
        self._documents = Documents(lists)
        self._vehicles = Listed(lists, "vehicles")
        self._levels = Levels(lists)
        self._categories = Categories(lists)
        self._titles, self._fields, self._options = Titles(lists), Fields(lists), Options(lists)

    @classmethod
    def load(cls, folder: Path = NLU) -> "EntityRules":
        """Read ``entities.yml`` and ``lists/entities`` of the folder nlu.

        Raises:
            OSError: If a file cannot be read.
        """
        meanings: dict[str, dict[str, Any]] = yaml.safe_load((folder / "entities.yml").read_text(encoding="utf-8"))
        only_in = {name: frozenset(entry["only_in"]) for name, entry in meanings.items() if "only_in" in entry}
        return cls(Lists.load(folder / "lists" / "entities"), only_in)

    def find(self, text: str, intent: str = "", skill: str = "", words: Iterable[Word] = ()) -> list[Entity]:
        """Give the entities of a message in order, without overlap.

        Args:
            text: The message, personal values masked or not.
            intent: What it was understood as; "" if that is not known: then no entity is left out for it.
            skill: The skill of that intent.
            words: Its words with their repaired spelling, in order, if known: what only the repaired message names
                is found too ("phwờng Tân Định"), at the offsets of the typed one.
        """
        found = self._find(text, intent, skill)
        meant = as_meant(text, words)
        if meant is None:
            return found
        repaired = (meant.as_typed(text, entity) for entity in self._find(meant.text, intent, skill))
        return together(found, [entity for entity in repaired if entity], is_plain=text.isascii())

    def _find(self, text: str, intent: str, skill: str) -> list[Entity]:
        is_composed = unicodedata.is_normalized("NFC", text)
        composed, offsets = (text, []) if is_composed else _compose(text)
        line = Line(composed)
        found = [entity for entity in self._candidates(line, intent) if self._counts(entity.name, intent, skill)]
        chosen = sorted(_without_overlap(found, self._asked(intent)), key=lambda entity: entity.start)
        if is_composed:
            return chosen
        return [Entity(found.name, offsets[found.start], offsets[found.end], found.value) for found in chosen]

    def _counts(self, name: str, intent: str, skill: str) -> bool:
        allowed = self._only_in.get(name)
        return allowed is None or not intent or bool(allowed & {intent, skill})

    def _asked(self, intent: str) -> frozenset[str]:
        """Give the entities that this very intent is there for."""
        return frozenset(name for name, allowed in self._only_in.items() if intent and intent in allowed)

    def _candidates(self, line: Line, intent: str) -> Iterator[Entity]:
        yield from find_codes(line.text)
        yield from find_personal(line.text)
        for name, spans in (
            ("date", self._dates.find(line)),
            ("money", self._amounts.money(line)),
            ("age", self._amounts.ages(line)),
        ):
            yield from (Entity(name, start, end, line.text[start:end]) for start, end in spans)
        for name, start, end in self._token_spans(line):
            yield _entity(line, name, start, end, "")
        asked = self._asked(intent)
        for name, found in (
            ("citizen_title", self._titles.find(line, is_asked="citizen_title" in asked)),
            ("complaint_field", self._fields.find(line)),
            ("option_number", self._options.find(line)),
        ):
            if name in asked or not intent:
                yield from (_entity(line, name, start, end, value) for start, end, value in found)

    def _token_spans(self, line: Line) -> Iterator[tuple[str, int, int]]:
        places = list(self._areas.find(line))
        places += [("street", *span) for span in self._streets.find(line)]
        places += [("landmark", *span) for span in self._landmarks.find(line)]
        yield from places
        for name, spans in (
            ("relation", self._people.find(line)),
            ("document", self._documents.find(line)),
            ("vehicle", self._vehicles.find(line)),
            ("school_level", self._levels.find(line)),
            ("complaint_category", self._categories.find(line, [place[1:] for place in places])),
        ):
            yield from ((name, start, end) for start, end in spans)


def _entity(line: Line, name: str, start: int, end: int, value: str) -> Entity:
    first, last = line.span(start, end)
    return Entity(name, first, last, value or line.text[first:last])


def _without_overlap(found: Iterable[Entity], asked: frozenset[str]) -> Iterator[Entity]:
    def order(entity: Entity) -> tuple[bool, bool, int, int, int]:
        rank = _RANK.get(entity.name, -1)
        is_of_road = entity.name == "complaint_category" and _ROADSIDE.search(entity.value) is not None
        is_first = entity.name in asked or is_of_road
        return (entity.name not in _SURE, not is_first, entity.start - entity.end, rank, entity.start)

    ordered = sorted(found, key=order)
    taken = bytearray(max((entity.end for entity in ordered), default=0))
    for entity in ordered:
        if not any(taken[entity.start : entity.end]):
            taken[entity.start : entity.end] = b"\1" * (entity.end - entity.start)
            yield entity


def _compose(text: str) -> tuple[str, list[int]]:
    """Give the NFC form and, for every offset in it, the offset in the text as it came."""
    composed, offsets, start = "", [], 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not unicodedata.combining(text[end]):
            part = unicodedata.normalize("NFC", text[start:end])
            composed += part
            offsets += [start] * len(part)
            start = end
    return composed, [*offsets, len(text)]
