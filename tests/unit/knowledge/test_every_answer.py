"""Every answer of every shipped record: each number, date and paper stands in a field of that record or its rules."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bot.settings import ROOT
from knowledge.answer import Reader, render
from knowledge.load import load_content
from knowledge.types import ASPECTS, Aspect, Hit, ProcedureRecord

CONTENT = load_content(ROOT / "data" / "procedures")
NUMBER = re.compile(r"\d+(?:[./]\d+)*")
READER = Reader("cô/chú", date(2026, 11, 22))
# 1022: whom to call; it stands in the frame of answers, not in records.
FRAME = {"1022"}


def leaves(value: Any) -> Iterator[Any]:
    """Give all texts, numbers and dates below a value."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    elif value is not None:
        yield value


def known_numbers(record: ProcedureRecord, aspect: Aspect) -> set[str]:
    """Give every number that an answer may show."""
    rules = [CONTENT.rules[key].model_dump() for key in record.city_rules]
    found = set(FRAME)
    for leaf in leaves([record.model_dump(), rules]):
        if isinstance(leaf, date):
            found.add(f"{leaf:%d/%m/%Y}")
        elif isinstance(leaf, int):
            found |= {str(leaf), f"{leaf:,}".replace(",", ".")}
        else:
            found |= set(NUMBER.findall(str(leaf)))
    if aspect == "steps":
        found |= {str(number) for number in range(1, len(record.steps) + 1)}
    if aspect == "overview":
        found |= {str(number) for number in range(len(record.documents) + len(record.fee))}  # "còn 3 loại"
    return found


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("code", CONTENT.records)
def test_every_number_of_an_answer_stands_in_its_record(code: str, aspect: Aspect) -> None:
    record = CONTENT.records[code]
    text = render(record, Hit(code, record.name, 1.0), aspect, CONTENT.rules, READER).text
    assert set(NUMBER.findall(text)) <= known_numbers(record, aspect)


# What only people may answer lists no papers.
TOLD = [code for code, record in CONTENT.records.items() if record.readiness != "human"]


@pytest.mark.parametrize("code", TOLD)
def test_every_paper_that_is_listed_is_one_of_the_record(code: str) -> None:
    record = CONTENT.records[code]
    text = render(record, Hit(code, record.name, 1.0), "documents", CONTENT.rules, READER).text.lower()
    listed = [line for line in text.splitlines() if line.startswith("• ")]
    assert len(listed) == len(record.documents)
    for line, document in zip(listed, record.documents, strict=True):
        assert document.name.lower() in line
