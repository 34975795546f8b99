"""Conversations and turns for the tests of features."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens.service import CitizenService
from bot.citizens.vault import Vault
from bot.clock import FixedClock
from bot.complaints.service import ComplaintService
from bot.conversations.commands import CommandContext
from bot.conversations.models import Conversation, Turn
from bot.db.base import Base
from bot.db.engine import Database
from bot.handoff.service import HandoffService
from bot.media.service import MediaService
from bot.texts import Texts

START = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday 9:00 in Vietnam
PHONE = "<phone:aaaaaa>"
EMAIL = "<email:bbbbbb>"
CCCD = "<cccd:cccccc>"
SEALED = {PHONE: "0901234567", EMAIL: "a@example.vn", CCCD: "079012345678"}


@dataclass
class World:
    """The features on one database, with a clock that stands still."""

    db: Database
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))

    def __post_init__(self) -> None:
        self.vault = Vault("a secret for tests that is long enough")
        self.media = MediaService(self.db, self.folder / "media", self.clock, max_bytes=100_000)
        self.citizens = CitizenService(self.db, self.clock, self.vault)
        self.complaints = ComplaintService(self.db, self.clock, self.vault, self.media)
        self.handoff = HandoffService(self.db, self.clock, Texts.load())

    def wait(self, **duration: float) -> None:
        """Move the clock."""
        self.clock.set(self.clock.now() + timedelta(**duration))

    async def meet(self, *names: str) -> None:
        """Make conversations with these ids."""
        async with self.db.begin() as session:
            for name in names:
                now = self.clock.now()
                session.add(
                    Conversation(
                        id=name, channel="web", user_id=name, state="bot", n_claims=0, created_at=now, last_event_at=now
                    )
                )

    @asynccontextmanager
    async def turn(
        self, conversation_id: str, turn_id: str, index: int = 0, sealed: Mapping[str, str] | None = None
    ) -> AsyncIterator[CommandContext]:
        """Give a command's context in a transaction; the turn's row is made if it is the first time."""
        async with self.db.begin() as session:
            now = self.clock.now()
            if await session.get(Turn, turn_id) is None:
                turn = Turn(id=turn_id, conversation_id=conversation_id, status="done", created_at=now)
                session.add(turn)
                await session.flush()
            yield CommandContext(session, conversation_id, turn_id, index, now, sealed or {})

    async def photo(self, conversation_id: str) -> str:
        """Store a picture; returns its id."""
        out = BytesIO()
        Image.new("RGB", (20, 20), "red").save(out, "PNG")
        async with self.db.begin() as session:
            return (await self.media.store(session, conversation_id, await self.media.prepare(out.getvalue()))).id

    async def count(self, model: type[Base]) -> int:
        """Return how many rows a table has."""
        async with self.db.read() as session:
            return await count(session, model)


async def count(session: AsyncSession, model: type[Base]) -> int:
    """Return how many rows a table has."""
    return await session.scalar(select(func.count()).select_from(model)) or 0
