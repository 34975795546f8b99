"""Queries on switches."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.switches.models import Switch


async def all_off(session: AsyncSession) -> Sequence[Switch]:
    """Return what is off, newest first."""
    return (await session.scalars(select(Switch).order_by(Switch.off_at.desc(), Switch.topic))).all()


async def put(session: AsyncSession, switch: Switch) -> None:
    """Switch off, or change the reason of what is off."""
    await session.merge(switch)


async def remove(session: AsyncSession, topic: str) -> bool:
    """Switch on; False if it was on."""
    found = await session.scalar(delete(Switch).where(Switch.topic == topic).returning(Switch.topic))
    return found is not None
