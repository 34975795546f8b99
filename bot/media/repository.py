"""Queries on pictures."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.media.models import Media


async def get(session: AsyncSession, media_id: str) -> Media | None:
    """Return the picture's row."""
    return await session.get(Media, media_id)


async def keep(session: AsyncSession, conversation_id: str, media_ids: Sequence[str]) -> set[str]:
    """Mark those of ``media_ids`` that are this conversation's as kept; returns them."""
    mine = select(Media.id).where(Media.id.in_(media_ids), Media.conversation_id == conversation_id)
    found = set((await session.scalars(mine)).all())
    await session.execute(update(Media).where(Media.id.in_(found)).values(is_kept=True))
    return found


async def forget(session: AsyncSession, conversation_id: str) -> list[str]:
    """Delete the conversation's rows that no complaint needs and detach the rest; returns the deleted ids."""
    mine = Media.conversation_id == conversation_id
    ids = list((await session.scalars(select(Media.id).where(mine, Media.is_kept.is_(False)))).all())
    await session.execute(delete(Media).where(mine, Media.is_kept.is_(False)))
    await session.execute(update(Media).where(mine).values(conversation_id=None))
    return ids


async def forget_older(session: AsyncSession, before: datetime) -> list[str]:
    """Delete rows older than ``before`` that no complaint needs; returns their ids."""
    old = (Media.created_at < before, Media.is_kept.is_(False))
    ids = list((await session.scalars(select(Media.id).where(*old))).all())
    await session.execute(delete(Media).where(*old))
    return ids
