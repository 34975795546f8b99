"""What speaks for each procedure as the answer to a question: a row of numbers a procedure, from words and vectors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.aspects import Question
from knowledge.candidates import Candidate
from knowledge.index import DenseIndex, Progress
from knowledge.lexical import Names, Words, terms, words
from nlu.encoder.base import Embedder

Table = NDArray[np.float64]

# "whole": the question as asked; "subject": its words that may name a procedure. "near": the best name, the best known
# question, the summary, the mean of the best three names and questions. "words": BM25 (Robertson, Zaragoza 2009).
DENSE = tuple(
    f"{part}_near_{what}" for part in ("whole", "subject") for what in ("name", "question", "summary", "three")
)
WORDS = (
    *("name_match", "name_exact", "words_text", "words_names", "subject_words_text", "subject_words_names"),
    *("words_best", "words_three", "words_best_share", "words_hint"),
)
COLUMNS = (*DENSE, *WORDS)

# Cosines of this family of models crowd between these two.
_COSINES = (0.75, 1.0)
# The BM25 score that becomes 0.5: of a whole text, of one passage, of the best three.
_HALF_TEXT, _HALF_PASSAGE = 8.0, 15.0
_BEST = 3
_NAME, _QUESTION, _SUMMARY = range(3)


class Evidence:
    """Reads a fixed list of candidates once; safe to share between threads.

    Without an embedder the columns of ``DENSE`` are 0.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        index_dir: Path,
        embedder: Embedder | None,
        progress: Progress | None = None,
    ) -> None:
        self.n_candidates = len(candidates)
        passages = [
            (place, kind, text)
            for place, candidate in enumerate(candidates)
            for kind, texts in (
                (_NAME, candidate.names),
                (_QUESTION, candidate.questions),
                (_SUMMARY, (candidate.summary,) if candidate.summary else ()),
            )
            for text in texts
        ]
        self._texts = [text for _, _, text in passages]
        kinds = {kind: [(owner if k == kind else -1) for owner, k, _ in passages] for kind in range(3)}
        self._slots = [_slots(kinds[kind], self.n_candidates) for kind in range(3)]
        self._asked = _slots([owner if kind != _SUMMARY else -1 for owner, kind, _ in passages], self.n_candidates)
        self._dense = DenseIndex(self._texts, index_dir, embedder, progress) if embedder else None
        self._every = np.concatenate(self._slots, axis=1)
        self._names = Names([candidate.names for candidate in candidates])
        self._full = Words([candidate.text for candidate in candidates])
        self._named = Words(["\n".join(candidate.names) for candidate in candidates])
        self._passages = Words(self._texts)
        self._hints = Words([" ".join(candidate.hints) for candidate in candidates])

    def prepare(self, question: Question) -> None:
        """Embed a question beforehand."""
        if self._dense:
            for text in (question.text, question.subject):
                self._dense.embed(text)

    def vector(self, question: Question) -> Any:
        """Return the vector of the whole question.

        Raises:
            RuntimeError: There is no embedder.
        """
        if not self._dense:
            raise RuntimeError("no embedder")
        return self._dense.embed(question.text)[0]

    @staticmethod
    def name_match(table: Table, place: int) -> float:
        """Give how well a candidate's best name fits, 0..1."""
        return float(table[place, COLUMNS.index("name_match")])

    def gap(self, table: Table, n_records: int) -> tuple[int, float]:
        """Give the candidate without a record whose name fits best, and how well; (-1, 0.0) if there is none."""
        matches = table[n_records:-1, COLUMNS.index("name_match")]
        if not len(matches):
            return -1, 0.0
        place = int(matches.argmax())
        return n_records + place, float(matches[place])

    def table(self, question: Question, without: str = "") -> Table:
        """Return (n_candidates, columns), all about 0..1.

        Args:
            question: Repaired and taken apart.
            without: A known question that must not speak for itself (while learning).
        """
        hidden = np.array([text == without for text in self._texts]) if without else None
        columns = [*self._near(question, hidden), *self._by_words(question, hidden)]
        return np.stack(columns, axis=1).astype(np.float64)

    def _near(self, question: Question, hidden: Any) -> list[NDArray[Any]]:
        if not self._dense:
            return [np.zeros(self.n_candidates)] * len(DENSE)
        low, high = _COSINES
        columns = []
        for text in (question.text, question.subject):
            near = np.clip((self._dense.cosines(text) - low) / (high - low), 0.0, 1.0)
            scores = _open_ended(near, hidden)
            columns += [_best(scores, slots, 1) for slots in self._slots]
            columns.append(_best(scores, self._asked, _BEST))
        return columns

    def _by_words(self, question: Question, hidden: Any) -> list[NDArray[Any]]:
        whole, subject = words(question.text), terms(question.runs)
        matches, is_same = self._names.match(question.runs or (tuple(whole),))
        scores = _open_ended(self._passages.scores(whole), hidden)
        best, three = _best(scores, self._every, 1), _best(scores, self._asked, _BEST)
        texts, names = self._full.scores, self._named.scores
        return [
            matches,
            is_same,
            _squeezed(texts(whole), _HALF_TEXT),
            _squeezed(names(whole), _HALF_TEXT),
            _squeezed(texts(subject or whole), _HALF_TEXT),
            _squeezed(names(subject or whole), _HALF_TEXT),
            _squeezed(best, _HALF_PASSAGE),
            _squeezed(three, _HALF_PASSAGE),
            best / max(float(best.max()), 1e-6),
            _squeezed(self._hints.scores(whole), _HALF_TEXT),
        ]


def _squeezed(scores: NDArray[Any], half: float) -> NDArray[Any]:
    """Bring scores to 0..1; ``half`` becomes 0.5."""
    return np.asarray(scores / (scores + half))


def _slots(owners: Sequence[int], n_candidates: int) -> NDArray[np.int64]:
    """Give each candidate's places, (n_candidates, most), padded with one place past the last."""
    groups: list[list[int]] = [[] for _ in range(n_candidates)]
    for place, owner in enumerate(owners):
        if owner >= 0:
            groups[owner].append(place)
    width = max(_BEST, max(map(len, groups), default=0))
    return np.array([group + [len(owners)] * (width - len(group)) for group in groups], np.int64)


def _open_ended(scores: NDArray[Any], hidden: Any) -> NDArray[Any]:
    """Put a 0 past the last score, where padding points, and in hidden places."""
    kept = scores if hidden is None else np.where(hidden, 0.0, scores)
    return np.append(kept, 0.0)


def _best(scores: NDArray[Any], slots: NDArray[np.int64], n_best: int) -> NDArray[Any]:
    """Give each candidate's mean of its ``n_best`` highest scores."""
    own = scores[slots]
    found: NDArray[Any] = (
        own.max(axis=1) if n_best == 1 else np.partition(own, -n_best, axis=1)[:, -n_best:].mean(axis=1)
    )
    return found
