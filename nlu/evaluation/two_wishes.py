"""Measures messages with two wishes: is the second offered, and is one offered where there is none?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu import second_intent
from nlu.evaluation.cases import TESTS, Case, unmark
from nlu.evaluation.figures import FALLBACK
from nlu.evaluation.metrics import Figure, share

Parse = Callable[[Sequence[str]], list[dict[str, Any]]]


@dataclass(frozen=True)
class TwoWishes:
    """A message with two wishes, masked; ``intents`` are both, in any order."""

    text: str
    intents: frozenset[str]


@dataclass(frozen=True)
class TwoWishesReport:
    """Shares of messages.

    Attributes:
        both: With two wishes: both answered or offered.
        first: With two wishes: at least the answered one is right.
        needless: With one wish: a second is offered.
    """

    both: Figure
    first: Figure
    needless: Figure


def load(half: str, path: Path = TESTS / "two_intents.yml") -> list[TwoWishes]:
    """Read the messages of one half."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [TwoWishes(unmark(r["text"])[0], frozenset((r["first"], r["second"]))) for r in rows if r["half"] == half]


def measure(parse: Parse, two: Sequence[TwoWishes], single: Sequence[Case]) -> TwoWishesReport:
    """Understand messages as a turn does, clause by clause."""
    wishes = _wishes(parse, [case.text for case in two])
    pairs = list(zip(two, wishes, strict=True))
    return TwoWishesReport(
        both=share([case.intents <= set(found) for case, found in pairs]),
        first=share([found[0] in case.intents for case, found in pairs]),
        needless=share([len(found) > 1 for found in _wishes(parse, [case.text for case in single])]),
    )


def _wishes(parse: Parse, texts: Sequence[str]) -> list[list[str]]:
    """Give what is answered and, if one is, what is offered, for each text."""
    firsts = [_best(row) for row in parse(texts)]
    clauses = [second_intent.clauses(text, first) for text, first in zip(texts, firsts, strict=True)]
    understood = iter(parse([clause for parts in clauses for clause in parts]))
    found = []
    for first, parts in zip(firsts, clauses, strict=True):
        second = second_intent.find(first, [(part, next(understood)["intent"]) for part in parts])
        found.append([first, second["intent"]] if second else [first])
    return found


def _best(parsed: dict[str, Any]) -> str:
    ranking = [entry["name"] for entry in parsed["intent_ranking"] if entry["name"] != FALLBACK]
    return str(ranking[0]) if ranking else ""
