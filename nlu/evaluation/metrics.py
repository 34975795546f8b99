"""Figures of understanding with their 95 % intervals. Shares are 0..1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
N_BOOTSTRAP = 1000
SEED = 20261122


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % interval, all 0..1, and how many cases it rests on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Show as "0.934 (0.921–0.946, n=812)"."""
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f}, n={self.n})"


def share(hits: Sequence[bool]) -> Figure:
    """Share of hits with Wilson's score interval (Wilson 1927)."""
    n = len(hits)
    if not n:
        return Figure(float("nan"), 0.0, 1.0, 0)
    p = sum(hits) / n
    centre = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    spread = Z95 * sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    return Figure(p, max(0.0, centre - spread), min(1.0, centre + spread), n)


def macro_f1(expected: Sequence[str], found: Sequence[str]) -> float:
    """Mean of the F1 of every expected class."""
    scores = []
    for name in sorted(set(expected)):
        hits = sum(e == f == name for e, f in zip(expected, found, strict=True))
        n_expected, n_found = expected.count(name), found.count(name)
        scores.append(2 * hits / (n_expected + n_found) if n_expected + n_found else 0.0)
    return float(np.mean(scores)) if scores else float("nan")


def bootstrapped(
    expected: Sequence[str], found: Sequence[str], score: Callable[[Sequence[str], Sequence[str]], float]
) -> Figure:
    """A score of pairs with its percentile bootstrap interval; cases are drawn within their class."""
    rng = np.random.default_rng(SEED)
    classes = np.asarray(expected)
    groups = [np.flatnonzero(classes == name) for name in sorted(set(expected))]
    values = []
    for _ in range(N_BOOTSTRAP):
        drawn = np.concatenate([rng.choice(group, len(group)) for group in groups])
        values.append(score([expected[i] for i in drawn], [found[i] for i in drawn]))
    low, high = np.percentile(values, [2.5, 97.5])
    return Figure(score(expected, found), float(low), float(high), len(expected))


def calibration(
    confidences: Sequence[float], hits: Sequence[bool], n_bins: int = 10
) -> tuple[float, NDArray[np.float64]]:
    """Expected calibration error over bins of equal mass, and per bin (mean confidence, share right).

    Source: Nguyen & O'Connor 2015, adaptive binning of the error of Naeini et al. 2015.
    """
    order = np.argsort(confidences)
    bins = [part for part in np.array_split(order, n_bins) if len(part)]
    sure, right = np.asarray(confidences, float), np.asarray(hits, float)
    points = np.array([[sure[part].mean(), right[part].mean()] for part in bins])
    weights = np.array([len(part) for part in bins]) / len(order)
    return float((weights * np.abs(points[:, 0] - points[:, 1])).sum()), points


def f1(n_hits: int, n_expected: int, n_found: int) -> float:
    """Harmonic mean of precision and recall; 1 when there was nothing to find and nothing was found."""
    total = n_expected + n_found
    return 2 * n_hits / total if total else 1.0
