"""Switches any topic, procedure or the whole bot off at once; what is off goes to people."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import InputError
from bot.switches import repository
from bot.switches.models import Switch
from knowledge.off import TOPIC

WHOLE_BOT = "bot"
# Emergency numbers, the way to a person and the controls are never taken from a citizen.
SKILLS = ("procedure", "dossier", "complaint", "directory", "notice", "account", "smalltalk", "out_of_scope")
PARTS = "procedure:<mã thủ tục>, procedure:<mã>:fee, procedure:<lĩnh vực> hoặc source:<tên miền của nguồn>"
# Design §5: "at once". Every turn asks, so a database query each time would be waste.
CACHE_FOR = timedelta(seconds=2)


class SwitchService:
    """Knows what is off."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._cached: frozenset[str] = frozenset()
        self._cached_at: datetime | None = None

    async def off_topics(self) -> frozenset[str]:
        """Return skills, ``procedure:<code>`` and ``bot`` that are off; another process's change shows within 2 s."""
        now = self._clock.now()
        if self._cached_at is None or not timedelta(0) <= now - self._cached_at < CACHE_FOR:
            self._cached = frozenset(switch.topic for switch in await self.list_off())
            self._cached_at = now
        return self._cached

    async def list_off(self) -> Sequence[Switch]:
        """Return what is off with reason, actor and time, newest first."""
        async with self._db.read() as session:
            return await repository.all_off(session)

    async def set_off(self, session: AsyncSession, topic: str, reason: str, actor: str) -> None:
        """Switch ``topic`` off.

        Raises:
            InputError: If there is no such topic.
        """
        switch = Switch(topic=check_topic(topic), off_at=self._clock.now(), reason=reason[:200], actor=actor[:64])
        await repository.put(session, switch)
        self._cached_at = None

    async def set_on(self, session: AsyncSession, topic: str) -> bool:
        """Switch ``topic`` on; False if it was on.

        Raises:
            InputError: If there is no such topic.
        """
        self._cached_at = None
        return await repository.remove(session, check_topic(topic))


def check_topic(topic: str) -> str:
    """Return the topic in its stored form.

    Raises:
        InputError: If there is no such topic; the message lists them.
    """
    clean = topic.strip().lower()
    if clean == WHOLE_BOT or clean in SKILLS or TOPIC.fullmatch(clean):
        return clean
    raise InputError(f"Không có chủ đề “{topic}”. Dùng: {WHOLE_BOT}, {', '.join(SKILLS)}, {PARTS}.")
