"""The table of topics that are switched off."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UtcDateTime


class Switch(Base):
    """A topic that the bot does not answer now; no row means that it does."""

    __tablename__ = "switches"

    topic: Mapped[str] = mapped_column(String(64), primary_key=True)
    off_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(64))
