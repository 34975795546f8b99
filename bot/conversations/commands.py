"""What a turn changes: commands that actions ask for and services carry out, inside the turn's one transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Command:
    """A change that an action asked for; ``args`` are plain JSON values."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Where a command runs.

    Attributes:
        session: The turn's transaction; handlers never commit.
        turn_id: With ``index`` the key under which a command is applied once.
        sealed: Placeholder → personal value that came with this turn's events.
    """

    session: AsyncSession
    conversation_id: str
    turn_id: str
    index: int
    now: datetime
    sealed: Mapping[str, str] = field(default_factory=dict)


CommandHandler = Callable[[CommandContext, Mapping[str, Any]], Awaitable[None]]
