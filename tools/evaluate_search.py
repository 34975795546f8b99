"""Measures the procedure search on blind questions, beside simpler searches on the same texts (``make eval``)."""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import bm25s
import numpy as np
import yaml

from bot.settings import ROOT
from knowledge.base import KnowledgeBase
from knowledge.candidates import Candidate, candidates
from knowledge.evidence import COLUMNS, Evidence
from knowledge.lexical import words
from knowledge.load import load_content
from knowledge.reading import QuestionReader
from knowledge.types import SearchResult
from nlu.encoder.runtime import CivicEncoder
from nlu.evaluation.metrics import Figure, share
from nlu.vietnamese.fold import fold
from nlu.vietnamese.tokenize import syllables

RECORDS = ROOT / "data" / "procedures"
INDEX = ROOT / "var" / "index"
QUESTIONS = ROOT / "tests" / "search" / "questions.yml"
USES = ROOT / "docs" / "evaluation" / "search-uses.jsonl"
# Reciprocal rank fusion's constant (Cormack, Clarke, Büttcher 2009).
_RRF = 60


@dataclass(frozen=True)
class Case:
    """A blind question; ``codes`` are all that answer it."""

    text: str
    codes: frozenset[str]
    aspect: str
    kind: str
    is_unclear: bool


def load(half: str) -> list[Case]:
    """Read one half."""
    rows = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return [
        Case(row["text"], frozenset(row["codes"]), row["aspect"], row["kind"], bool(row.get("clarify")))
        for row in rows
        if row["half"] == half
    ]


def report(half: str) -> str:
    """Give the section on search."""
    cases = load(half)
    embedder = CivicEncoder()
    knowledge = KnowledgeBase.load(RECORDS, INDEX, embedder, reader=QuestionReader.load())
    found = [knowledge.search(case.text) for case in cases]
    twins = [knowledge.search(fold(case.text)) for case in cases if case.kind == "plain"]
    simple = simpler(cases, embedder)
    figures = measure(cases, found, twins)
    note_use(half, figures)
    return render(half, cases, found, figures, simple)


def measure(cases: Sequence[Case], found: Sequence[SearchResult], twins: Sequence[SearchResult]) -> dict[str, Figure]:
    """Compute all figures."""
    pairs = list(zip(cases, found, strict=True))
    inside = [(case, result) for case, result in pairs if case.codes]
    outside = [result for case, result in pairs if not case.codes]
    plain = [(case, result) for case, result in pairs if case.kind == "plain"]
    return {
        "first": share([is_right(case, result, 1) for case, result in inside]),
        "three": share([is_right(case, result, 3) for case, result in inside]),
        "plain": share([is_right(case, result, 1) for case, result in plain if case.codes]),
        "twins": share([is_right(c, t, 1) for (c, _), t in zip(plain, twins, strict=True) if c.codes]),
        "aspect": share([(result.aspect or "overview") == case.aspect for case, result in inside]),
        "silent_outside": share([result.decision == "abstain" for result in outside]),
        "silent_inside": share([result.decision == "abstain" for _, result in inside]),
        "wrong": share([result.decision == "answer" and not is_right(case, result, 1) for case, result in pairs]),
        "told": share([result.decision in ("answer", "human") for _, result in inside]),
        "asked_back": share([result.decision == "clarify" for case, result in inside if case.is_unclear]),
    }


def is_right(case: Case, result: SearchResult, k: int) -> bool:
    """Say whether one of the first ``k`` answers the question."""
    return any(hit.code in case.codes for hit in result.hits[:k])


def simpler(cases: Sequence[Case], embedder: CivicEncoder) -> dict[str, Figure]:
    """Find the first record with simpler searches, on the same names, known questions and texts."""
    content = load_content(RECORDS)
    listed = [candidate for candidate in candidates(content) if candidate.code]
    evidence = Evidence(listed, INDEX, embedder)
    typed = [candidate_text(candidate) for candidate in listed]
    marked = _bm25(typed, lambda text: syllables(text))
    folded = _bm25(typed, words)
    reader = QuestionReader()
    near = COLUMNS.index("whole_near_name"), COLUMNS.index("whole_near_question"), COLUMNS.index("whole_near_summary")

    def dense(text: str) -> Any:
        return evidence.table(reader.read(text))[:, near].max(axis=1)

    def fused(text: str) -> Any:
        ranks = [np.argsort(np.argsort(-scores)) for scores in (folded(text), dense(text))]
        return sum(1 / (_RRF + rank + 1) for rank in ranks)

    searches = {
        "BM25, words with diacritics": marked,
        "BM25, folded words and pairs": folded,
        "vectors alone": dense,
        "both, reciprocal ranks": fused,
    }
    inside = [case for case in cases if case.codes]
    return {
        name: share([listed[int(np.argmax(scores(case.text)))].code in case.codes for case in inside])
        for name, scores in searches.items()
    }


