"""Learns the numbers of the search and writes knowledge/ranking.yml and knowledge/aspect_model.npz: ``make tune``.

Weights are learned from the known questions (``data/procedures/questions``), each of which is hidden while it is
asked, and from the development half of ``tests/search/questions.yml``; what is no question on a procedure comes from
other intents' templates. Thresholds are chosen on the development half.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bot.settings import ROOT
from knowledge import aspect_model, ranking
from knowledge.candidates import candidates
from knowledge.evidence import COLUMNS, DENSE, Evidence
from knowledge.load import load_content
from knowledge.reading import QuestionReader
from knowledge.types import KnownQuestion
from nlu.encoder.base import Embedder
from nlu.encoder.runtime import CivicEncoder
from nlu.utterances import load_files, samples_of

RECORDS = ROOT / "data" / "procedures"
TESTS = ROOT / "tests" / "search" / "questions.yml"
# Intents whose sentences are no questions on a procedure, and how many of them are shown.
ELSEWHERE = ("complaint_", "directory_", "notice_", "account_", "out_of_scope", "smalltalk_", "dossier_")
N_ELSEWHERE = 700
PULL = 3e-4  # of the weights to 0
SEED = 1
# Goals of the thresholds on the development half.
MOST_LOST, MOST_WRONG = 0.035, 0.018


@dataclass
class Asked:
    """Questions with their evidence.

    Attributes:
        tables: (n, records, columns).
        elsewhere: The rows of what no record answers, (n, columns).
        right: 1 for each right record, (n, records); all 0 where none is.
    """

    tables: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    right: NDArray[np.float64]

    def __add__(self, other: "Asked") -> "Asked":
        """Put questions behind each other."""
        parts = zip(self._parts(), other._parts(), strict=True)
        return Asked(*(np.concatenate(pair) for pair in parts))

    def _parts(self) -> tuple[NDArray[np.float64], ...]:
        return self.tables, self.elsewhere, self.right

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether a right record exists."""
        return np.asarray(self.right.sum(axis=1) > 0)


