"""The one statement that differs between our two databases: insert unless it is there."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.base import Base


async def insert_if_absent(session: AsyncSession, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique constraint already has one (``ON CONFLICT DO NOTHING``).

    Returns:
        True if the row is new.
    """
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    key = table.primary_key.columns[0]
    result = await session.execute(insert.values(dict(values)).on_conflict_do_nothing().returning(key))
    return result.first() is not None
