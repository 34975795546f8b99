"""Ends a turn: commands, transcript, state and outgoing messages in one transaction."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.conversations.commands import CommandContext, CommandHandler
from bot.conversations.models import (
    Author,
    Button,
    Conversation,
    ConversationState,
    InboxEvent,
    Message,
    OutboxItem,
    TurnStatus,
)
from bot.conversations.repository import ConversationRepository, JobRepository
from bot.db.engine import Database
from bot.dialogue.types import Answer, Reply, TurnRequest
from bot.errors import LeaseLostError

log = structlog.get_logger(__name__)


class Unsealer(Protocol):
    """Opens what the inbox sealed."""

    def open(self, sealed: str) -> str:
        """Return the clear text."""
        ...


def button_key(turn_id: str, position: int, index: int) -> str:
    """Return 12 characters, the same for the same button of the same turn, so that writing twice changes nothing."""
    digest = hashlib.blake2s(f"{turn_id}|{position}|{index}".encode(), digest_size=8).digest()
    return base64.b32encode(digest).decode().lower()[:12]


class TurnWriter:
    """Writes answers down.

    Args:
        handlers: Command name → service method.
        notice: Gives the text that tells a new citizen what we are and what we keep.
        on_written: Called after the commit, to wake whatever sends and runs jobs.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        vault: Unsealer,
        handlers: Mapping[str, CommandHandler],
        notice: Callable[[], Reply],
        on_written: Callable[[], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._vault = vault
        self._handlers = handlers
        self._notice = notice
        self._on_written = on_written

    async def write(self, request: TurnRequest, answer: Answer, owner: str, n_claims: int) -> None:
        """Write the answer of a turn, once.

        Raises:
            LeaseLostError: If another worker took the conversation over; nothing is written.
        """
        now = self._clock.now()
        async with self._db.begin() as session:
            repository = ConversationRepository(session)
            if not await repository.release(request.conversation_id, owner):
                raise LeaseLostError(request.conversation_id)
            turn = await repository.turn(request.turn_id)
            if turn is None or turn.status == TurnStatus.DONE:
                return
            conversation = await repository.get(request.conversation_id)
            assert conversation is not None  # noqa: S101 - the turn refers to it
            # A claim while we were thinking wins: our reply is then a draft. An emergency is always said.
            was_claimed = conversation.state == ConversationState.HELD and conversation.n_claims != n_claims
            await self._apply(repository, request, answer, now, await repository.events_of(turn.id))
            replies = list(answer.replies)
            is_draft = was_claimed and not answer.is_emergency
            if replies and not is_draft and not answer.is_emergency and conversation.notice_at is None:
                replies.append(self._notice())
                conversation.notice_at = now
            said = [
                self._message(session, conversation.id, request.turn_id, position, reply, now, is_draft)
                for position, reply in enumerate(replies)
            ]
            await session.flush()
            if not is_draft:
                session.add_all(
                    OutboxItem(message_id=message.id, conversation_id=conversation.id, due_at=now, updated_at=now)
                    for message in said
                )
            if answer.is_emergency:
                self._alarm(session, conversation, request, answer, len(replies), now)
            if answer.is_degraded:
                # Rasa may have answered too, too late: it must not remember what the citizen never saw.
                payload = {"turn_id": request.turn_id}
                await JobRepository(session).add("cut_tracker", conversation.id, now, payload)
            turn.status = TurnStatus.DONE
            turn.done_at = now
            turn.intent = answer.intent[:64] or None
            turn.is_degraded = answer.is_degraded
            await repository.empty_events(turn.id)
        self._on_written()
        log.info(
            "turn done",
            turn=request.turn_id,
            intent=answer.intent,
            confidence=round(answer.confidence, 3),
            replies=len(replies),
            degraded=answer.is_degraded,
        )

    async def _apply(
        self,
        repository: ConversationRepository,
        request: TurnRequest,
        answer: Answer,
        now: datetime,
        events: Sequence[InboxEvent],
    ) -> None:
        sealed: dict[str, str] = {}
        for event in events:
            if event.sealed:
                sealed |= json.loads(self._vault.open(event.sealed))
        for index, command in enumerate(answer.commands):
            if await repository.mark_applied(request.turn_id, index, command.name, now):
                context = CommandContext(
                    repository.session, request.conversation_id, request.turn_id, index, now, sealed
                )
                await self._handlers[command.name](context, command.args)

    @staticmethod
    def _message(
        session: AsyncSession,
        conversation_id: str,
        turn_id: str,
        position: int,
        reply: Reply,
        now: datetime,
        is_draft: bool,
    ) -> Message:
        """Add a reply's message and the payloads behind its buttons."""
        buttons: list[dict[str, str]] = []
        for index, (title, value) in enumerate(reply.buttons):
            kind = "url" if value.startswith("http") else "phone" if value.startswith("tel:") else "payload"
            if kind == "payload":
                key = button_key(turn_id, position, index)
                session.add(
                    Button(key=key, conversation_id=conversation_id, title=title, payload=value, created_at=now)
                )
                value = key
            buttons.append({"title": title, "kind": kind, "value": value.removeprefix("tel:")})
        message = Message(
            conversation_id=conversation_id,
            turn_id=turn_id,
            position=position,
            author=Author.BOT,
            text=reply.text,
            buttons=buttons,
            ask=reply.ask or None,
            is_draft=is_draft,
            created_at=now,
        )
        session.add(message)
        return message

    def _alarm(
        self,
        session: AsyncSession,
        conversation: Conversation,
        request: TurnRequest,
        answer: Answer,
        position: int,
        now: datetime,
    ) -> None:
        log.warning("emergency", conversation=conversation.id, kind=answer.intent)
        if conversation.state in (ConversationState.HELD, ConversationState.WAITING):
            session.add(
                Message(
                    conversation_id=conversation.id,
                    turn_id=request.turn_id,
                    position=position,
                    author=Author.SYSTEM,
                    text=f"KHẨN CẤP: người dân báo {answer.intent}; đã đưa số gọi.",
                    created_at=now,
                )
            )
