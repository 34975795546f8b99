"""Alembic's entry point; ``bot/db/migrate.py`` passes the open connection."""

from typing import Literal

from alembic import context

from bot.db.base import UtcDateTime
from bot.db.migrate import metadata


def render(kind: str, value: object, _context: object) -> str | Literal[False]:
    """Write our column type as the database's own, so that migrations do not depend on our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
