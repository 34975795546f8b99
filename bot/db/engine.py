"""The database connection: SQLite by default, PostgreSQL in production, the same code for both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

# How long a SQLite writer waits for another one; a turn's transactions take milliseconds.
SQLITE_BUSY_TIMEOUT_MS = 10_000
# FULL: a channel is told 200 only once the event would survive a power cut. Deleted words are overwritten.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=FULL",
    "secure_delete=ON",
    f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
)


class Database:
    """Opens sessions. Build it once in ``bot/main.py`` and pass it on.

    Args:
        url: SQLAlchemy address, ``sqlite+aiosqlite:///…`` or ``postgresql+psycopg://…``.
    """

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else create_async_engine(url, pool_pre_ping=True)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Give a session in a write transaction: commits at the end, rolls back on an error."""
        async with self._sessions() as session:
            await session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            yield session
            await session.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Give a session for reading; whatever it changes is rolled back."""
        async with self._sessions() as session:
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _sqlite_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # We begin transactions ourselves (below): the driver's own begin comes too late and never locks for writing.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine
