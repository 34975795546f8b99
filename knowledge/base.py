"""The one door to procedure knowledge: loads records and index, searches, answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Self

from knowledge import answer as say
from knowledge.index import Progress
from knowledge.load import load_content
from knowledge.off import Off
from knowledge.ranking import Ranking
from knowledge.reading import QuestionReader
from knowledge.search import Searcher
from knowledge.types import ASPECTS, Answer, Aspect, Content, Hit, ProcedureRecord, SearchResult
from nlu.encoder.base import Embedder

DEFAULT_TITLE = "cô/chú"
# Nearest procedures offered where none is sure, and the least chance of one to be right.
_OFFERED = 3
_WORTH_OFFERING = 0.04


class KnowledgeBase:
    """Procedure records with their index; immutable, safe to share between threads. A call takes about 15 ms of CPU."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    @classmethod
    def load(
        cls,
        records_dir: Path,
        index_dir: Path,
        embedder: Embedder | None,
        progress: Progress | None = None,
        reader: QuestionReader | None = None,
        ranking: Ranking | None = None,
    ) -> Self:
        """Read records and bring the index up to date (only changed texts are embedded).

        Args:
            records_dir: Folder of ``<field>/<code>.md``.
            index_dir: Folder for the index; made when missing, rebuilt when damaged.
            embedder: The model; None: words alone are compared.
            progress: Called with (done, all) while texts are embedded.
            reader: Repairs questions; None: they are read as typed.
            ranking: None: the one that ``make tune`` wrote.

        Raises:
            RecordError: With one Vietnamese line per fault of the records.
        """
        return cls(Searcher(load_content(records_dir), index_dir, embedder, progress, reader, ranking))

    @property
    def content(self) -> Content:
        """Everything that the files say."""
        return self._searcher.content

    @property
    def records(self) -> Mapping[str, ProcedureRecord]:
        """Records by code."""
        return self.content.records

    def prepare(self, text: str) -> None:
        """Embed a question beforehand, while something else decides whether it is one."""
        self._searcher.prepare(text)

    def search(self, text: str, k: int = 5) -> SearchResult:
        """Find the ``k`` nearest procedures for a question."""
        return self._searcher.search(text, k)

    def answer(
        self,
        text: str,
        current_code: str | None = None,
        off: frozenset[str] = frozenset(),
        *,
        today: date,
        title: str = DEFAULT_TITLE,
        code: str | None = None,
        aspect: str | None = None,
        sure_from: float = 0.0,
    ) -> Answer:
        """Answer a question in Vietnamese.

        Args:
            text: The question; may be empty when ``code`` is given.
            current_code: The procedure talked about before; a question that names none is about it.
            off: Topics that are switched off (``knowledge.off``): these go to people.
            today: Vietnam's date, against which validity is judged.
            title: How the citizen is addressed; "" means the default.
            code: A procedure chosen by button; nothing is searched then.
            aspect: An aspect chosen by button; one that does not exist counts as none.
            sure_from: A procedure that is found with less probability than this is offered, not told.
        """
        reader = say.Reader(title or DEFAULT_TITLE, today)
        paused = Off(off)
        if paused.everything:
            return say.switched_off(None, reader)
        question = self._searcher.read(text)
        wanted = next((known for known in ASPECTS if known == aspect), question.aspect)
        if code and code in self.records:
            return self._tell(Hit(code, self.records[code].name, 1.0, "đã chọn"), wanted, paused, reader)
        current = self.records.get(current_code or "")
        if not question.has_subject and not self._names_code(text):
            if current:
                follow_up = wanted or ("steps" if question.is_how else None)
                return self._tell(Hit(current.code, current.name, 1.0, "đang nói tới"), follow_up, paused, reader)
            return say.ask_which(wanted, reader)
        if current and question.is_if_needed:
            return self._tell(Hit(current.code, current.name, 1.0, "đang nói tới"), "documents", paused, reader)
        result = self.search(text)
        if result.decision == "abstain" and current and wanted and not result.gap:
            return self._tell(Hit(current.code, current.name, 1.0, "đang nói tới"), wanted, paused, reader)
        if result.decision == "abstain":
            near = [hit for hit in result.hits[:_OFFERED] if hit.score >= _WORTH_OFFERING and not result.gap]
            return say.abstain(result.gap, [self.records[hit.code] for hit in near], reader)
        if result.decision == "clarify" or result.inside < sure_from:
            result = replace(result, hits=result.hits[:_OFFERED] if result.decision == "clarify" else result.hits[:1])
            return replace(self._ask(result, wanted, current, paused, reader), inside=result.inside)
        return replace(self._tell(result.hits[0], wanted, paused, reader), inside=result.inside)

    def _names_code(self, text: str) -> bool:
        return any(word.strip(",?.!") in self.records for word in text.split())

    def _tell(self, hit: Hit, aspect: Aspect | None, paused: Off, reader: say.Reader) -> Answer:
        record = self.records[hit.code]
        wanted = aspect or "overview"
        if paused.hides(record, wanted):
            return say.switched_off(hit, reader)
        return say.render(record, hit, wanted, paused.rules(self.content.rules), reader, paused.aspects(record))

    def _ask(
        self,
        result: SearchResult,
        aspect: Aspect | None,
        current: ProcedureRecord | None,
        paused: Off,
        reader: say.Reader,
    ) -> Answer:
        near = result.hits
        if current and aspect and any(hit.code == current.code for hit in near):
            return self._tell(next(hit for hit in near if hit.code == current.code), aspect, paused, reader)
        hints = {other.code: other.hint for hit in near for other in self.records[hit.code].not_to_confuse}
        return say.clarify([(self.records[hit.code], hints.get(hit.code, "")) for hit in near], aspect, reader)
