"""Brings a database to the newest version of our tables."""

import importlib
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from bot.db.base import Base
from bot.db.engine import Database

MODELS = (
    "bot.citizens.models",
    "bot.complaints.models",
    "bot.conversations.models",
    "bot.dossiers.models",
    "bot.handoff.models",
    "bot.media.models",
    "bot.switches.models",
)


def metadata() -> MetaData:
    """Return the tables of all features."""
    for name in MODELS:
        importlib.import_module(name)
    return Base.metadata


def config() -> Config:
    """Return Alembic's settings; there is no alembic.ini."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return made


async def upgrade(db: Database) -> None:
    """Apply the migrations that are missing; nothing happens if there are none."""
    async with db.engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


async def differences(db: Database) -> list[str]:
    """Return how the database differs from the models; empty if a migration was written for every change."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(_differences)


def _differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [str(difference) for difference in compare_metadata(context, metadata())]
