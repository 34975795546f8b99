"""Runs what waits for its time: the rows of the ``jobs`` table, under a lease."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.conversations.models import Job
from bot.conversations.repository import JobRepository
from bot.db.engine import Database
from bot.errors import DialogueError

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
POLL_S = 5.0
# A failed job waits 2, 4, 8 … seconds, at most this.
MAX_BACKOFF = timedelta(hours=1)

JobHandler = Callable[[str, Mapping[str, Any]], Awaitable[timedelta | None]]
"""Gets the job's key and payload; returns when to run again (a recurring job) or None when it is done for good."""


class JobRunner:
    """Runs due jobs one after the other."""

    def __init__(self, db: Database, clock: Clock, handlers: Mapping[str, JobHandler]) -> None:
        self._db = db
        self._clock = clock
        self._handlers = handlers
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look for due jobs now."""
        self._wake.set()

    async def run_forever(self) -> None:
        """Run due jobs until cancelled."""
        while True:
            self._wake.clear()
            try:
                while await self.run_one():
                    pass
            except Exception:
                log.exception("looking for jobs failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_S)

    async def run_one(self) -> bool:
        """Run the next due job; False if there is none."""
        now = self._clock.now()
        async with self._db.begin() as session:
            job = await JobRepository(session).take_due(now, now + LEASE)
        if job is None:
            return False
        await self._run(job)
        return True

    async def settle(self, key: str) -> None:
        """Run now what waits under this key, whenever it is due.

        Raises:
            DialogueError: If it failed, or another worker is at it.
        """
        async with self._db.read() as session:
            if not await JobRepository(session).has(key):
                return
        now = self._clock.now()
        async with self._db.begin() as session:
            job = await JobRepository(session).take_due(now, now + LEASE, key)
        while job is not None:
            if not await self._run(job):
                raise DialogueError(f"job {job.kind} failed")
            async with self._db.begin() as session:
                job = await JobRepository(session).take_due(now, now + LEASE, key)
        async with self._db.read() as session:
            if await JobRepository(session).has(key):
                raise DialogueError("another worker runs a job of this conversation")

    async def _run(self, job: Job) -> bool:
        try:
            again = await self._handlers[job.kind](job.key, job.payload)
        except Exception as error:  # noqa: BLE001 - it must be tried again and must not stop others
            log.warning("job failed", kind=job.kind, key=job.key, attempts=job.attempts, error=repr(error))
            backoff = min(timedelta(seconds=2 ** min(job.attempts, 12)), MAX_BACKOFF)
            async with self._db.begin() as session:
                await JobRepository(session).postpone(job.id, self._clock.now() + backoff, repr(error))
            return False
        async with self._db.begin() as session:
            if again is None:
                await JobRepository(session).finish(job.id)
            else:
                await JobRepository(session).postpone(job.id, self._clock.now() + again)
        return True
