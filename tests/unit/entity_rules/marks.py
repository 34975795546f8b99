"""Sentences with their entities marked as ``[words](entity)``, as the tables of this folder have them."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from nlu.entity_rules.types import Entity

HERE = Path(__file__).parent
NLU = HERE.parents[2] / "nlu"
_MARK = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)\)")
Spans = set[tuple[str, int, int]]


def read_marks(marked: str) -> tuple[str, Spans]:
    """Give the plain sentence and its marks: entity, start, end."""
    text, spans, end = "", set(), 0
    for mark in _MARK.finditer(marked):
        text += marked[end : mark.start()]
        spans.add((mark[2], len(text), len(text) + len(mark[1])))
        text += mark[1]
        end = mark.end()
    return text + marked[end:], spans


def read_table(*names: str) -> Iterator[tuple[str, str]]:
    """Give intent and marked sentence of every row of these tables."""
    for name in names:
        table: dict[str, list[str]] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
        for intent, sentences in table.items():
            yield from ((intent, sentence) for sentence in sentences)


def skills() -> dict[str, str]:
    """Give the skill of every intent."""
    intents = yaml.safe_load((NLU / "intents.yml").read_text(encoding="utf-8"))
    return {name: entry["skill"] for name, entry in intents.items()}


def as_spans(found: list[Entity]) -> Spans:
    """Give what was found as marks."""
    return {(entity.name, entity.start, entity.end) for entity in found}
