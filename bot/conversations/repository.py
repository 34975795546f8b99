"""Queries of the message path. Nothing else reads or writes these tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversations.models import (
    AppliedCommand,
    Author,
    Button,
    Conversation,
    ConversationState,
    InboxEvent,
    Job,
    Message,
    OutboxItem,
    OutboxStatus,
    Turn,
    TurnStatus,
)
from bot.db.upsert import insert_if_absent


async def _count(session: AsyncSession, statement: Any) -> int:
    result = await session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE or DELETE gives
    return result.rowcount


class ConversationRepository:
    """Conversations, their events, turns and messages, in one session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, conversation_id: str) -> Conversation | None:
        """Return the conversation, fresh from the database."""
        return await self.session.get(Conversation, conversation_id, populate_existing=True)

    async def find(self, channel: str, user_id: str) -> Conversation | None:
        """Return the conversation of a channel's user."""
        query = select(Conversation).where(Conversation.channel == channel, Conversation.user_id == user_id)
        return await self.session.scalar(query)

    async def ensure(self, channel: str, user_id: str, now: datetime) -> Conversation:
        """Return the conversation of a channel's user, made if this is the first time."""
        if found := await self.find(channel, user_id):
            return found
        values = {
            "id": uuid4().hex,
            "channel": channel,
            "user_id": user_id,
            "state": ConversationState.BOT,
            "n_claims": 0,
            "created_at": now,
            "last_event_at": now,
        }
        await insert_if_absent(self.session, Conversation, values)
        made = await self.find(channel, user_id)
        assert made is not None  # noqa: S101 - inserted just now, by us or by another worker
        return made

    async def add_event(self, conversation: Conversation, values: dict[str, Any]) -> bool:
        """Store an incoming event; False if the channel delivered it before."""
        return await insert_if_absent(self.session, InboxEvent, {**values, "conversation_id": conversation.id})

    async def waiting_conversations(self, now: datetime, limit: int) -> Sequence[str]:
        """Return ids of unleased conversations that have an event without a turn, or an open turn."""
        free = or_(Conversation.lease_until.is_(None), Conversation.lease_until < now)
        has_event = select(InboxEvent.id).where(
            InboxEvent.conversation_id == Conversation.id, InboxEvent.turn_id.is_(None)
        )
        has_turn = select(Turn.id).where(Turn.conversation_id == Conversation.id, Turn.status == TurnStatus.OPEN)
        query = (
            select(Conversation.id)
            .where(free, or_(has_turn.exists(), has_event.exists()))
            .order_by(Conversation.last_event_at)
            .limit(limit)
        )
        return (await self.session.scalars(query)).all()

    async def lease(self, conversation_id: str, owner: str, now: datetime, until: datetime) -> bool:
        """Take or extend the right to answer this conversation; False if another worker has it."""
        free = or_(
            Conversation.lease_until.is_(None), Conversation.lease_until < now, Conversation.lease_owner == owner
        )
        statement = (
            update(Conversation)
            .where(Conversation.id == conversation_id, free)
            .values(lease_owner=owner, lease_until=until)
            .execution_options(synchronize_session=False)
        )
        return await _count(self.session, statement) == 1

    async def release(self, conversation_id: str, owner: str) -> bool:
        """Give the right back; False if it was lost meanwhile."""
        statement = (
            update(Conversation)
            .where(Conversation.id == conversation_id, Conversation.lease_owner == owner)
            .values(lease_owner=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )
        return await _count(self.session, statement) == 1

    async def release_all(self) -> None:
        """Forget all leases: only for a database that one process uses."""
        await self.session.execute(update(Conversation).values(lease_owner=None, lease_until=None))

    async def open_turn(self, conversation_id: str) -> Turn | None:
        """Return the turn that is being answered."""
        query = select(Turn).where(Turn.conversation_id == conversation_id, Turn.status == TurnStatus.OPEN)
        return await self.session.scalar(query.order_by(Turn.created_at).limit(1))

    async def turn(self, turn_id: str) -> Turn | None:
        """Return the turn, fresh from the database."""
        return await self.session.get(Turn, turn_id, populate_existing=True)

    async def events_without_turn(self, conversation_id: str) -> Sequence[InboxEvent]:
        """Return the events that nothing has answered, oldest first."""
        query = select(InboxEvent).where(InboxEvent.conversation_id == conversation_id, InboxEvent.turn_id.is_(None))
        return (await self.session.scalars(query.order_by(InboxEvent.id))).all()

    async def events_of(self, turn_id: str) -> Sequence[InboxEvent]:
        """Return a turn's events, oldest first."""
        return (
            await self.session.scalars(select(InboxEvent).where(InboxEvent.turn_id == turn_id).order_by(InboxEvent.id))
        ).all()

    async def empty_events(self, turn_id: str) -> None:
        """Drop what the events of a finished turn said; the ids stay."""
        await self.session.execute(update(InboxEvent).where(InboxEvent.turn_id == turn_id).values(body={}, sealed=None))

    async def mark_applied(self, turn_id: str, index: int, name: str, now: datetime) -> bool:
        """Note that a command is applied; False if it was already."""
        values = {"turn_id": turn_id, "index": index, "name": name, "applied_at": now}
        return await insert_if_absent(self.session, AppliedCommand, values)

    async def button(self, conversation_id: str, key: str) -> Button | None:
        """Return what a tap means, only for the conversation it was shown in."""
        query = select(Button).where(Button.key == key, Button.conversation_id == conversation_id)
        return await self.session.scalar(query)

    async def messages_after(self, conversation_id: str, after_id: int, limit: int) -> Sequence[Message]:
        """Return messages that the citizen may see, oldest first."""
        return (await self.session.scalars(self._visible(conversation_id, after_id).limit(limit))).all()

    async def last_messages(self, conversation_id: str, limit: int) -> Sequence[Message]:
        """Return the newest messages that the citizen may see, oldest first."""
        newest = self._visible(conversation_id, 0).order_by(None).order_by(Message.id.desc()).limit(limit)
        return list(reversed((await self.session.scalars(newest)).all()))

    async def all_messages(self, conversation_id: str) -> Sequence[Message]:
        """Return every message, oldest first."""
        query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.id)
        return (await self.session.scalars(query)).all()

    @staticmethod
    def _visible(conversation_id: str, after_id: int) -> Select[Message]:
        return (
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.id > after_id,
                Message.is_draft.is_(False),
                Message.author != Author.SYSTEM,
            )
            .order_by(Message.id)
        )


