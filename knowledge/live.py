"""Procedure knowledge that follows its files: an edit takes effect while the application runs."""

import asyncio
import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.load import RecordError, load_content, read_content
from knowledge.reading import QuestionReader
from knowledge.search import Searcher
from knowledge.types import Answer, Content, ProcedureRecord, SearchResult
from nlu.encoder.base import Embedder

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
_SUFFIXES = {".md", ".yml"}
Stamp = Mapping[Path, tuple[int, int]]


class LiveKnowledge:
    """What a ``KnowledgeBase`` offers, of the files as they are now.

    A file that is broken or half written keeps the last good version of what it says, and is reported; a record whose
    file is gone is gone.

    Attributes:
        problems: One Vietnamese line per fault of the files as last read.
    """

    def __init__(self, folder: Path, index_dir: Path, embedder: Embedder | None, reader: QuestionReader) -> None:
        """Load the folder; arguments as in ``KnowledgeBase.load``.

        Raises:
            RecordError: With one Vietnamese line per fault.
        """
        self._folder = folder
        self._index_dir = index_dir
        self._embedder = embedder
        self._reader = reader
        self._seen = _stamp(folder)
        self._base = self._build(load_content(folder))
        self._refreshing = threading.Lock()
        self.problems: tuple[str, ...] = ()

    def _build(self, content: Content) -> KnowledgeBase:
        return KnowledgeBase(Searcher(content, self._index_dir, self._embedder, reader=self._reader))

    @property
    def has_vectors(self) -> bool:
        """False if questions are compared by words alone."""
        return self._embedder is not None

    @property
    def records(self) -> Mapping[str, ProcedureRecord]:
        """The records as they are answered from, by code."""
        return self._base.records

    def prepare(self, text: str) -> None:
        """See ``KnowledgeBase.prepare``."""
        self._base.prepare(text)

    def search(self, text: str, k: int = 5) -> SearchResult:
        """See ``KnowledgeBase.search``."""
        return self._base.search(text, k)

    def answer(self, *args: Any, **kwargs: Any) -> Answer:
        """See ``KnowledgeBase.answer``."""
        return self._base.answer(*args, **kwargs)

    async def follow(self) -> None:
        """Look at the files every two seconds, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await asyncio.to_thread(self.refresh)
            except Exception:
                log.exception("knowledge_refresh_failed folder=%s", self._folder)

    def refresh(self) -> bool:
        """Read the files again if one changed; says whether something is answered differently now."""
        with self._refreshing:
            stamp = _stamp(self._folder)
            if stamp == self._seen:
                return False
            self._seen = stamp
            return self._reload()

    def _reload(self) -> bool:
        before = self._base.content
        try:
            read, problems = read_content(self._folder)
        except RecordError as error:
            return self._report(error.problems)
        self._report(problems)
        kept = {
            code: record for code, record in before.records.items() if code not in read.records and self._has(record)
        }
        content = replace(read, records=dict(sorted({**read.records, **kept}.items())))
        if content == before:
            return False
        self._base = self._build(content)
        codes = content.records.keys() | before.records.keys()
        changed = [code for code in codes if content.records.get(code) != before.records.get(code)]
        log.info("knowledge_reloaded changed=%s", ",".join(sorted(changed)))
        return True

    def _has(self, record: ProcedureRecord) -> bool:
        return (self._folder / record.field / f"{record.code}.md").exists()

    def _report(self, problems: list[str]) -> bool:
        self.problems = tuple(problems)
        for problem in problems:
            log.warning("knowledge_file_broken %s", problem)
        return False


def _stamp(folder: Path) -> Stamp:
    """Give time (ns) and size of every file that counts."""
    found = {}
    for path in folder.rglob("*"):
        if path.suffix in _SUFFIXES:
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found[path] = (status.st_mtime_ns, status.st_size)
    return found
