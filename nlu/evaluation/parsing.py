"""Trains pipelines on the same examples and lets them understand the test sentences. Runs in Rasa's environment."""

import asyncio
import hashlib
import json
import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent

from nlu.evaluation.cases import ROOT
from nlu.train import cpu_seconds, environment

WORK = ROOT / "var" / "evaluation"
PIPELINES = Path(__file__).resolve().parent / "pipelines"
OURS = ROOT / "var" / "models" / "model.tar.gz"


def data_hash() -> str:
    """Hash all training examples: what two pipelines must share to be compared."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def train(name: str) -> tuple[Path, float]:
    """Give a stock pipeline's model of today's examples, and the processor seconds of its training.

    Raises:
        RuntimeError: Training failed; its last lines are in the text.
    """
    folder, config = WORK / "models", PIPELINES / f"{name}.yml"
    stamp = hashlib.sha256(config.read_bytes() + data_hash().encode()).hexdigest()[:12]
    model = folder / f"{name}-{stamp}.tar.gz"
    timed = model.with_suffix(".seconds")
    if model.exists():
        return model, float(timed.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", "data/nlu"]
    command += ["--domain", "domain.yml", "--out", str(folder), "--fixed-model-name", f"building-{name}"]
    used = cpu_seconds()
    env = environment(WORK / "cache")
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    seconds = cpu_seconds() - used
    timed.write_text(str(seconds))
    (folder / f"building-{name}.tar.gz").replace(model)
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
