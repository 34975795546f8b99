"""Evidence becomes an order, chances and a decision."""

import numpy as np
import pytest
import yaml

from knowledge.evidence import COLUMNS
from knowledge.ranking import FILE, SIGNS, Ranked, Ranking
from tests.unit.knowledge.support import RANKING

NAME = COLUMNS.index("name_match")


def table(*name_matches: float) -> np.ndarray:
    rows = np.zeros((len(name_matches), len(COLUMNS)))
    rows[:, NAME] = name_matches
    return rows


def ranked(*name_matches: float) -> Ranked:
    return RANKING.rank(table(*name_matches), np.zeros(len(COLUMNS)), has_vectors=True)


def test_the_best_evidence_comes_first_and_chances_sum_to_one() -> None:
    found = ranked(0.2, 0.9, 0.5)
    assert found.order == (1, 2, 0)
    assert sum(found.chances) == pytest.approx(1)


@pytest.mark.parametrize(
    ("matches", "decision"),
    [((0.9, 0.1, 0.0), "answer"), ((0.9, 0.9, 0.0), "clarify"), ((0.1, 0.05, 0.0), "abstain"), ((0.9,), "answer")],
)
def test_decisions(matches: tuple[float, ...], decision: str) -> None:
    assert RANKING.decide(ranked(*matches)) == decision


def test_thousands_of_weak_candidates_do_not_shrink_the_chance_of_a_strong_one() -> None:
    few, many = ranked(0.9, *[0.1] * 30), ranked(0.9, *[0.1] * 3000)
    assert many.chances[0] == pytest.approx(few.chances[0])


def test_as_many_are_offered_as_are_likely() -> None:
    assert RANKING.likely(ranked(0.9, 0.88, 0.1, 0.0), 3) == 2
    assert RANKING.likely(ranked(0.9, 0.0), 3) == 1


def test_the_file_names_only_what_exists() -> None:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for block in ("with_vectors", "words_alone"):
        assert set(content[block]["columns"]) <= set(COLUMNS)
        assert set(content[block]["signs"]) == set(SIGNS)
    assert Ranking(content).answer_from > 0
