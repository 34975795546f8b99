"""Hands conversations to people of hotline 1022 and back; exactly one speaks at a time (design §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import VIETNAM, Clock
from bot.conversations.commands import CommandContext
from bot.conversations.models import Conversation, ConversationState
from bot.conversations.service import ConversationService
from bot.db.engine import Database
from bot.errors import ConflictError, InputError, NotFoundError
from bot.handoff import repository
from bot.handoff.models import Handoff
from bot.texts import Texts

# When the wards' offices work. The hotline 1022 itself answers day and night.
RETURN_JOB = "handed_back"
"""Kind of the job that tells Rasa; key is the conversation."""
OFFICE_DAYS = range(5)
OFFICE_OPENS = time(7, 30)
OFFICE_CLOSES = time(17, 0)


@dataclass(frozen=True, slots=True)
class HandoffView:
    """Where a conversation stands.

    Attributes:
        state: "bot", "waiting", "held" or "closed".
        position: Place in the queue from 1; 0 if it does not wait.
        n_waiting: How many wait.
        operator: Who holds it.
    """

    state: str
    position: int
    n_waiting: int
    operator: str | None
    is_office_open: bool


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A conversation that waits for a person or is with one."""

    conversation_id: str
    channel: str
    state: str
    operator: str | None
    reason: str
    asked_at: datetime
    waited: timedelta
    """From asking to the claim, or until now."""
    last_text: str


