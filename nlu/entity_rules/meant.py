"""A message as it was meant: its tokens repaired, with the way back to the offsets of what was typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nlu.entity_rules.types import Entity

# Offsets in the typed text and the repaired spelling, in lower case; may hold spaces ("ktx" → "ký túc xá").
Word = tuple[int, int, str]
_PLACES: Final = frozenset(("ward", "district", "street", "landmark"))
# The rules know better than the repair what these stand for.
_KNOWN: Final = frozenset(("ck", "vk", "vc", "ox", "bx"))
# A message has one at most.
_ONE: Final = frozenset(("complaint_category", "citizen_title", "option_number"))


@dataclass(frozen=True)
class Meant:
    """A repaired message.

    Attributes:
        text: Its text, NFC.
        starts: Offset in it where a word begins → where that word begins in the typed text.
        ends: The same for where words end.
    """

    text: str
    starts: dict[int, int]
    ends: dict[int, int]

    def as_typed(self, typed: str, found: Entity) -> Entity | None:
        """Give an entity of the repaired text with the offsets of the typed one, None if it cuts a typed word."""
        start, end = self.starts.get(found.start), self.ends.get(found.end)
        if start is None or end is None:
            return None
        is_as_written = found.value == self.text[found.start : found.end]
        return Entity(found.name, start, end, typed[start:end] if is_as_written else found.value)


def as_meant(typed: str, words: Iterable[Word]) -> Meant | None:
    """Put the repaired words into the message, in order; None if nothing was repaired.

    Numbers, codes and placeholders stay as typed, and so do capitals: the rules read both.
    """
    parts: list[str] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    size = done = 0
    is_changed = False
    for start, end, repaired in words:
        written = typed[start:end]
        is_repaired = written.isalpha() and repaired != written.lower()
        word = _with_capitals(written, repaired) if is_repaired else written
        is_changed = is_changed or is_repaired
        parts += [typed[done:start], word]
        size += start - done
        starts[size] = start
        size += len(word)
        ends[size] = end
        done = end
    return Meant("".join([*parts, typed[done:]]), starts, ends) if is_changed else None


def together(typed: list[Entity], repaired: list[Entity], *, is_plain: bool) -> list[Entity]:
    """Add what only the repaired message names, in order of appearance.

    The repair may be wrong, so what the typed message names stays; but more words of the same ("phường 22 Bìh Thạnh",
    not "phường 22"), and a place with the words before it, replace it.

    Args:
        typed: The entities of the typed message.
        repaired: Those of the repaired one, at the offsets of the typed one.
        is_plain: The message was typed without any diacritic.
    """
    chosen = [entity for entity in typed if not (is_plain and _is_other_word(entity, repaired))]
    for entity in repaired:
        # What dates are without diacritics, the rules know better than the repair ("toi qua phuong").
        if is_plain and entity.name == "date":
            continue
        over = [other for other in chosen if other.start < entity.end and entity.start < other.end]
        is_same = any(_is_alike(other.name, entity.name) for other in over)
        is_wider = all(entity.start <= other.start and other.end <= entity.end for other in over)
        if entity.name == "relation" and entity.value.lower() in _KNOWN:
            continue
        is_second = entity.name in _ONE and any(other.name == entity.name for other in chosen)
        if (over and is_same and is_wider) or not (over or is_second):
            chosen = [*(other for other in chosen if other not in over), entity]
    return sorted(chosen, key=lambda entity: entity.start)


def _is_other_word(entity: Entity, repaired: list[Entity]) -> bool:
    """Tell whether a lone "ba", "bo" was meant as another word (bà, bỏ)."""
    is_lone = entity.name == "relation" and entity.value.isascii() and entity.value.isalpha()
    return is_lone and not any(other.start < entity.end and entity.start < other.end for other in repaired)


def _is_alike(name: str, other: str) -> bool:
    return name == other or {name, other} <= _PLACES


def _with_capitals(written: str, repaired: str) -> str:
    if written.isupper() and len(written) > 1:
        return repaired.upper()
    if written[0].isupper():
        return " ".join(part.capitalize() for part in repaired.split(" "))
    return repaired
