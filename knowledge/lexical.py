"""Word matching on folded text: BM25 over texts, and how well a question covers a procedure's names."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.aspects import read
from nlu.vietnamese.fold import fold
from nlu.vietnamese.tokenize import syllables

Scores = NDArray[np.float32]
_SAME = 0.999


def terms(runs: Iterable[Sequence[str]]) -> list[str]:
    """Return syllables and neighbouring pairs: most Vietnamese words have two syllables."""
    found: list[str] = []
    for run in runs:
        found += run
        found += [f"{left} {right}" for left, right in pairwise(run)]
    return found


def words(text: str) -> list[str]:
    """Return the folded terms of a text."""
    return terms([[fold(word) for word in syllables(text)]])


class Words:
    """BM25 (Robertson, Zaragoza 2009) over texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._n_texts = len(texts)
        self._index: Any = bm25s.BM25()
        # A text without words would break the index.
        self._index.index([words(text) or [" "] for text in texts], show_progress=False)

    def scores(self, wanted: Sequence[str]) -> Scores:
        """Return the score of each text for terms, (n,), 0 and more."""
        if not wanted:
            return np.zeros(self._n_texts, np.float32)
        return np.asarray(self._index.get_scores(list(wanted)), np.float32)


class Names:
    """How well a question fits the best name of each procedure; ``names[i]`` belong to procedure i."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        self._n_procedures = len(names)
        owners: list[int] = []
        per_name: list[set[str]] = []
        per_owner: list[set[str]] = [set() for _ in names]
        for owner, group in enumerate(names):
            for name in group:
                found = set(terms(read(name).runs or (tuple(fold(word) for word in syllables(name)),)))
                owners.append(owner)
                per_name.append(found)
                per_owner[owner] |= found
        documents = Counter(term for group in per_owner for term in group)
        # BM25's idf, over procedures: a word in every one tells nothing.
        n = len(names)
        self._idf = {term: math.log(1 + (n - count + 0.5) / (count + 0.5)) for term, count in documents.items()}
        self._unknown = math.log(1 + (n + 0.5) / 0.5)
        self._owners = np.array(owners, np.int64)
        self._mass = np.array([sum(self._idf[term] for term in group) for group in per_name], np.float32)
        postings: dict[str, list[int]] = {}
        for place, found in enumerate(per_name):
            for term in found:
                postings.setdefault(term, []).append(place)
        self._postings = {term: np.array(places, np.int64) for term, places in postings.items()}

    def match(self, runs: Sequence[Sequence[str]]) -> tuple[Scores, Scores]:
        """Compare a question's words with all names.

        Returns:
            For each procedure its best name's harmonic mean of both coverages, words weighted by idf, 0..1; and 1.0
            where a name has the same words.
        """
        query = set(terms(runs))
        common = np.zeros(len(self._mass), np.float32)
        for term in query & self._postings.keys():
            common[self._postings[term]] += self._idf[term]
        wanted = sum(self._idf.get(term, self._unknown) for term in query)
        fits = 2 * common / np.maximum(self._mass + wanted, 1e-6)
        best = np.zeros(self._n_procedures, np.float32)
        np.maximum.at(best, self._owners, fits)
        return best, (best > _SAME).astype(np.float32)
