"""Tables of consent and of the few personal values that are kept under it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UtcDateTime


class Consent(Base):
    """A citizen agreed to one purpose; withdrawing ends it and keeps the row as evidence."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_conversation_purpose", "conversation_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(32))
    text_version: Mapped[str] = mapped_column(String(16))
    """Which wording the citizen agreed to."""
    turn_id: Mapped[str] = mapped_column(String(200))
    """The turn in which it was said: the evidence."""
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SealedValue(Base):
    """An encrypted phone number or e-mail address, kept for one agreed purpose."""

    __tablename__ = "sealed_values"
    __table_args__ = (UniqueConstraint("conversation_id", "placeholder", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    placeholder: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(32))
    ciphertext: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Deletion(Base):
    """Says that a citizen's data were deleted, when and how much of what; never what it was."""

    __tablename__ = "deletions"

    turn_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    deleted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
