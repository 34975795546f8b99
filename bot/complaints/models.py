"""Tables of complaints: the ticket, its history and its pictures."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UtcDateTime


class Complaint(Base):
    """What a citizen reported. Outlives the conversation, which may be deleted."""

    __tablename__ = "complaints"
    __table_args__ = (UniqueConstraint("turn_id", "turn_index"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    public_code: Mapped[str] = mapped_column(String(20), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    turn_id: Mapped[str] = mapped_column(String(200))
    """With ``turn_index`` the command that made it: the same command never makes a second one."""
    turn_index: Mapped[int]
    category: Mapped[str] = mapped_column(String(32))
    description: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_anonymous: Mapped[bool]
    contact: Mapped[str | None] = mapped_column(Text)
    """Encrypted phone number or e-mail address, only under consent."""
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ComplaintEvent(Base):
    """A step in a complaint's life."""

    __tablename__ = "complaint_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ComplaintPhoto(Base):
    """A picture of a complaint."""

    __tablename__ = "complaint_photos"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True)
    media_id: Mapped[str] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
