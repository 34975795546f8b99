"""Measures understanding and search and writes docs/evaluation.md: ``make eval`` (HALF, SEARCH_HALF, BASELINES).

Understanding is measured in Rasa's environment (``nlu.evaluation``), search here.
"""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import yaml

from bot.settings import ROOT
from nlu.vietnamese.emergency import EmergencyList
from tools import evaluate_search

PAGE = ROOT / "docs" / "evaluation.md"
UNDERSTANDING = ROOT / "var" / "evaluation" / "understanding.md"


def read(path: str) -> Any:
    """Read a YAML file of the repository."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def understanding(options: list[str]) -> str:
    """Measure the trained model in its own environment; gives the section it wrote."""
    command = ["nlu/.venv/bin/python", "-W", "ignore", "-m", "nlu.evaluation", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_WAIT_POLICY": "PASSIVE"}
    environment["RASA_TELEMETRY_ENABLED"] = "false"
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return UNDERSTANDING.read_text(encoding="utf-8")


def emergencies() -> str:
    """The word list alone; the classifier comes on top."""
    words = EmergencyList(ROOT / "nlu" / "lists" / "emergency.yml")
    cases = read("tests/nlu/emergency_cases.yml")
    n_right = sum(words.find(c["text"]) == c["kind"] for c in cases["emergencies"])
    n_false = sum(bool(words.find(c["text"])) for c in cases["near_misses"])
    return "\n".join(
        [
            "## Emergency word list alone (what works when Rasa does not)",
            "",
            f"Cases that the list was written for: {n_right} of {len(cases['emergencies'])} found with the right kind,"
            f" {n_false} false alarms in {len(cases['near_misses'])} near misses.",
            "",
        ]
    )


def main(options: list[str]) -> int:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.evaluate")
    parser.add_argument("--search-half", choices=("development", "final"), default="development")
    chosen, others = parser.parse_known_args(options)
    head = f"# Evaluation\n\nWritten by `make eval` on {datetime.now(UTC).date()}; do not edit.\n"
    text = "\n".join([head, understanding(others), emergencies(), evaluate_search.report(chosen.search_half)])
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
