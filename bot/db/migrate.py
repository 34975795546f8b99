"""Brings a database to the newest version of our tables."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, inspect, text

from bot.db.base import Base
from bot.db.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
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


def config() -> "Config":
    """Return Alembic's settings; there is no alembic.ini."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(SCRIPTS))
    return made


def newest() -> str:
    """Return the newest version: the files are numbered, one after the other."""
    return max(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


async def upgrade(db: Database) -> None:
    """Apply the migrations that are missing; nothing happens if there are none."""
    async with db.engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    if inspect(connection).has_table("alembic_version"):
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if current == newest():
            return
    # Every start passes here; only one that migrates waits for Alembic to load.
    from alembic import command

    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


async def differences(db: Database) -> list[str]:
    """Return how the database differs from the models; empty if a migration was written for every change."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(_differences)


def _differences(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [str(difference) for difference in compare_metadata(context, metadata())]