def learn_columns(asked: Asked, use: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximise the chance of the right records among all (conditional logit, McFadden 1974)."""
    tables, right = asked.tables[asked.inside] * use, asked.right[asked.inside]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = tables @ weights
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = odds / odds.sum(axis=1, keepdims=True)
        hit = np.maximum((chances * right).sum(axis=1, keepdims=True), 1e-12)
        slope = np.einsum("nc,ncf->f", chances - chances * right / hit, tables) / len(tables)
        value = float(-np.log(hit).mean() + PULL / 2 * weights @ weights)
        return value, slope + PULL * weights

    found = minimize(loss, np.zeros(len(COLUMNS)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x * use)


def learn_signs(asked: Asked, columns: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Learn whether any record is right."""
    pairs = zip(asked.tables, asked.elsewhere, strict=True)
    rows = np.stack([ranking.signs(table, table @ columns, elsewhere) for table, elsewhere in pairs])
    fitted = LogisticRegression(C=10.0, max_iter=1000).fit(rows, asked.inside)
    return fitted.coef_[0], float(fitted.intercept_[0])


def block(asked: Asked, *, has_vectors: bool) -> dict[str, Any]:
    """Learn one block of the file."""
    use = np.array([1.0 if has_vectors or name not in DENSE else 0.0 for name in COLUMNS])
    columns = learn_columns(asked, use)
    signs, bias = learn_signs(Asked(asked.tables * use, asked.elsewhere * use, asked.right), columns)
    return {
        "columns": {name: round(float(w), 3) for name, w in zip(COLUMNS, columns, strict=True) if w},
        "signs": {name: round(float(w), 3) for name, w in zip(ranking.SIGNS, signs, strict=True)},
        "bias": round(bias, 3),
    }


def thresholds(content: dict[str, Any], asked: Asked) -> dict[str, float]:
    """Choose the least thresholds that keep the goals on the development half."""
    trial = ranking.Ranking({**content, "thresholds": {"answer": 0, "inside": 0, "offer": 0}})
    pairs = zip(asked.tables, asked.elsewhere, strict=True)
    ranked = [trial.rank(table, elsewhere, has_vectors=True) for table, elsewhere in pairs]
    inside = np.array([r.inside for r in ranked])
    lost = np.sort(inside[asked.inside])
    inside_from = float(lost[int(MOST_LOST * len(lost))])
    first = np.array([r.chances[0] for r in ranked])
    is_right = np.array([right[r.order[0]] > 0 for right, r in zip(asked.right, ranked, strict=True)])
    for answer_from in np.arange(0.2, 0.99, 0.01):
        told = (inside >= inside_from) & (first >= answer_from)
        if (told & ~is_right).mean() <= MOST_WRONG:
            break
    return {"answer": round(float(answer_from), 3), "inside": round(inside_from, 4), "offer": 0.08}


def ask(
    evidence: Evidence,
    reader: QuestionReader,
    rows: Sequence[tuple[str, Sequence[str]]],
    codes: list[str],
    *,
    hide: bool,
) -> Asked:
    """Gather the evidence for questions with their right codes; ``hide``: a question must not speak for itself."""
    tables, others, right = [], [], np.zeros((len(rows), len(codes)))
    for number, (text, wanted) in enumerate(rows):
        table = evidence.table(reader.read(text), text if hide else "")
        tables.append(table[: len(codes)])
        others.append(table[-1])
        for code in wanted:
            right[number, codes.index(code)] = 1.0
        if number % 200 == 0:
            sys.stdout.write(f"  {number}/{len(rows)} câu\n")
    return Asked(np.stack(tables), np.stack(others), right)


def elsewhere() -> list[str]:
    """Give sentences that are no questions on a procedure."""
    vocabulary, files = load_files()
    texts = [t for file in files if file.intent.startswith(ELSEWHERE) for t in samples_of(file, vocabulary)]
    return Random(SEED).sample(sorted(set(texts)), N_ELSEWHERE)  # noqa: S311 - repeatable, not secret


def learn_aspects(known: Sequence[KnownQuestion], reader: QuestionReader, embedder: Embedder) -> None:
    """Learn the aspects from all known questions."""
    questions = [reader.read(question.text) for question in known]
    vectors = embedder.embed_queries([question.text for question in questions])
    centre = vectors.mean(axis=0)
    rows = np.stack([aspect_model.features(q, v - centre) for q, v in zip(questions, vectors, strict=True)])
    fitted = LogisticRegression(C=5.0, max_iter=500).fit(rows, [question.aspect for question in known])
    aspect_model.AspectModel(fitted.classes_, fitted.coef_.T, fitted.intercept_, centre, embedder.name).save()


def main() -> int:
    """Learn and write."""
    content = load_content(RECORDS)
    codes, known = list(content.records), content.questions
    reader = QuestionReader.load()
    embedder = CivicEncoder()
    learn_aspects(known, reader, embedder)
    evidence = Evidence(candidates(content), ROOT / "var" / "index", embedder)
    rows = [(question.text, question.codes) for question in known if question.codes is not None]
    rows += [(text, ()) for text in elsewhere()]
    asked = ask(evidence, reader, rows, codes, hide=True)
    tests = [case for case in yaml.safe_load(TESTS.read_text(encoding="utf-8")) if case["half"] == "development"]
    development = ask(evidence, reader, [(case["text"], case["codes"]) for case in tests], codes, hide=False)
    both = asked + development
    learned: dict[str, Any] = {
        "with_vectors": block(both, has_vectors=True),
        "words_alone": block(both, has_vectors=False),
    }
    learned["thresholds"] = thresholds(learned, development)
    head = "# Written by `make tune` (tools/tune_search.py says from what); do not edit.\n"
    ranking.FILE.write_text(head + yaml.safe_dump(learned, sort_keys=False), encoding="utf-8")
    sys.stdout.write(f"Đã viết {ranking.FILE.name} và {aspect_model.MODEL.name}: {learned['thresholds']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