def candidate_text(candidate: Candidate) -> str:
    """Give all texts of a candidate as one."""
    return "\n".join([*candidate.names, *candidate.questions, candidate.text])


def _bm25(texts: Sequence[str], split: Callable[[str], list[str]]) -> Callable[[str], Any]:
    index = bm25s.BM25()
    index.index([split(text) for text in texts], show_progress=False)
    return lambda text: np.asarray(index.get_scores(split(text) or [" "]))


def render(
    half: str,
    cases: Sequence[Case],
    found: Sequence[SearchResult],
    figures: Mapping[str, Figure],
    simple: Mapping[str, Figure],
) -> str:
    """Write the section."""
    drop = (figures["plain"].value - figures["twins"].value) * 100
    folded = simple["BM25, folded words and pairs"]
    rows = [
        ("right record first", "≥ 0.92", figures["first"], figures["first"].value >= 0.92),
        ("among the first three", "≥ 0.98", figures["three"], figures["three"].value >= 0.98),
        (
            "errors beside folded BM25",
            "≤ half",
            f"{(1 - figures['first'].value) / (1 - folded.value):.2f}",
            1 - figures["first"].value <= (1 - folded.value) / 2,
        ),
        ("drop of plain questions without diacritics", "≤ 2 points", f"{drop:.1f} points", drop <= 2),
        ("aspect", "≥ 0.95", figures["aspect"], figures["aspect"].value >= 0.95),
        ("no right record: abstained", "≥ 0.90", figures["silent_outside"], figures["silent_outside"].value >= 0.90),
        ("right record exists: abstained", "≤ 0.04", figures["silent_inside"], figures["silent_inside"].value <= 0.04),
        ("told another procedure", "≤ 0.02", figures["wrong"], figures["wrong"].value <= 0.02),
        ("right record exists: told at once", "", figures["told"], None),
        ("unclear questions asked back", "", figures["asked_back"], None),
        ("milliseconds, p50", "", f"{statistics.median(result.ms for result in found):.1f}", None),
    ]
    reached = {True: "yes", False: "**no**", None: ""}
    lines = [
        f"## Procedure search, {half} half",
        "",
        f"`tests/search/questions.yml`: {len(cases)} questions written by people who had seen neither records, index "
        "nor code, before any tuning. " + ("Tuned on." if half == "development" else "Not tuned on."),
        "",
        "| figure | goal | measured | reached |",
        "|---|---|---|---|",
        *(f"| {name} | {goal} | {value} | {reached[is_reached]} |" for name, goal, value, is_reached in rows),
        "",
        "| search, on the same names, known questions and texts | right record first |",
        "|---|---|",
        *(f"| {name} | {figure} |" for name, figure in simple.items()),
        f"| ours | {figures['first']} |",
        "",
        "| kind | right record first |",
        "|---|---|",
    ]
    for kind in sorted({case.kind for case in cases}):
        hits = [is_right(c, r, 1) for c, r in zip(cases, found, strict=True) if c.codes and c.kind == kind]
        lines.append(f"| {kind} | {share(hits)} |")
    return "\n".join([*lines, "", _uses(), ""])


def note_use(half: str, figures: Mapping[str, Figure]) -> None:
    """Log a use of the final half."""
    if half == "final":
        row = {"date": str(datetime.now(UTC).date()), "first": round(figures["first"].value, 4)}
        with USES.open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")


def _uses() -> str:
    rows = [json.loads(line) for line in USES.read_text(encoding="utf-8").splitlines()] if USES.exists() else []
    return "Uses of the final half: " + ("; ".join(f"{row['date']} ({row['first']})" for row in rows) or "none yet.")
