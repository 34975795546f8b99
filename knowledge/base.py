"""The one door to procedure knowledge: loads records and index, searches, answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Self

from knowledge import answer as say
from knowledge.aspects import read
from knowledge.index import Progress
from knowledge.load import load_city_rules, load_records, load_uncovered
from knowledge.off import Off
from knowledge.search import Searcher
from knowledge.types import ASPECTS, Answer, Aspect, CityRule, Hit, ProcedureRecord, SearchResult, Uncovered
from nlu.encoder.base import Embedder

# Candidates this near to the best are offered when the bot asks which one is meant.
_OFFER_WITHIN = 0.15
_OFFERED = 3
DEFAULT_TITLE = "cô/chú"


class KnowledgeBase:
    """Procedure records with their index; immutable, safe to share between threads. A call takes about 15 ms of CPU."""

    def __init__(
        self,
        records: Mapping[str, ProcedureRecord],
        rules: Mapping[str, CityRule],
        uncovered: Sequence[Uncovered],
        searcher: Searcher,
    ) -> None:
        self.records = records
        self.rules = rules
        self.uncovered = uncovered
        self._searcher = searcher

    @classmethod
    def load(cls, records_dir: Path, index_dir: Path, embedder: Embedder, progress: Progress | None = None) -> Self:
        """Read records and bring the index up to date (only changed texts are embedded).

        Args:
            records_dir: Folder of ``<field>/<code>.md``.
            index_dir: Folder for the index; made when missing, rebuilt when damaged.
            embedder: The model.
            progress: Called with (done, all) while texts are embedded.

        Raises:
            RecordError: With one Vietnamese line per fault of the records.
        """
        parts = (load_records(records_dir), load_city_rules(records_dir), load_uncovered(records_dir))
        return cls.build(*parts, index_dir, embedder, progress)

    @classmethod
    def build(
        cls,
        records: Mapping[str, ProcedureRecord],
        rules: Mapping[str, CityRule],
        uncovered: Sequence[Uncovered],
        index_dir: Path,
        embedder: Embedder,
        progress: Progress | None = None,
    ) -> Self:
        """Bring the index of what was read up to date; arguments as in ``load``."""
        return cls(records, rules, uncovered, Searcher(records, index_dir, embedder, progress, uncovered))

    def prepare(self, text: str) -> None:
        """Embed a question beforehand, while something else decides whether it is one."""
        self._searcher.prepare(read(text))

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
        """
        reader = say.Reader(title or DEFAULT_TITLE, today)
        paused = Off(off)
        if paused.everything:
            return say.switched_off(None, reader)
        question = read(text)
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
            return say.abstain(result.gap, reader)
        if result.decision == "clarify":
            return self._ask(result, wanted, current, paused, reader)
        return self._tell(result.hits[0], wanted, paused, reader)

    def _names_code(self, text: str) -> bool:
        return any(word.strip(",?.!") in self.records for word in text.split())

    def _tell(self, hit: Hit, aspect: Aspect | None, paused: Off, reader: say.Reader) -> Answer:
        record = self.records[hit.code]
        wanted = aspect or "overview"
        if paused.hides(record, wanted):
            return say.switched_off(hit, reader)
        return say.render(record, hit, wanted, paused.rules(self.rules), reader, paused.aspects(record))

    def _ask(
        self,
        result: SearchResult,
        aspect: Aspect | None,
        current: ProcedureRecord | None,
        paused: Off,
        reader: say.Reader,
    ) -> Answer:
        best = result.hits[0]
        near = [hit for hit in result.hits[:_OFFERED] if best.score - hit.score <= _OFFER_WITHIN]
        if current and aspect and any(hit.code == current.code for hit in near):
            return self._tell(next(hit for hit in near if hit.code == current.code), aspect, paused, reader)
        hints = {other.code: other.hint for hit in near for other in self.records[hit.code].not_to_confuse}
        return say.clarify([(self.records[hit.code], hints.get(hit.code, "")) for hit in near], aspect, reader)
