"""Reads the blind test set (``tests/nlu/<skill>.yml``): sentences with intent, kind, half and marked entities."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu.vietnamese.masking import mask
from nlu.vietnamese.normalize import nfc

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS = ROOT / "tests" / "nlu"
KINDS = (
    "plain",
    "no_diacritics",
    "partial",
    "typo",
    "teencode",
    "south",
    "central",
    "north",
    "voice",
    "long",
    "mixed",
)
HALVES = ("development", "final")
_MARK = re.compile(r"\[([^\[\]]*)\]\(([a-z_]+)\)")


@dataclass(frozen=True, order=True)
class Span:
    """A marked entity: offsets in characters of the masked text."""

    start: int
    end: int
    entity: str


@dataclass(frozen=True)
class Case:
    """One sentence of the test set, as the pipeline gets it: NFC, personal numbers masked.

    Attributes:
        is_near: Shares words with an emergency but is none.
    """

    text: str
    intent: str
    kind: str
    half: str
    is_near: bool
    spans: tuple[Span, ...]


def load(half: str | None = None, folder: Path = TESTS) -> list[Case]:
    """Read all sentences, or those of one half, in the order of files and lines."""
    files = sorted(path for path in folder.glob("*.yml") if path.stem not in ("emergency_cases", "two_intents"))
    rows = [row for path in files for row in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return [case(row) for row in rows if half in (None, row["half"])]


def case(row: Mapping[str, Any]) -> Case:
    """Read one line.

    Raises:
        ValueError: A mark that is not closed.
    """
    text, spans = unmark(row["text"])
    return Case(text, row["intent"], row["kind"], row["half"], bool(row.get("near")), spans)


def unmark(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Take out the marks and mask personal numbers, as the application does; spans fit the result."""
    text, spans, end = "", [], 0
    marked = nfc(marked)
    for match in _MARK.finditer(marked):
        text += mask(marked[end : match.start()]).text
        value = mask(match[1]).text
        spans.append(Span(len(text), len(text) + len(value), match[2]))
        text += value
        end = match.end()
    text += mask(marked[end:]).text
    if re.search(r"\]\([a-z_]+\)", text):
        raise ValueError(f"mark not closed: {marked}")
    return text, tuple(spans)