class OutboxRepository:
    """Messages on their way out, in one session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def due(self, channels: Iterable[str], now: datetime, limit: int) -> Sequence[int]:
        """Return ids to send now in these channels: the first unsent message of each conversation, to keep order."""
        earlier = aliased(OutboxItem)
        unsent = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNCERTAIN)
        is_blocked = select(earlier.message_id).where(
            earlier.conversation_id == OutboxItem.conversation_id,
            earlier.message_id < OutboxItem.message_id,
            earlier.status.in_(unsent),
        )
        query = (
            select(OutboxItem.message_id)
            .join(Conversation, Conversation.id == OutboxItem.conversation_id)
            .where(
                Conversation.channel.in_(list(channels)),
                OutboxItem.status.in_((OutboxStatus.PENDING, OutboxStatus.UNCERTAIN)),
                OutboxItem.due_at <= now,
                ~is_blocked.exists(),
            )
            .order_by(OutboxItem.message_id)
            .limit(limit)
        )
        return (await self.session.scalars(query)).all()

    async def take(self, message_id: int, worker: str, now: datetime) -> bool:
        """Mark as being sent by ``worker``; False if another worker was first."""
        statement = (
            update(OutboxItem)
            .where(
                OutboxItem.message_id == message_id,
                OutboxItem.status.in_((OutboxStatus.PENDING, OutboxStatus.UNCERTAIN)),
            )
            .values(status=OutboxStatus.SENDING, worker=worker, attempts=OutboxItem.attempts + 1, updated_at=now)
            .execution_options(synchronize_session=False)
        )
        return await _count(self.session, statement) == 1

    async def get(self, message_id: int) -> tuple[OutboxItem, Message, Conversation]:
        """Return the item with its message and its conversation."""
        query = (
            select(OutboxItem, Message, Conversation)
            .join(Message, Message.id == OutboxItem.message_id)
            .join(Conversation, Conversation.id == OutboxItem.conversation_id)
            .where(OutboxItem.message_id == message_id)
            .execution_options(populate_existing=True)
        )
        row = (await self.session.execute(query)).one()
        return row[0], row[1], row[2]

    async def note(self, message_id: int, status: OutboxStatus, now: datetime, **values: Any) -> None:
        """Write how the sending ended."""
        await self.session.execute(
            update(OutboxItem)
            .where(OutboxItem.message_id == message_id)
            .values(status=status, updated_at=now, **values)
        )

    async def suspect(self, now: datetime, older_than: timedelta) -> int:
        """Mark items whose sender died as uncertain; returns how many."""
        statement = (
            update(OutboxItem)
            .where(OutboxItem.status == OutboxStatus.SENDING, OutboxItem.updated_at <= now - older_than)
            .values(status=OutboxStatus.UNCERTAIN, due_at=now, reason="sender died")
        )
        return await _count(self.session, statement)


class JobRepository:
    """Things that wait for their time, in one session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, kind: str, key: str, due_at: datetime, payload: dict[str, Any] | None = None) -> bool:
        """Plan a job; False if the same one is planned already."""
        values = {"kind": kind, "key": key, "due_at": due_at, "payload": payload or {}, "attempts": 0}
        return await insert_if_absent(self.session, Job, values)

    async def has(self, key: str) -> bool:
        """Tell whether anything waits under this key."""
        return await self.session.scalar(select(Job.id).where(Job.key == key).limit(1)) is not None

    async def take_due(self, now: datetime, until: datetime, key: str | None = None) -> Job | None:
        """Lease the next due job; with a key the next one of that key, due or not."""
        free = or_(Job.lease_until.is_(None), Job.lease_until < now)
        is_wanted = Job.due_at <= now if key is None else Job.key == key
        job = await self.session.scalar(select(Job).where(is_wanted, free).order_by(Job.due_at).limit(1))
        if job is None:
            return None
        statement = (
            update(Job)
            .where(Job.id == job.id, free)
            .values(lease_until=until, attempts=Job.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        if await _count(self.session, statement) != 1:
            return None
        await self.session.refresh(job)
        return job

    async def finish(self, job_id: int) -> None:
        """Remove a job that is done."""
        await self.session.execute(delete(Job).where(Job.id == job_id))

    async def postpone(self, job_id: int, due_at: datetime, error: str = "") -> None:
        """Run a job again later."""
        values = {"due_at": due_at, "lease_until": None, "error": error[:200] or None}
        await self.session.execute(update(Job).where(Job.id == job_id).values(**values))
