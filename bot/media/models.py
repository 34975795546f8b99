"""The table of pictures that citizens sent."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UtcDateTime


class Media(Base):
    """One picture; the file lies under ``var/media``."""

    __tablename__ = "media"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    """Who sent it; none once the citizen had their data deleted and the picture stays with a complaint."""
    mime: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(64))
    """Below the media folder."""
    is_kept: Mapped[bool] = mapped_column(default=False)
    """Belongs to a filed complaint, so retention leaves it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
