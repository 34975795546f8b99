"""Queries on complaints."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.complaints.models import Complaint, ComplaintEvent, ComplaintPhoto


async def by_turn(session: AsyncSession, turn_id: str, index: int) -> Complaint | None:
    """Return the complaint that this command made."""
    query = select(Complaint).where(Complaint.turn_id == turn_id, Complaint.turn_index == index)
    return await session.scalar(query)


async def by_code(session: AsyncSession, code: str) -> Complaint | None:
    """Return the complaint with this public code."""
    return await session.scalar(select(Complaint).where(Complaint.public_code == code))


async def latest(session: AsyncSession, conversation_id: str) -> Complaint | None:
    """Return the conversation's newest complaint."""
    query = select(Complaint).where(Complaint.conversation_id == conversation_id)
    return await session.scalar(query.order_by(Complaint.created_at.desc(), Complaint.id.desc()).limit(1))


async def add(session: AsyncSession, complaint: Complaint, photos: Sequence[str]) -> None:
    """Store a complaint with its pictures."""
    session.add(complaint)
    await session.flush()
    session.add_all(
        ComplaintPhoto(complaint_id=complaint.id, media_id=media_id, position=position)
        for position, media_id in enumerate(photos)
    )


def add_event(session: AsyncSession, event: ComplaintEvent) -> None:
    """Store a step."""
    session.add(event)


async def events(session: AsyncSession, complaint_id: int) -> Sequence[ComplaintEvent]:
    """Return a complaint's steps, oldest first."""
    query = select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint_id).order_by(ComplaintEvent.id)
    return (await session.scalars(query)).all()


async def photos(session: AsyncSession, complaint_id: int) -> Sequence[str]:
    """Return the media ids of a complaint's pictures, in the citizen's order."""
    query = select(ComplaintPhoto.media_id).where(ComplaintPhoto.complaint_id == complaint_id)
    return (await session.scalars(query.order_by(ComplaintPhoto.position))).all()


async def drop_contact(session: AsyncSession, conversation_id: str, *, detach: bool) -> int:
    """Remove the contact from a conversation's complaints, and the link to it if ``detach``; returns how many."""
    mine = list((await session.scalars(select(Complaint).where(Complaint.conversation_id == conversation_id))).all())
    for complaint in mine:
        complaint.contact = None
        complaint.is_anonymous = True
        if detach:
            complaint.conversation_id = None
            # The turn's id names the citizen's channel.
            complaint.turn_id = f"detached:{complaint.id}"
    await session.flush()
    return len(mine)
