"""Tables of the message path: what came in, what is being answered, what was said, what must still be sent."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UtcDateTime


class ConversationState(StrEnum):
    """Who speaks to the citizen (design §5)."""

    BOT = "bot"
    WAITING = "waiting"
    """In the queue for a person; the bot still answers."""
    HELD = "held"
    """An operator speaks; the bot is silent."""
    CLOSED = "closed"


class Conversation(Base):
    """One citizen in one channel, for ever."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "user_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[str] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(16), default=ConversationState.BOT)
    holder: Mapped[str | None] = mapped_column(String(64))
    n_claims: Mapped[int] = mapped_column(Integer, default=0)
    """Grows with every claim, so that a turn sees that one happened while it was thinking."""
    notice_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the citizen was told what we are and what we keep."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_event_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TurnStatus(StrEnum):
    """How far a turn is."""

    OPEN = "open"
    DONE = "done"


class Turn(Base):
    """One or more joined events that are answered together; its id is what Rasa knows the event by."""

    __tablename__ = "turns"
    __table_args__ = (Index("ix_turns_conversation_status", "conversation_id", "status"),)

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(16), default=TurnStatus.OPEN)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    intent: Mapped[str | None] = mapped_column(String(64))
    is_degraded: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InboxEvent(Base):
    """An event as it came in. The body is emptied once its turn is done: the row stays so that a repeat is known."""

    __tablename__ = "inbox_events"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        Index("ix_inbox_events_conversation_turn", "conversation_id", "turn_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(32))
    event_id: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{"text" (masked), "payload", "location": [lat, lon] | null, "media_ids": [...]}"""
    sealed: Mapped[str | None] = mapped_column(Text)
    """Encrypted JSON of placeholder → value, until the turn is done."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))


class Author(StrEnum):
    """Who wrote a message."""

    CITIZEN = "citizen"
    BOT = "bot"
    OPERATOR = "operator"
    SYSTEM = "system"


class Message(Base):
    """One line of the transcript; personal values that citizens wrote are masked."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("turn_id", "position"),
        Index("ix_messages_conversation", "conversation_id", "id"),
        # Open pages ask for what is newer than the id they have seen: ids of deleted messages must not come again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    """The turn that made it; none for what citizens and operators wrote."""
    position: Mapped[int] = mapped_column(Integer, default=0)
    author: Mapped[str] = mapped_column(String(16))
    operator: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    image_id: Mapped[str | None] = mapped_column(String(32))
    ask: Mapped[str | None] = mapped_column(String(16))
    is_draft: Mapped[bool] = mapped_column(default=False)
    """The bot's late reply after a claim: shown to the operator only."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Button(Base):
    """The payload behind a button; only the short key travels through the channel."""

    __tablename__ = "buttons"

    key: Mapped[str] = mapped_column(String(16), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxStatus(StrEnum):
    """Where a message to a citizen is."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """We died between sending and noting it."""
    PARKED = "parked"


class OutboxItem(Base):
    """A message that a channel must deliver."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_status_due", "status", "due_at"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(String(16), default=OutboxStatus.PENDING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    n_uncertain: Mapped[int] = mapped_column(Integer, default=0)
    """Attempts of which the channel did not say how they ended."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(200))
    channel_message_id: Mapped[str | None] = mapped_column(String(128))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AppliedCommand(Base):
    """A change that a turn made; the key makes a second application impossible."""

    __tablename__ = "applied_commands"

    turn_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    index: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Job(Base):
    """Something that waits for its time; run under a lease by any worker."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_jobs_due", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(200))
