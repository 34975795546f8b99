"""Migrations make exactly the tables that the models say, on both databases."""

from pathlib import Path

import pytest

from bot.db.engine import Database
from bot.db.migrate import differences, upgrade
from tests.e2e.postgres import own_database


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_an_empty_database_becomes_what_the_models_say_and_a_second_run_changes_nothing(
    kind: str, tmp_path: Path
) -> None:
    with own_database(kind, tmp_path) as url:
        db = Database(url)
        try:
            assert await differences(db)
            await upgrade(db)
            assert await differences(db) == []
            await upgrade(db)
            assert await differences(db) == []
        finally:
            await db.close()
