"""Queries on who speaks to a citizen and on requests for a person."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Author, Conversation, ConversationState, Message
from bot.handoff.models import Handoff


async def get(session: AsyncSession, conversation_id: str) -> Conversation | None:
    """Return the conversation, fresh from the database."""
    return await session.get(Conversation, conversation_id, populate_existing=True)


async def lock(session: AsyncSession, conversation_id: str) -> Conversation | None:
    """Return the conversation, which nobody else changes until we commit (SQLite has one writer anyway)."""
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def move(
    session: AsyncSession, conversation_id: str, origin: Collection[ConversationState], to: ConversationState
) -> bool:
    """Change the state if it is one of ``origin``; False if it is not (any more)."""
    statement = (
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.state.in_(origin))
        .values(state=to, holder=None)
        .returning(Conversation.id)
    )
    return await session.scalar(statement) is not None


async def hold(session: AsyncSession, conversation_id: str, operator: str) -> bool:
    """Give the conversation to ``operator`` unless somebody holds it; False if somebody does."""
    statement = (
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.state != ConversationState.HELD)
        .values(state=ConversationState.HELD, holder=operator, n_claims=Conversation.n_claims + 1)
        .returning(Conversation.id)
        .execution_options(synchronize_session="fetch")
    )
    return await session.scalar(statement) is not None


async def open_handoff(session: AsyncSession, conversation_id: str) -> Handoff | None:
    """Return the request that has not ended."""
    query = select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.ended_at.is_(None))
    return await session.scalar(query.order_by(Handoff.id.desc()).limit(1))


def add(session: AsyncSession, handoff: Handoff) -> None:
    """Store a request."""
    session.add(handoff)


async def end_all(session: AsyncSession, conversation_id: str, now: datetime) -> None:
    """End the conversation's open requests."""
    is_open = (Handoff.conversation_id == conversation_id, Handoff.ended_at.is_(None))
    await session.execute(update(Handoff).where(*is_open).values(ended_at=now))


async def waiting_ids(session: AsyncSession) -> Sequence[str]:
    """Return the conversations that wait, who asked first coming first."""
    query = (
        select(Conversation.id)
        .join(Handoff, (Handoff.conversation_id == Conversation.id) & Handoff.ended_at.is_(None))
        .where(Conversation.state == ConversationState.WAITING)
        .group_by(Conversation.id)
        .order_by(func.min(Handoff.asked_at), func.min(Handoff.id))
    )
    return (await session.scalars(query)).all()


async def queue(session: AsyncSession) -> Sequence[Row[Conversation, Handoff, str | None]]:
    """Return waiting and held conversations with their request and the citizen's last words, who asked first first."""
    last_text = (
        select(Message.text)
        .where(Message.conversation_id == Conversation.id, Message.author == Author.CITIZEN)
        .order_by(Message.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Conversation, Handoff, last_text)
        .join(Handoff, (Handoff.conversation_id == Conversation.id) & Handoff.ended_at.is_(None))
        .where(Conversation.state.in_((ConversationState.WAITING, ConversationState.HELD)))
        .order_by(Handoff.asked_at, Handoff.id)
    )
    return (await session.execute(query)).all()


async def clear_reasons(session: AsyncSession, conversation_id: str) -> None:
    """Empty why this conversation asked for a person: it may be the citizen's own words."""
    await session.execute(update(Handoff).where(Handoff.conversation_id == conversation_id).values(reason=""))


async def clear_old_reasons(session: AsyncSession, before: datetime) -> None:
    """Empty the reasons of requests made before ``before``."""
    await session.execute(update(Handoff).where(Handoff.asked_at < before, Handoff.reason != "").values(reason=""))


async def ids_starting_with(session: AsyncSession, prefix: str, limit: int) -> Sequence[str]:
    """Return conversation ids that start with ``prefix``."""
    query = select(Conversation.id).where(Conversation.id.startswith(prefix, autoescape=True))
    return (await session.scalars(query.order_by(Conversation.id).limit(limit))).all()
