"""Answers conversations: one turn at a time in each, many conversations at once, nothing lost when we die."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

import structlog

from bot.clock import Clock
from bot.conversations.fragments import take_first_turn
from bot.conversations.models import ConversationState, InboxEvent, Turn
from bot.conversations.payloads import payload_of, text_of
from bot.conversations.repository import ConversationRepository
from bot.conversations.writer import TurnWriter
from bot.db.engine import Database
from bot.dialogue.types import Answer, TurnRequest
from bot.errors import DialogueError, LeaseLostError, UnavailableError
from channels.base import Channel

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
POLL_S = 1.0
MAX_CONVERSATIONS = 32
RETRY_AFTER_S = (0.2, 1.0)
# A turn that was begun this often has killed us each time: it gets the degraded answer.
MAX_BEGINNINGS = 4


class Dialogue(Protocol):
    """Finds answers; changes nothing itself."""

    async def answer(self, request: TurnRequest) -> Answer:
        """Answer with everything we have; raises UnavailableError or DialogueError (worth another try)."""
        ...

    async def degraded(self, request: TurnRequest) -> Answer:
        """Answer without Rasa; never raises."""
        ...

    async def while_held(self, request: TurnRequest) -> Answer:
        """Answer while a person holds the conversation: only an emergency gets one."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A turn that we may answer."""

    request: TurnRequest
    state: str
    n_claims: int
    n_beginnings: int
    user_id: str


def no_checkpoint(_name: str) -> None:
    """Do nothing; tests pass a function that kills the process here."""