class HandoffService:
    """Moves conversations between the bot, the queue and operators."""

    def __init__(self, db: Database, clock: Clock, texts: Texts) -> None:
        self._db = db
        self._texts = texts
        self._clock = clock
        self._conversations = ConversationService(db, clock)

    async def apply_ask_human(self, ctx: CommandContext, args: Mapping[str, Any]) -> None:
        """Put the conversation in the queue; nothing changes if it waits or is with a person already."""
        may_wait = (ConversationState.BOT, ConversationState.CLOSED)
        if not await repository.move(ctx.session, ctx.conversation_id, may_wait, ConversationState.WAITING):
            return
        await self._request(ctx.session, ctx.conversation_id, str(args.get("reason") or ""), ctx.now)

    async def apply_leave_queue(self, ctx: CommandContext, args: Mapping[str, Any]) -> None:
        """Take the conversation out of the queue; nothing changes if it does not wait."""
        if await repository.move(ctx.session, ctx.conversation_id, (ConversationState.WAITING,), ConversationState.BOT):
            await repository.end_all(ctx.session, ctx.conversation_id, ctx.now)

    async def claim(self, session: AsyncSession, conversation_id: str, operator: str) -> None:
        """Give the conversation to ``operator``, waiting or not, and tell the citizen; a second claim changes nothing.

        Raises:
            ConflictError: If another operator was first.
            NotFoundError: If there is no such conversation.
        """
        now = self._clock.now()
        if not await repository.hold(session, conversation_id, operator):
            holder = (await self._existing(session, conversation_id)).holder
            if holder == operator:
                return
            raise ConflictError(f"{holder} đang giữ cuộc trò chuyện này.")
        handoff = await repository.open_handoff(session, conversation_id)
        if handoff is None:
            handoff = await self._request(session, conversation_id, "operator", now)
        handoff.claimed_by = operator
        handoff.claimed_at = now
        await session.flush()
        welcome = self._texts.get("utter_handoff_claimed", operator=operator)
        await self._conversations.add_system_message(session, conversation_id, welcome, to_citizen=True)

    async def say(self, session: AsyncSession, conversation_id: str, operator: str, text: str) -> None:
        """Write to the citizen as ``operator``.

        Raises:
            ConflictError: If this operator does not hold the conversation.
            InputError: If there is nothing to say.
            NotFoundError: If there is no such conversation.
        """
        if not text.strip():
            raise InputError("Chưa có nội dung để gửi.")
        await self._check_holder(session, conversation_id, operator)
        await self._conversations.add_operator_message(session, conversation_id, operator, text.strip())

    async def release(
        self,
        session: AsyncSession,
        conversation_id: str,
        operator: str,
        *,
        to_bot: bool = True,
        is_forced: bool = False,
    ) -> None:
        """Give the conversation back to the bot, or close it: then the citizen's next message opens it with the bot.

        The citizen is told; Rasa, which has not seen what was said meanwhile, stops asking for what it was asking for.

        ``is_forced`` does it also if another operator holds it, who went home for instance.

        Raises:
            ConflictError: If this operator does not hold it.
            NotFoundError: If there is no such conversation.
        """
        if not is_forced:
            await self._check_holder(session, conversation_id, operator)
        to = ConversationState.BOT if to_bot else ConversationState.CLOSED
        if not await repository.move(session, conversation_id, (ConversationState.HELD,), to):
            await self._existing(session, conversation_id)
            raise ConflictError("Không ai đang giữ cuộc trò chuyện này.")
        await repository.end_all(session, conversation_id, self._clock.now())
        if to_bot:
            farewell = self._texts.get("utter_handoff_released")
            await self._conversations.add_system_message(session, conversation_id, farewell, to_citizen=True)
        # What was being filled in before is stale: the operator has taken care of it.
        await self._conversations.add_job(session, RETURN_JOB, conversation_id, self._clock.now())

    async def status(self, conversation_id: str) -> HandoffView:
        """Return where the conversation stands; a new one is with the bot."""
        async with self._db.read() as session:
            conversation = await repository.get(session, conversation_id)
            waiting = await repository.waiting_ids(session)
        return HandoffView(
            state=conversation.state if conversation else ConversationState.BOT,
            position=waiting.index(conversation_id) + 1 if conversation_id in waiting else 0,
            n_waiting=len(waiting),
            operator=conversation.holder if conversation else None,
            is_office_open=is_office_open(self._clock.now()),
        )

    async def queue(self) -> list[QueueItem]:
        """Return who waits and who is with a person, who asked first first."""
        now = self._clock.now()
        async with self._db.read() as session:
            rows = await repository.queue(session)
        return [
            QueueItem(
                conversation_id=conversation.id,
                channel=conversation.channel,
                state=conversation.state,
                operator=conversation.holder,
                reason=handoff.reason,
                asked_at=handoff.asked_at,
                waited=(handoff.claimed_at or now) - handoff.asked_at,
                last_text=last_text or "",
            )
            for conversation, handoff, last_text in rows
        ]

    async def resolve(self, prefix: str) -> str:
        """Return the conversation whose id starts with ``prefix``.

        Raises:
            InputError: If none does, or several do.
        """
        async with self._db.read() as session:
            ids = await repository.ids_starting_with(session, prefix.strip().lower(), limit=3)
        if not prefix.strip() or not ids:
            raise InputError(f"Không có cuộc trò chuyện nào có mã bắt đầu bằng “{prefix}”. Xem: bot handoff list")
        if len(ids) > 1:
            raise InputError(f"Nhiều cuộc trò chuyện có mã bắt đầu bằng “{prefix}” ({', '.join(ids)}…). Gõ thêm ký tự.")
        return ids[0]

    async def _request(self, session: AsyncSession, conversation_id: str, reason: str, now: datetime) -> Handoff:
        handoff = Handoff(conversation_id=conversation_id, reason=reason[:200], asked_at=now)
        repository.add(session, handoff)
        await session.flush()
        return handoff

    async def _check_holder(self, session: AsyncSession, conversation_id: str, operator: str) -> None:
        conversation = await repository.lock(session, conversation_id)
        if conversation is None:
            raise NotFoundError(f"Không có cuộc trò chuyện {conversation_id}.")
        if conversation.state != ConversationState.HELD or conversation.holder != operator:
            holder = f"{conversation.holder} đang giữ" if conversation.holder else "chưa ai nhận"
            raise ConflictError(f"{operator} không giữ cuộc trò chuyện này ({holder}). Nhận trước: bot handoff claim")

    async def _existing(self, session: AsyncSession, conversation_id: str) -> Conversation:
        conversation = await repository.get(session, conversation_id)
        if conversation is None:
            raise NotFoundError(f"Không có cuộc trò chuyện {conversation_id}.")
        return conversation


def is_office_open(now: datetime) -> bool:
    """Tell whether wards' offices work at ``now`` (aware). Public holidays are not known here."""
    local = now.astimezone(VIETNAM)
    return local.weekday() in OFFICE_DAYS and OFFICE_OPENS <= local.time() < OFFICE_CLOSES


async def forget_reasons(session: AsyncSession, conversation_id: str) -> None:
    """Empty why this conversation asked for a person; the times stay."""
    await repository.clear_reasons(session, conversation_id)


async def forget_old_reasons(session: AsyncSession, before: datetime) -> None:
    """Empty the reasons of requests made before ``before``."""
    await repository.clear_old_reasons(session, before)
