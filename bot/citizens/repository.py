"""Queries on consent, sealed values, and on everything that deleting a citizen's data touches."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens.models import Consent, Deletion, SealedValue
from bot.conversations.models import Button, InboxEvent, Job, Message, OutboxItem, OutboxStatus, Turn, TurnStatus
from bot.db.upsert import insert_if_absent

# What has still to reach the citizen: its message stays until it has.
UNSENT = (OutboxStatus.PENDING, OutboxStatus.SENDING, OutboxStatus.UNCERTAIN)


async def _run(session: AsyncSession, statement: Any) -> int:
    """Run an UPDATE or DELETE; returns how many rows it changed."""
    result = await session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE or DELETE gives
    return result.rowcount


async def active_purposes(session: AsyncSession, conversation_id: str) -> set[str]:
    """Return the purposes that are agreed to now."""
    query = select(Consent.purpose).where(Consent.conversation_id == conversation_id, Consent.withdrawn_at.is_(None))
    return set((await session.scalars(query)).all())


async def consents(session: AsyncSession, conversation_id: str) -> Sequence[Consent]:
    """Return all consents, oldest first."""
    query = select(Consent).where(Consent.conversation_id == conversation_id).order_by(Consent.id)
    return (await session.scalars(query)).all()


def add_consent(session: AsyncSession, consent: Consent) -> None:
    """Store a consent."""
    session.add(consent)


async def withdraw(session: AsyncSession, conversation_id: str, purposes: Collection[str], now: datetime) -> int:
    """End the active consents for ``purposes`` and delete the values kept for them; returns how many consents ended."""
    await _run(
        session,
        delete(SealedValue).where(SealedValue.conversation_id == conversation_id, SealedValue.purpose.in_(purposes)),
    )
    active = (Consent.conversation_id == conversation_id, Consent.purpose.in_(purposes), Consent.withdrawn_at.is_(None))
    return await _run(session, update(Consent).where(*active).values(withdrawn_at=now))


async def add_sealed(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Keep a sealed value; False if it is kept already."""
    return await insert_if_absent(session, SealedValue, values)


async def sealed(session: AsyncSession, conversation_id: str, purpose: str) -> Sequence[SealedValue]:
    """Return the values kept for a purpose, newest first."""
    query = select(SealedValue).where(SealedValue.conversation_id == conversation_id, SealedValue.purpose == purpose)
    return (await session.scalars(query.order_by(SealedValue.id.desc()))).all()


async def is_deleted(session: AsyncSession, turn_id: str) -> bool:
    """Tell whether this turn's deletion has been done."""
    return await session.get(Deletion, turn_id) is not None


def add_deletion(session: AsyncSession, deletion: Deletion) -> None:
    """Note a deletion."""
    session.add(deletion)


async def delete_content(session: AsyncSession, conversation_id: str, turn_id: str, now: datetime) -> dict[str, int]:
    """Delete what a conversation said and what was kept about it, but for the turn that asked for it; returns counts.

    What arrived after that turn's event is not touched: it is still to be answered.
    """
    first = select(func.min(InboxEvent.received_at)).where(InboxEvent.turn_id == turn_id)
    asked_at = await session.scalar(first) or now
    other_turn = and_(Message.turn_id.is_not(None), Message.turn_id != turn_id)
    said_before = or_(other_turn, and_(Message.turn_id.is_(None), Message.created_at < asked_at))
    unsent = select(OutboxItem.message_id).where(
        OutboxItem.conversation_id == conversation_id, OutboxItem.status.in_(UNSENT)
    )
    counts = {
        "messages": await _run(
            session,
            delete(Message).where(Message.conversation_id == conversation_id, said_before, Message.id.not_in(unsent)),
        ),
        "events": await _run(
            session,
            update(InboxEvent)
            .where(
                InboxEvent.conversation_id == conversation_id,
                InboxEvent.turn_id.is_not(None),
                InboxEvent.turn_id != turn_id,
            )
            .values(body={}, sealed=None),
        ),
        "buttons": await _run(
            session, delete(Button).where(Button.conversation_id == conversation_id, Button.created_at < asked_at)
        ),
        "sealed_values": await _run(session, delete(SealedValue).where(SealedValue.conversation_id == conversation_id)),
        "consents": await _run(session, delete(Consent).where(Consent.conversation_id == conversation_id)),
    }
    old_turns = (Turn.conversation_id == conversation_id, Turn.id != turn_id, Turn.status == TurnStatus.DONE)
    await _run(session, update(Turn).where(*old_turns).values(intent=None))
    return counts


async def purge(session: AsyncSession, before: datetime) -> dict[str, int]:
    """Delete what was said and kept before ``before``; returns counts. What is unsent stays."""
    unsent = select(OutboxItem.message_id).where(OutboxItem.status.in_(UNSENT))
    done = select(Turn.id).where(Turn.status == TurnStatus.DONE)
    return {
        "messages": await _run(session, delete(Message).where(Message.created_at < before, Message.id.not_in(unsent))),
        "events": await _run(
            session,
            update(InboxEvent)
            .where(InboxEvent.received_at < before, InboxEvent.turn_id.in_(done))
            .values(body={}, sealed=None),
        ),
        "buttons": await _run(session, delete(Button).where(Button.created_at < before)),
        "sealed_values": await _run(session, delete(SealedValue).where(SealedValue.created_at < before)),
    }


async def add_job(session: AsyncSession, kind: str, key: str, due_at: datetime, payload: dict[str, Any]) -> None:
    """Plan a job, unless the same one is planned."""
    values = {"kind": kind, "key": key, "due_at": due_at, "payload": payload, "attempts": 0}
    await insert_if_absent(session, Job, values)
