"""Whole sentences: every entity with its exact span, nothing else; and the same sentences in other spellings."""

import unicodedata
from collections import Counter
from collections.abc import Callable

import pytest

from nlu.entity_rules.extract import EntityRules
from nlu.evaluation.cases import unmark
from nlu.vietnamese.fold import fold
from tests.unit.entity_rules.marks import as_spans, read_marks, read_table, skills

ROWS = list(read_table("sentences.yml", "fresh_sentences.yml"))
SKILLS = skills()
CODES = ("dossier_code", "complaint_code", "phone", "cccd")


@pytest.mark.parametrize(("intent", "marked"), ROWS)
def test_exactly_the_marked_entities_are_found(rules: EntityRules, intent: str, marked: str) -> None:
    text, expected = read_marks(marked)
    found = rules.find(text, intent, SKILLS.get(intent, ""))
    assert as_spans(found) == expected, [(entity.name, text[entity.start : entity.end]) for entity in found]


def test_blind_sentences_are_mostly_right(rules: EntityRules) -> None:
    """Their figure may only rise; ``make eval`` has the one that counts."""
    right = wrong = 0
    for intent, marked in read_table("blind_sentences.yml"):
        cleaned, expected = masked(marked)
        found = as_spans(rules.find(cleaned, intent, SKILLS.get(intent, "")))
        right, wrong = right + len(found & expected), wrong + len(found ^ expected)
    assert 2 * right / (2 * right + wrong) >= 0.86


def masked(marked: str) -> tuple[str, set[tuple[str, int, int]]]:
    """Read a sentence as the application gets it: personal numbers masked."""
    text, spans = unmark(marked)
    return text, {(span.entity, span.start, span.end) for span in spans}


def plain(text: str) -> str:
    """Write without diacritics and capitals; every character stays one character."""
    return "".join(map(fold, text))


def capitals(text: str) -> str:
    """Write in capitals, as somebody who shouts; placeholders are the application's."""
    return "".join(part if part.startswith("<") else part.upper() for part in _parts(text))


def _parts(text: str) -> list[str]:
    return [piece for half in text.split(">") for piece in _with_end(half, text)]


def _with_end(half: str, text: str) -> list[str]:
    before, sign, inside = half.partition("<")
    return [before, f"<{inside}>"] if sign else [half]


@pytest.mark.parametrize(("write", "at_least"), [(plain, 0.965), (capitals, 0.98), (str.lower, 0.985)])
def test_other_spellings_find_nearly_the_same(rules: EntityRules, write: Callable[[str], str], at_least: float) -> None:
    counts: Counter[str] = Counter()
    for intent, marked in ROWS:
        text, expected = read_marks(marked)
        written = write(text)
        assert len(written) == len(text)
        found = as_spans(rules.find(written, intent, SKILLS.get(intent, "")))
        counts["right"] += len(found & expected)
        counts["wrong"] += len(found ^ expected)
        counts["codes missed"] += sum(name in CODES for name, _, _ in expected - found)
    assert 2 * counts["right"] / (2 * counts["right"] + counts["wrong"]) >= at_least
    assert counts["codes missed"] == 0


def test_decomposed_text_gives_its_own_offsets(rules: EntityRules) -> None:
    for intent, marked in ROWS:
        text, expected = read_marks(marked)
        decomposed = unicodedata.normalize("NFD", text)
        found = rules.find(decomposed, intent, SKILLS.get(intent, ""))
        parts = {(entity.name, unicodedata.normalize("NFC", decomposed[entity.start : entity.end])) for entity in found}
        assert parts == {(name, text[start:end]) for name, start, end in expected}
