"""Tells which aspect a question asks for, where its phrases do not: a linear model over words, characters and vector.

What it learned stands in ``knowledge/aspect_model.npz``, written by ``make tune``.
"""

import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.aspects import Question
from knowledge.types import ASPECTS, Aspect
from nlu.vietnamese.fold import fold
from nlu.vietnamese.tokenize import syllables

MODEL = Path(__file__).with_suffix(".npz")
BUCKETS = 8192
_VECTOR_WEIGHT = 3.0  # beside the rows of counts, whose length is 1
PHRASE = 0.7
"""What a phrase that names one aspect adds to its score (nats): it is right nine times of ten."""
_LAST = 4  # the last words often carry what is asked

Rows = NDArray[np.float32]


class AspectModel:
    """Weights of the linear model; ``centre`` is the mean of all vectors that it learned from."""

    def __init__(self, aspects: Sequence[str], weights: Rows, bias: Rows, centre: Rows, embedder: str) -> None:
        self.aspects = tuple(next(known for known in ASPECTS if known == name) for name in aspects)
        self._weights, self._bias = weights.astype(np.float32), bias.astype(np.float32)
        self.centre = centre
        self.embedder = embedder

    @classmethod
    def load(cls, path: Path = MODEL) -> Self | None:
        """Read what was learned; None when there is nothing."""
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as stored:
            parts = (stored["weights"], stored["bias"], stored["centre"])
            return cls(stored["aspects"].tolist(), *parts, str(stored["embedder"]))

    def save(self, path: Path = MODEL) -> None:
        """Write what was learned, in half precision."""
        np.savez_compressed(
            path,
            aspects=np.array(self.aspects),
            weights=self._weights.astype(np.float16),
            bias=self._bias,
            centre=self.centre,
            embedder=np.array(self.embedder),
        )

    def aspect(self, question: Question, vector: Rows) -> Aspect:
        """Give the likeliest aspect.

        Args:
            question: Repaired and taken apart.
            vector: Of its whole text, (384,), by the embedder that the model was learned with.
        """
        scores = features(question, vector - self.centre) @ self._weights + self._bias
        if len(question.aspects) == 1:
            scores[self.aspects.index(question.aspects[0])] += PHRASE
        return self.aspects[int(scores.argmax())]


def features(question: Question, vector: Rows) -> Rows:
    """Return one row: counted words and characters (hashed), the phrases found, the vector; (n,)."""
    words = [fold(word) for word in syllables(question.text)]
    counts = np.zeros(BUCKETS, np.float32)
    for term in _terms(words):
        counts[zlib.crc32(term.encode()) % BUCKETS] += 1.0
    counts = np.log1p(counts)
    counts /= max(float(np.linalg.norm(counts)), 1e-6)
    phrases = np.array([float(aspect in question.aspects) for aspect in ASPECTS], np.float32)
    signs = np.array([question.is_how, question.is_if_needed, question.has_subject], np.float32)
    return np.concatenate([counts, phrases, signs, _VECTOR_WEIGHT * vector]).astype(np.float32)


def _terms(words: Sequence[str]) -> list[str]:
    found = list(words)
    found += [f"{left} {right}" for left, right in pairwise(words)]
    found += [" ".join(words[start : start + 3]) for start in range(len(words) - 2)]
    found += [f"end:{word}" for word in words[-_LAST:]]
    found += [f"start:{word}" for word in words[:2]]
    for word in words:
        marked = f" {word} "
        found += [f"c:{marked[start : start + 3]}" for start in range(len(marked) - 2)]
    return found
