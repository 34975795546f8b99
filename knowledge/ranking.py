"""How evidence becomes an order and a decision; the numbers stand in ``ranking.yml``, written by ``make tune``."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any, Self

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.evidence import COLUMNS, Table
from knowledge.types import Decision

FILE = Path(__file__).with_suffix(".yml")
# What tells whether any procedure is right at all.
SIGNS = (
    *("first", "lead", "name_match", "near_name", "near_question", "words_best", "words_names", "share"),
    *("elsewhere_near", "elsewhere_words", "nearer", "wordier"),
)
# So many candidates compete: with thousands of procedures the chance of the first must not shrink.
COMPETING = 20


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates in order of their chance.

    Attributes:
        order: Places of candidates, best first.
        chances: Of each place in ``order`` to be the right one, if any is; they sum to 1.
        inside: Probability that a right one is among them.
    """

    order: tuple[int, ...]
    chances: tuple[float, ...]
    inside: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The learned numbers for one kind of search (with vectors, or on words alone)."""

    columns: NDArray[np.float64]
    signs: NDArray[np.float64]
    bias: float

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Read one block of the file; columns that it does not name weigh nothing."""
        columns = np.array([float(content["columns"].get(name, 0.0)) for name in COLUMNS])
        signs = np.array([float(content["signs"].get(name, 0.0)) for name in SIGNS])
        return cls(columns, signs, float(content["bias"]))


class Ranking:
    """Weights and thresholds."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._with_vectors = Weights.read(content["with_vectors"])
        self._words_alone = Weights.read(content["words_alone"])
        self.answer_from = float(content["thresholds"]["answer"])
        self.inside_from = float(content["thresholds"]["inside"])
        self.offer_from = float(content["thresholds"]["offer"])

    @classmethod
    def load(cls, path: Path = FILE) -> Self:
        """Read the file."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def rank(self, table: Table, elsewhere: NDArray[np.float64], *, has_vectors: bool) -> Ranked:
        """Order candidates by their evidence.

        Args:
            table: A row for each.
            elsewhere: The row of what is asked and no record answers.
            has_vectors: Whether the columns of ``DENSE`` say something.
        """
        weights = self._with_vectors if has_vectors else self._words_alone
        scores = table @ weights.columns
        order = np.argsort(-scores, kind="stable")[:COMPETING]
        odds = np.exp(scores[order] - scores[order[0]])
        chances = odds / odds.sum()
        inside = 1 / (1 + exp(-float(signs(table, scores, elsewhere) @ weights.signs + weights.bias)))
        return Ranked(tuple(map(int, order)), tuple(map(float, chances)), inside)

    def decide(self, ranked: Ranked) -> Decision:
        """Answer when one stands out, ask when several are likely, abstain when nothing fits."""
        if ranked.inside < self.inside_from:
            return "abstain"
        return "answer" if ranked.chances[0] >= self.answer_from else "clarify"

    def likely(self, ranked: Ranked, most: int) -> int:
        """Say how many of the first candidates are worth offering, at least one."""
        return max(1, sum(chance >= self.offer_from for chance in ranked.chances[:most]))


def signs(table: Table, scores: NDArray[np.float64], elsewhere: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what tells whether any candidate is right, in the order of ``SIGNS``."""
    order = np.argsort(-scores, kind="stable")
    first, second = scores[order[0]], scores[order[1]] if len(order) > 1 else scores[order[0]] - 1.0
    top = table[order[0]]
    column = {name: top[COLUMNS.index(name)] for name in COLUMNS}
    other = {name: elsewhere[COLUMNS.index(name)] for name in COLUMNS}
    near_question = max(column["whole_near_question"], column["subject_near_question"])
    near_elsewhere = max(other["whole_near_question"], other["subject_near_question"])
    return np.array(
        [
            first / 10,
            (first - second) / 10,
            column["name_match"],
            max(column["whole_near_name"], column["subject_near_name"]),
            near_question,
            column["words_best"],
            column["words_names"],
            float(top.mean()),
            near_elsewhere,
            other["words_best"],
            near_question - near_elsewhere,
            column["words_best"] - other["words_best"],
        ]
    )
