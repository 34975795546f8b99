"""Draws the report's pictures into ``docs/images``. Runs in Rasa's environment, which has matplotlib."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

from nlu.evaluation.cases import ROOT
from nlu.evaluation.figures import Report

mpl.use("Agg")
from matplotlib import pyplot as plt

IMAGES = ROOT / "docs" / "images"
GOAL_KIND = 0.85


def draw(report: Report, skills: Mapping[str, str], pairs: Sequence[tuple[str, str]], half: str) -> list[Path]:
    """Draw confusion of skills, calibration and share right by kind; returns the files.

    Args:
        report: Figures of the half.
        skills: Intent → skill.
        pairs: Expected and found intent of every sentence.
        half: Name in the titles.
    """
    IMAGES.mkdir(parents=True, exist_ok=True)
    return [_confusion(skills, pairs, half), _calibration(report, half), _kinds(report, half)]


def _save(name: str) -> Path:
    path = IMAGES / f"evaluation-{name}.png"
    plt.tight_layout()
    plt.savefig(path, dpi=110, metadata={"Software": None})
    plt.close()
    return path


def _confusion(skills: Mapping[str, str], pairs: Sequence[tuple[str, str]], half: str) -> Path:
    names = sorted(set(skills.values()))
    counts = np.zeros((len(names), len(names)))
    for expected, found in pairs:
        counts[names.index(skills[expected]), names.index(skills.get(found, "out_of_scope"))] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    _, axes = plt.subplots(figsize=(8.5, 7.5))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(len(names)):
        for column in range(len(names)):
            if counts[row, column]:
                colour = "white" if shares[row, column] > 0.5 else "black"
                axes.text(column, row, int(counts[row, column]), ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("understood as")
    axes.set_ylabel("meant")
    axes.set_title(f"Skills, {half} half (sentences; colour: share of the row)")
    return _save("confusion")


def _calibration(report: Report, half: str) -> Path:
    _, axes = plt.subplots(figsize=(5.5, 5))
    axes.plot([0, 1], [0, 1], "--", color="grey", label="ideal")
    axes.plot(report.bins[:, 0], report.bins[:, 1], "o-", label="10 bins of equal mass")
    axes.set_xlabel("mean confidence")
    axes.set_ylabel("share right")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.set_title(f"Calibration, {half} half (error {report.calibration_error:.3f})")
    axes.legend()
    return _save("calibration")


def _kinds(report: Report, half: str) -> Path:
    names = sorted(report.kinds, key=lambda kind: report.kinds[kind].value)
    figures = [report.kinds[name] for name in names]
    errors = [[f.value - f.low for f in figures], [f.high - f.value for f in figures]]
    _, axes = plt.subplots(figsize=(7.5, 4.5))
    axes.barh(names, [f.value for f in figures], xerr=errors, color="#3b7dd8", capsize=3)
    axes.axvline(GOAL_KIND, linestyle="--", color="grey", label=f"goal for the worst kind: {GOAL_KIND}")
    axes.set_xlim(0, 1)
    axes.set_xlabel("intent right, with 95 % interval")
    axes.set_title(f"By kind of writing, {half} half")
    axes.legend(loc="lower left")
    return _save("kinds")