class TurnRunner:
    """Runs the turns of one process.

    Args:
        checkpoint: Called with a name between every two steps of the path; for crash tests.
        lease: How long a conversation is ours without a sign of life; another worker takes it over after that.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        dialogue: Dialogue,
        writer: TurnWriter,
        channels: Mapping[str, Channel],
        checkpoint: Callable[[str], None] = no_checkpoint,
        lease: timedelta = LEASE,
    ) -> None:
        self._db = db
        self._clock = clock
        self._dialogue = dialogue
        self._writer = writer
        self._channels = channels
        self._checkpoint = checkpoint
        self._lease = lease
        self._owner = uuid4().hex
        self._running: dict[str, asyncio.Task[None]] = {}
        self._wakes: dict[str, asyncio.Event] = {}
        self._slots = asyncio.Semaphore(MAX_CONVERSATIONS)
        self._is_stopping = False

    def wake(self, conversation_id: str) -> None:
        """Answer this conversation now; call it after its event is stored."""
        if self._is_stopping:
            return
        self._wakes.setdefault(conversation_id, asyncio.Event()).set()
        if conversation_id not in self._running:
            task = asyncio.create_task(self._run(conversation_id), name=f"turn {conversation_id}")
            self._running[conversation_id] = task

    async def run_forever(self) -> None:
        """Find what nobody woke us for: left by a crash, or stored by another process."""
        while True:
            try:
                async with self._db.read() as session:
                    repository = ConversationRepository(session)
                    waiting = await repository.waiting_conversations(self._clock.now(), MAX_CONVERSATIONS)
                for conversation_id in waiting:
                    if conversation_id not in self._running:
                        self.wake(conversation_id)
            except Exception:
                log.exception("looking for unanswered events failed")
            await asyncio.sleep(POLL_S)

    async def stop(self, timeout_s: float = 5.0) -> None:
        """Let running turns end; what does not is found again after the next start."""
        self._is_stopping = True
        tasks = list(self._running.values())
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=timeout_s)
            for task in pending:
                task.cancel()

    async def idle(self) -> None:
        """Wait until no turn is running."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def _run(self, conversation_id: str) -> None:
        wake = self._wakes[conversation_id]
        try:
            while wake.is_set() and not self._is_stopping:
                wake.clear()
                async with self._slots:
                    wait_s = await self._answer_all(conversation_id)
                if wait_s is not None:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(wake.wait(), wait_s)
                    wake.set()
        except LeaseLostError:
            log.warning("another worker took the conversation over", conversation=conversation_id)
        except Exception:
            log.exception("turn failed", conversation=conversation_id)
        finally:
            del self._running[conversation_id]
            if wake.is_set() and not self._is_stopping:
                self.wake(conversation_id)
            else:
                self._wakes.pop(conversation_id, None)

    async def _answer_all(self, conversation_id: str) -> float | None:
        """Answer turn after turn; returns the seconds to wait while a fragment may still grow, else None."""
        while not self._is_stopping:
            claim = await self._claim(conversation_id)
            if claim is None or isinstance(claim, float):
                return claim
            self._checkpoint("claimed")
            typing = asyncio.create_task(self._show_typing(claim))
            async with self._keep_lease(conversation_id):
                answer = await self._think(claim)
            self._checkpoint("answered")
            # Never wait for a slow channel here: the answer is not stored yet.
            typing.cancel()
            await self._writer.write(claim.request, answer, self._owner, claim.n_claims)
            self._checkpoint("written")
        return None

    async def _claim(self, conversation_id: str) -> Claim | float | None:
        now = self._clock.now()
        async with self._db.begin() as session:
            repository = ConversationRepository(session)
            if not await repository.lease(conversation_id, self._owner, now, now + self._lease):
                return None
            turn = await repository.open_turn(conversation_id)
            if turn is None:
                events = await repository.events_without_turn(conversation_id)
                chosen, until = take_first_turn(events, now) if events else ([], None)
                if not chosen:
                    await repository.release(conversation_id, self._owner)
                    return (until - now).total_seconds() if until else None
                turn = await self._open(session_repository=repository, conversation_id=conversation_id, events=chosen)
            turn.attempts += 1
            return await self._as_claim(repository, turn)

    async def _open(
        self, session_repository: ConversationRepository, conversation_id: str, events: list[InboxEvent]
    ) -> Turn:
        # The id comes from the first event, so that a restart makes the same turn of the same events.
        first = events[0]
        turn = Turn(
            id=f"{first.channel}:{first.event_id}",
            conversation_id=conversation_id,
            attempts=0,
            created_at=self._clock.now(),
        )
        session_repository.session.add(turn)
        await session_repository.session.flush()
        for event in events:
            event.turn_id = turn.id
        return turn

    async def _as_claim(self, repository: ConversationRepository, turn: Turn) -> Claim:
        conversation = await repository.get(turn.conversation_id)
        assert conversation is not None  # noqa: S101 - the turn refers to it
        events = await repository.events_of(turn.id)
        payload = await payload_of(repository, events)
        request = TurnRequest(
            conversation_id=conversation.id,
            turn_id=turn.id,
            channel=conversation.channel,
            text=text_of(events),
            payload=payload,
            at=turn.created_at,
            is_waiting=conversation.state == ConversationState.WAITING,
        )
        return Claim(request, conversation.state, conversation.n_claims, turn.attempts, conversation.user_id)

    async def _think(self, claim: Claim) -> Answer:
        if claim.state == ConversationState.HELD:
            return await self._dialogue.while_held(claim.request)
        if claim.n_beginnings > MAX_BEGINNINGS:
            return await self._dialogue.degraded(claim.request)
        for wait_s in (*RETRY_AFTER_S, None):
            try:
                return await self._dialogue.answer(claim.request)
            except DialogueError as error:
                log.warning("dialogue failed", turn=claim.request.turn_id, error=str(error), again_in_s=wait_s)
                if wait_s is None:
                    break
                await asyncio.sleep(wait_s)
            except UnavailableError as error:
                log.warning("dialogue unavailable", turn=claim.request.turn_id, error=str(error))
                break
        return await self._dialogue.degraded(claim.request)

    async def _show_typing(self, claim: Claim) -> None:
        channel = self._channels.get(claim.request.channel)
        if channel is not None and claim.state != ConversationState.HELD:
            with suppress(Exception):
                await channel.typing(claim.user_id)

    def _keep_lease(self, conversation_id: str) -> "LeaseKeeper":
        return LeaseKeeper(self._db, self._clock, conversation_id, self._owner, self._lease)


class LeaseKeeper:
    """Renews the lease on a conversation while an answer is being made."""

    def __init__(self, db: Database, clock: Clock, conversation_id: str, owner: str, lease: timedelta) -> None:
        self._db = db
        self._clock = clock
        self._conversation_id = conversation_id
        self._owner = owner
        self._lease = lease

    async def __aenter__(self) -> None:
        """Start renewing."""
        self._task = asyncio.create_task(self._renew())

    async def __aexit__(self, *_: object) -> None:
        """Stop renewing."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            now = self._clock.now()
            with suppress(OSError):
                async with self._db.begin() as session:
                    repository = ConversationRepository(session)
                    await repository.lease(self._conversation_id, self._owner, now, now + self._lease)
