"""Trains pipelines on the same examples and lets them understand the test sentences. Runs in Rasa's environment."""

import asyncio
import hashlib
import json
import logging
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
import yaml
from rasa.core.agent import Agent

from nlu.evaluation.cases import ROOT
from nlu.train import cpu_seconds, environment

WORK = ROOT / "var" / "evaluation"
PIPELINES = Path(__file__).resolve().parent / "pipelines"
PER_INTENT, SEED = 60, 1
OURS = ROOT / "var" / "models" / "model.tar.gz"


def sample() -> Path:
    """Write the same number of today's examples of every intent, drawn by a fixed seed; gives the file.

    Stock DIET needs about six minutes an epoch for all of them on two cores, ten hours for its hundred.
    """
    groups: dict[str, list[str]] = {}
    for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            groups.setdefault(group["intent"], []).extend(group["examples"].splitlines())
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    drawn = [
        {"intent": intent, "examples": "\n".join(rng.sample(lines, min(PER_INTENT, len(lines)))) + "\n"}
        for intent, lines in sorted(groups.items())
    ]
    path = WORK / "sample.yml"
    WORK.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": drawn}, allow_unicode=True), encoding="utf-8")
    return path


def sample_hash() -> str:
    """Hash the sample: what two pipelines must share to be compared."""
    return hashlib.sha256(sample().read_bytes()).hexdigest()[:16]


def train(config: Path) -> tuple[Path, float]:
    """Give a pipeline's model of the sample, and the processor seconds of its training.

    Raises:
        RuntimeError: Training failed; its last lines are in the text.
    """
    folder, examples = WORK / "models", sample()
    stamp = hashlib.sha256(config.read_bytes() + examples.read_bytes()).hexdigest()[:12]
    model = folder / f"{config.stem}-{stamp}.tar.gz"
    timed = model.with_suffix(".seconds")
    if model.exists():
        return model, float(timed.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", str(examples)]
    command += ["--domain", "domain.yml", "--out", str(folder), "--fixed-model-name", f"building-{config.stem}"]
    used = cpu_seconds()
    env = environment(WORK / "cache")
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{config.stem}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    seconds = cpu_seconds() - used
    timed.write_text(str(seconds))
    (folder / f"building-{config.stem}.tar.gz").replace(model)
    return model, seconds


def parse(model: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Understand texts with a model; each result has Rasa's parse and ``ms``."""
    return asyncio.run(_parse(model, texts))


async def _parse(model: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    # Rasa logs every parsed text at a level of its own.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    agent = Agent.load(str(model))
    await agent.parse_message("khởi động")
    results = []
    for text in texts:
        started = time.perf_counter()
        found = await agent.parse_message(text)
        ms = (time.perf_counter() - started) * 1000
        kept = {key: found.get(key) for key in ("intent", "intent_ranking", "entities")}
        results.append({**kept, "ms": ms})
    return results


def training_figures() -> dict[str, float]:
    """Give what ``make train`` noted of its last run: seconds, and seconds per 2,000 examples; {} if nothing."""
    path = ROOT / "var" / "models" / "training.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
