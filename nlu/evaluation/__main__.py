"""``python -m nlu.evaluation``: understands the blind test set with the trained model and writes the report.

    --half development|final   the final half is for reporting only; each use is logged in docs/evaluation/uses.jsonl
    --baselines                also train the pipelines to compare on the same sample (DIET: half an hour on two cores)

Writes ``var/evaluation/understanding.md`` (joined into docs/evaluation.md by ``make eval``), the pictures, and
``docs/evaluation/<commit>-<half>.json``.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from nlu.evaluation import cases, figures, parsing, pictures, render, two_wishes
from nlu.vietnamese.fold import fold

FOLDER = cases.ROOT / "docs" / "evaluation"
# Figures of a compared pipeline that are kept.
KEPT = ("macro_f1", "accuracy", "skill", "emergency_recall", "emergency_precision", "refused_outside", "parse_p50_ms")
COMPARED = {
    "ours": cases.ROOT / "config.yml",
    **{name: parsing.PIPELINES / f"{name}.yml" for name in ("sparse_logistic", "stock_diet")},
}


def main(arguments: list[str] | None = None) -> int:
    """Measure and write; 2 when there is no trained model."""
    parser = argparse.ArgumentParser(prog="python -m nlu.evaluation")
    parser.add_argument("--half", choices=cases.HALVES, default="development")
    parser.add_argument("--baselines", action="store_true")
    options = parser.parse_args(arguments)
    if not parsing.OURS.exists():
        sys.stderr.write("Chưa có mô hình: chạy make train.\n")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    parsing.WORK.mkdir(parents=True, exist_ok=True)
    rows = yaml.safe_load((cases.ROOT / "nlu" / "intents.yml").read_text(encoding="utf-8"))
    skills = {name: row["skill"] for name, row in rows.items()}
    sentences = cases.load(options.half)
    ours, found = measure(parsing.OURS, sentences, skills)
    wishes = two_wishes.measure(
        lambda texts: parsing.parse(parsing.OURS, texts), two_wishes.load(options.half), sentences
    )
    others = compared(sentences, skills, options.half, train=options.baselines)
    pairs = [(case.intent, result.intent) for case, result in zip(sentences, found, strict=True)]
    pictures.draw(ours, skills, pairs, options.half)
    note_use(ours, options.half)
    text = render.understanding(ours, wishes, others, options.half, uses(), parsing.training_figures())
    (parsing.WORK / "understanding.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def measure(
    model: Path, sentences: list[cases.Case], skills: dict[str, str]
) -> tuple[figures.Report, list[figures.Understood]]:
    """Understand all sentences and the stripped twins of the plain ones."""
    plain = [fold(case.text) for case in sentences if case.kind == "plain"]
    parsed = parsing.parse(model, [*(case.text for case in sentences), *plain])
    results = [figures.Understood.read(row) for row in parsed]
    found, twins = results[: len(sentences)], results[len(sentences) :]
    return figures.report(sentences, found, twins, skills), found


def compared(
    sentences: list[cases.Case], skills: dict[str, str], half: str, *, train: bool
) -> dict[str, dict[str, Any]]:
    """Give the figures of pipelines trained on the same sample, kept by its hash: nobody trains DIET twice."""
    path = FOLDER / "baselines.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    key = f"{parsing.sample_hash()}/{half}"
    for name, config in COMPARED.items() if train else ():
        if name != "ours" and name in known.get(key, {}):
            continue
        model, seconds = parsing.train(config)
        report, _ = measure(model, sentences, skills)
        kept = {figure: value for figure, value in plain(report).items() if figure in KEPT}
        known.setdefault(key, {})[name] = {**kept, "training_cpu_s": seconds}
        path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    found: dict[str, dict[str, Any]] = known.get(key, {})
    return found


def plain(report: figures.Report) -> dict[str, Any]:
    """Give a report as JSON."""
    content = dataclasses.asdict(report)
    return json.loads(json.dumps(content, default=lambda value: np.asarray(value).tolist()))  # type: ignore[no-any-return]


def note_use(report: figures.Report, half: str) -> None:
    """Save the figures by commit; a use of the final half is logged."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607
        cwd=cases.ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    row = {"date": str(datetime.now(timezone.utc).date()), "commit": commit or "unknown", "half": half}  # noqa: UP017
    (FOLDER / f"{row['commit']}-{half}.json").write_text(json.dumps({**row, **plain(report)}, indent=1) + "\n")
    if half == "final":
        with (FOLDER / "uses.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({**row, "macro_f1": round(report.macro_f1.value, 4)}) + "\n")


def uses() -> list[dict[str, Any]]:
    """Give the logged uses of the final half."""
    path = FOLDER / "uses.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


if __name__ == "__main__":
    sys.exit(main())
