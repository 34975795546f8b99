"""Finds procedures for a question. Knows nothing of conversations."""

import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from knowledge.aspect_model import AspectModel
from knowledge.aspects import Question
from knowledge.candidates import Candidate, candidates
from knowledge.evidence import Evidence
from knowledge.index import Progress
from knowledge.ranking import Ranked, Ranking
from knowledge.reading import QuestionReader
from knowledge.types import Aspect, Content, Decision, Hit, SearchResult
from nlu.encoder.base import Embedder

# A procedure without a record is only meant when its name is said this clearly.
_GAP_NAME = 0.5
_OFFERED = 3
_READ_KEPT = 256


class Searcher:
    """Searches a fixed set of records; safe to share between threads.

    Procedures without a record are searched too, so that a question about one of them is not answered with a neighbour.
    """

    def __init__(
        self,
        content: Content,
        index_dir: Path,
        embedder: Embedder | None,
        progress: Progress | None = None,
        reader: QuestionReader | None = None,
        ranking: Ranking | None = None,
    ) -> None:
        self.content = content
        self._records = content.records
        self._reader = reader or QuestionReader()
        self._candidates: list[Candidate] = candidates(content)
        self._evidence = Evidence(self._candidates, index_dir, embedder, progress)
        self._ranking = ranking or Ranking.load()
        self._has_vectors = embedder is not None
        model = AspectModel.load()
        self._aspects = model if embedder and model and model.embedder == embedder.name else None
        # A turn reads its question twice: to see what it is about, and to search.
        self.read = lru_cache(_READ_KEPT)(self._read)

    def _read(self, text: str) -> Question:
        """Repair a question and take it apart; the aspect is the likeliest, None if nothing is asked of it."""
        question = self._reader.read(text)
        if not self._aspects or not question.words:
            return question
        aspect: Aspect | None = self._aspects.aspect(question, self._evidence.vector(question))
        return replace(question, aspect=None if aspect == "overview" and not question.aspects else aspect)

    def prepare(self, text: str) -> None:
        """Embed a question that will probably be searched for."""
        question = self._reader.read(text)
        if question.has_subject:
            self._evidence.prepare(question)

    def search(self, text: str, k: int = 5) -> SearchResult:
        """Find the ``k`` nearest procedures; a procedure code in the text finds exactly that one."""
        started = time.perf_counter()
        question = self.read(text)
        code = next((word for word in map(_bare, text.split()) if word in self._records), None)
        hits: list[Hit] = []
        decision: Decision = "abstain"
        gap, inside = "", 1.0
        if code:
            hits, decision = [Hit(code, self._records[code].name, 1.0, "đúng mã")], "answer"
        elif question.has_subject:
            hits, decision, gap, inside = self._find(question, k)
        if decision == "answer" and self._records[hits[0].code].readiness == "human":
            decision = "human"
        elapsed = (time.perf_counter() - started) * 1000
        return SearchResult(decision, question.aspect, tuple(hits), round(elapsed, 2), gap, inside)

    def _find(self, question: Question, k: int) -> tuple[list[Hit], Decision, str, float]:
        table = self._evidence.table(question)
        n_records = len(self._records)
        gap, gap_match = self._evidence.gap(table, n_records)
        ranked = self._ranking.rank(table[:n_records], table[-1], has_vectors=self._has_vectors)
        decision = self._ranking.decide(ranked)
        own_match = self._evidence.name_match(table, ranked.order[0])
        if gap >= 0 and gap_match >= _GAP_NAME and gap_match > own_match:
            return self._hits(ranked, k), "abstain", self._candidates[gap].name, ranked.inside
        n_offered = k if decision != "clarify" else self._ranking.likely(ranked, _OFFERED)
        return self._hits(ranked, max(n_offered, 1)), decision, "", ranked.inside

    def _hits(self, ranked: Ranked, k: int) -> list[Hit]:
        return [
            Hit(
                self._candidates[place].code,
                self._candidates[place].name,
                round(chance * ranked.inside, 4),
                f"trong số này {chance:.2f}, có thủ tục đúng {ranked.inside:.2f}",
            )
            for place, chance in zip(ranked.order[:k], ranked.chances, strict=False)
        ]


def _bare(word: str) -> str:
    return word.strip(",;?.!()")
