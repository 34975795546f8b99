"""Word matching on folded text: BM25 over whole records, and how well a question covers one of a record's names."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.aspects import read
from nlu.vietnamese.fold import fold
from nlu.vietnamese.tokenize import syllables

Scores = NDArray[np.float32]


def terms(runs: Iterable[Sequence[str]]) -> list[str]:
    """Return syllables and neighbouring pairs: most Vietnamese words have two syllables."""
    found: list[str] = []
    for run in runs:
        found += run
        found += [f"{left} {right}" for left, right in pairwise(run)]
    return found


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The record's name that fits a question best: share of common words (0..1), and whether they are the same."""

    score: float
    name: str
    is_exact: bool


class Lexicon:
    """Word index of records; ``names[i]`` and ``texts[i]`` belong to record i."""

    def __init__(self, names: Sequence[Sequence[str]], texts: Sequence[str]) -> None:
        self._names: list[tuple[int, str]] = []
        per_name: list[set[str]] = []
        for record, group in enumerate(names):
            for name in group:
                question = read(name)
                runs = question.runs or (tuple(fold(word) for word in syllables(name)),)
                per_name.append(set(terms(runs)))
                self._names.append((record, name))
        documents = Counter(term for group in self._by_record(per_name) for term in group)
        # BM25's idf (Robertson, Zaragoza 2009), over records: a word in every record tells nothing.
        self._idf = {term: math.log(1 + (len(names) - n + 0.5) / (n + 0.5)) for term, n in documents.items()}
        self._unknown = math.log(1 + (len(names) + 0.5) / 0.5)
        self._mass = np.array([sum(self._idf[term] for term in group) for group in per_name], np.float32)
        self._postings: dict[str, list[int]] = {}
        for place, found in enumerate(per_name):
            for term in found:
                self._postings.setdefault(term, []).append(place)
        self._bm25 = bm25s.BM25()
        self._bm25.index([terms([[fold(word) for word in syllables(text)]]) for text in texts], show_progress=False)
        self.n_records = len(names)

    def _by_record(self, per_name: list[set[str]]) -> list[set[str]]:
        groups: dict[int, set[str]] = {}
        for (record, _), group in zip(self._names, per_name, strict=True):
            groups.setdefault(record, set()).update(group)
        return list(groups.values())

    def match_texts(self, runs: Iterable[Sequence[str]]) -> Scores:
        """Return BM25 per record, squeezed to 0..1 (a score of 8 becomes 0.5)."""
        query = terms(runs)
        if not query:
            return np.zeros(self.n_records, np.float32)
        raw = np.asarray(self._bm25.get_scores(query), np.float32)
        return np.asarray(raw / (raw + 8.0), np.float32)

    def match_names(self, runs: Sequence[Sequence[str]]) -> list[NameMatch]:
        """Return for each record its best name: harmonic mean of both coverages, words weighted by idf."""
        query = set(terms(runs))
        common = np.zeros(len(self._names), np.float32)
        for term in query:
            common[self._postings.get(term, [])] += self._idf.get(term, 0.0)
        wanted = sum(self._idf.get(term, self._unknown) for term in query)
        scores = 2 * common / np.maximum(self._mass + wanted, 1e-6)
        best = [NameMatch(0.0, "", False)] * self.n_records
        for place in np.flatnonzero(scores):
            record, name = self._names[place]
            if scores[place] > best[record].score:
                best[record] = NameMatch(float(scores[place]), name, bool(scores[place] > 0.999))
        return best
