"""Finds procedures for a question: word matching and embeddings, fused. Knows nothing of conversations."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from knowledge.aspects import Question, read
from knowledge.index import DenseIndex, Passage, Progress
from knowledge.lexical import Lexicon
from knowledge.ranking import decide, fuse
from knowledge.types import Hit, ProcedureRecord, SearchResult, Uncovered
from nlu.encoder.base import Embedder

# About 64 tokens of the model.
_PASSAGE_SYLLABLES = 44


def _names(record: ProcedureRecord | Uncovered) -> list[str]:
    if isinstance(record, Uncovered):
        return [record.name, *record.aliases]
    return [record.name, record.plain_name, *record.aliases]


def _full_text(record: ProcedureRecord | Uncovered) -> str:
    if isinstance(record, Uncovered):
        return "\n".join(_names(record))
    parts = [*_names(record), record.body, record.agency, *record.where, *record.steps]
    parts += [f"{document.name} {document.when} {document.note}" for document in record.documents]
    parts += [fee.condition for fee in record.fee]
    return "\n".join(parts)


def _summary(record: ProcedureRecord) -> str:
    return " ".join(f"{record.name}. {record.body}".split()[:_PASSAGE_SYLLABLES])


class Searcher:
    """Searches a fixed set of records; safe to share between threads.

    Procedures without a record are searched too, so that a question about one of them is not answered with a neighbour.
    """

    def __init__(
        self,
        records: Mapping[str, ProcedureRecord],
        index_dir: Path,
        embedder: Embedder,
        progress: Progress | None = None,
        uncovered: Sequence[Uncovered] = (),
    ) -> None:
        self._records = records
        known: list[ProcedureRecord | Uncovered] = [*records.values(), *(u for u in uncovered if u.code not in records)]
        self._titles = [(record.code or "", record.name) for record in known]
        passages = [
            Passage(place, text)
            for place, record in enumerate(known)
            for text in dict.fromkeys([*_names(record), *([] if isinstance(record, Uncovered) else [_summary(record)])])
        ]
        self._dense = DenseIndex(passages, index_dir, embedder, progress)
        self._lexicon = Lexicon([_names(record) for record in known], [_full_text(record) for record in known])

    def prepare(self, question: Question) -> None:
        """Embed a question that will probably be searched for."""
        if question.has_subject:
            self._dense.embed(" ".join(question.words))

    def rank(self, question: Question) -> list[Hit]:
        """Return all procedures, those without a record too, best first; none when the question names nothing."""
        if not question.has_subject:
            return []
        return fuse(
            self._titles,
            self._dense.match(" ".join(question.words), is_folded=question.is_folded),
            self._lexicon.match_names(question.runs),
            self._lexicon.match_texts(question.runs),
            is_folded=question.is_folded,
        )

    def search(self, text: str, k: int = 5) -> SearchResult:
        """Find the ``k`` nearest procedures; a procedure code in the text finds exactly that one."""
        started = time.perf_counter()
        question = read(text)
        code = next((word for word in map(_bare, text.split()) if word in self._records), None)
        ranked = [Hit(code, self._records[code].name, 1.0, "đúng mã")] if code else self.rank(question)
        hits = [hit for hit in ranked if hit.code in self._records]
        gap = ""
        decision = decide(hits)
        if ranked and ranked[0].code not in self._records and decide(ranked) != "abstain":
            gap, decision = ranked[0].name, "abstain"
        if decision == "answer" and self._records[hits[0].code].readiness == "human":
            decision = "human"
        elapsed = (time.perf_counter() - started) * 1000
        return SearchResult(decision, question.aspect, tuple(hits[:k]), round(elapsed, 2), gap)


def _bare(word: str) -> str:
    return word.strip(",;?.!()")
