"""Finds procedures for a question: word matching and embeddings, fused. Knows nothing of conversations."""

import time
from collections.abc import Mapping
from pathlib import Path

from knowledge.aspects import Question, read
from knowledge.index import DenseIndex, Passage, Progress
from knowledge.lexical import Lexicon
from knowledge.ranking import decide, fuse
from knowledge.types import Hit, ProcedureRecord, SearchResult
from nlu.encoder.base import Embedder

# About 64 tokens of the model.
_PASSAGE_SYLLABLES = 44


def _names(record: ProcedureRecord) -> list[str]:
    return [record.name, record.plain_name, *record.aliases]


def _full_text(record: ProcedureRecord) -> str:
    parts = [*_names(record), record.body, record.agency, *record.where, *record.steps]
    parts += [f"{document.name} {document.when} {document.note}" for document in record.documents]
    parts += [fee.condition for fee in record.fee]
    return "\n".join(parts)


def _summary(record: ProcedureRecord) -> str:
    return " ".join(f"{record.name}. {record.body}".split()[:_PASSAGE_SYLLABLES])


class Searcher:
    """Searches a fixed set of records; safe to share between threads."""

    def __init__(
        self,
        records: Mapping[str, ProcedureRecord],
        index_dir: Path,
        embedder: Embedder,
        progress: Progress | None = None,
    ) -> None:
        self._records = list(records.values())
        passages = [
            Passage(place, text)
            for place, record in enumerate(self._records)
            for text in dict.fromkeys([*_names(record), _summary(record)])
        ]
        self._dense = DenseIndex(passages, index_dir, embedder, progress)
        self._lexicon = Lexicon([_names(record) for record in self._records], [_full_text(r) for r in self._records])
        self._places = {record.code: place for place, record in enumerate(self._records)}

    def rank(self, question: Question) -> list[Hit]:
        """Return all records, best first; none when the question names nothing."""
        if not question.has_subject:
            return []
        return fuse(
            self._records,
            self._dense.match(" ".join(question.words), is_folded=question.is_folded),
            self._lexicon.match_names(question.runs),
            self._lexicon.match_texts(question.runs),
            is_folded=question.is_folded,
        )

    def search(self, text: str, k: int = 5) -> SearchResult:
        """Find the ``k`` nearest procedures; a procedure code in the text finds exactly that one."""
        started = time.perf_counter()
        question = read(text)
        code = next((word for word in text.replace(",", " ").split() if word.strip("?.!") in self._places), None)
        if code:
            record = self._records[self._places[code.strip("?.!")]]
            hits = [Hit(record.code, record.name, 1.0, "đúng mã")]
        else:
            hits = self.rank(question)
        decision = decide(hits)
        if decision == "answer" and self._records[self._places[hits[0].code]].readiness == "human":
            decision = "human"
        elapsed = (time.perf_counter() - started) * 1000
        return SearchResult(decision, question.aspect, tuple(hits[:k]), round(elapsed, 2))
