"""Delivers stored messages through their channels, in order, and knows what became of each."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from bot.clock import Clock
from bot.conversations.models import OutboxStatus
from bot.conversations.repository import OutboxRepository
from bot.conversations.turn import no_checkpoint
from bot.conversations.views import as_outbound
from bot.db.engine import Database
from channels.base import Channel, SendError

log = structlog.get_logger(__name__)

POLL_S = 1.0
BATCH = 50
# An answer that could not be delivered for this long helps nobody; until then an outage only delays it.
MAX_AGE = timedelta(hours=24)
MAX_BACKOFF_S = 300.0
# A send takes seconds at most (every client has a time-out below this): older ones belong to a dead process.
DEAD_AFTER = timedelta(seconds=60)


class OutboxSender:
    """Sends what is due.

    Args:
        channels: Name → adapter. Messages for other channels wait for a process that has them.
        dead_after: Age after which a message "being sent" belongs to a process that died.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        channels: Mapping[str, Channel],
        checkpoint: Callable[[str], None] = no_checkpoint,
        dead_after: timedelta = DEAD_AFTER,
    ) -> None:
        self._db = db
        self._clock = clock
        self._channels = channels
        self._checkpoint = checkpoint
        self._dead_after = dead_after
        self._worker = uuid4().hex
        self._wakes = {name: asyncio.Event() for name in channels}

    def wake(self) -> None:
        """Look for messages now."""
        for wake in self._wakes.values():
            wake.set()

    async def run_forever(self) -> None:
        """Send until cancelled; each channel by itself, so that a slow one delays only its own citizens."""
        await asyncio.gather(*(self._run_channel(name) for name in self._channels))

    async def _run_channel(self, name: str) -> None:
        while True:
            try:
                async with self._db.begin() as session:
                    n_dead = await OutboxRepository(session).suspect(self._clock.now(), self._dead_after)
                if n_dead:
                    log.warning("messages with unknown outcome will be sent once more", count=n_dead)
                while await self.send_due(name):
                    pass
            except Exception:
                log.exception("sending failed", channel=name)
            self._wakes[name].clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wakes[name].wait(), POLL_S)

    async def send_due(self, *names: str) -> int:
        """Send one batch, one message per conversation, in these channels or all; returns how many were tried."""
        async with self._db.read() as session:
            due = await OutboxRepository(session).due(names or self._channels, self._clock.now(), BATCH)
        results = await asyncio.gather(*(self._send(message_id) for message_id in due))
        return sum(results)

    async def _send(self, message_id: int) -> bool:
        async with self._db.begin() as session:
            repository = OutboxRepository(session)
            item, message, conversation = await repository.get(message_id)
            if not await repository.take(message_id, self._worker, self._clock.now()):
                return False
            channel = self._channels[conversation.channel]
            outbound = as_outbound(message)
            history = Attempt(message_id, item.attempts + 1, item.n_uncertain, message.created_at)
        self._checkpoint("sending")
        try:
            channel_message_id = await channel.send(conversation.user_id, outbound, message_id)
        except SendError as error:
            await self._note_failure(history, error)
            return True
        except Exception as error:
            log.exception("channel adapter failed", channel=channel.name, message=message_id)
            await self._note_failure(history, SendError(repr(error)))
            return True
        self._checkpoint("sent")
        async with self._db.begin() as session:
            await OutboxRepository(session).note(
                message_id, OutboxStatus.SENT, self._clock.now(), channel_message_id=channel_message_id or None
            )
        self._checkpoint("noted")
        return True

    async def _note_failure(self, attempt: "Attempt", error: SendError) -> None:
        now = self._clock.now()
        if error.uncertain:
            # Design §5.7: what may have arrived is sent again once.
            can_retry = attempt.n_uncertain == 0
        else:
            can_retry = error.retry_after_s is not None and now - attempt.created_at < MAX_AGE
        status = OutboxStatus.PENDING if can_retry else OutboxStatus.PARKED
        wait_s = max(error.retry_after_s or 0.0, min(2.0 ** min(attempt.number, 16), MAX_BACKOFF_S))
        log.warning("message not sent", message=attempt.message_id, reason=error.reason, status=status)
        values = {
            "reason": error.reason[:200],
            "due_at": now + timedelta(seconds=wait_s),
            "n_uncertain": attempt.n_uncertain + error.uncertain,
        }
        async with self._db.begin() as session:
            await OutboxRepository(session).note(attempt.message_id, status, now, **values)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of a message while it is being sent; ``number`` counts from 1."""

    message_id: int
    number: int
    n_uncertain: int
    created_at: datetime
