"""Measures the search over 2,600 procedures: part ``search`` of ``make bench``.

What exceeds the shipped records is made of their own texts: the name of one with the words of another.
"""

import random
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT
from knowledge.base import KnowledgeBase
from knowledge.load import load_content
from knowledge.reading import QuestionReader
from knowledge.search import Searcher
from knowledge.types import Content, ProcedureRecord
from nlu.encoder.runtime import CivicEncoder

N_RECORDS = 2600
N_ALIASES = 6  # an imported record has few
SEED = 20261122


def bench_search() -> dict[str, Any]:
    """Build the index, load it again, and ask the development half."""
    content = many(load_content(ROOT / "data" / "procedures"))
    rows = yaml.safe_load((ROOT / "tests" / "search" / "questions.yml").read_text(encoding="utf-8"))
    questions = [row["text"] for row in rows if row["half"] == "development"]
    reader = QuestionReader.load()
    reader.read("khởi động")
    with tempfile.TemporaryDirectory() as name:
        before = _resident_mb()
        started = time.monotonic()
        KnowledgeBase(Searcher(content, Path(name), CivicEncoder(), reader=reader))
        build_s = time.monotonic() - started
        started = time.monotonic()
        knowledge = KnowledgeBase(Searcher(content, Path(name), CivicEncoder(), reader=reader))
        load_s = time.monotonic() - started
        took = sorted(knowledge.search(text).ms for text in questions)
        resident_mb = _resident_mb() - before
    return {
        "records": len(content.records),
        "build_s": build_s,
        "load_s": load_s,
        "p50_ms": statistics.median(took),
        "p99_ms": took[int(len(took) * 0.99)],
        "resident_mb": resident_mb,
    }


def many(content: Content) -> Content:
    """Give 2,600 records: the shipped ones, and others made of pairs of them."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    shipped = list(content.records.values())
    records = dict(content.records)
    number = 0
    while len(records) < N_RECORDS:
        named, worded = rng.sample(shipped, 2)
        number += 1
        code = f"9.{number:06d}"
        records[code] = _mixed(code, named, worded, rng)
    return Content(records, content.rules, content.uncovered, content.questions)


def _mixed(code: str, named: ProcedureRecord, worded: ProcedureRecord, rng: random.Random) -> ProcedureRecord:
    aliases = tuple(f"{rng.choice(named.aliases)} {rng.choice(worded.aliases)}" for _ in range(N_ALIASES))
    changes = {
        "code": code,
        "name": f"{named.name} {worded.plain_name}",
        "plain_name": f"{named.plain_name}, {worded.plain_name}",
        "aliases": aliases,
        "not_to_confuse": (),
    }
    return worded.model_copy(update=changes)


def _resident_mb() -> float:
    """Give the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
