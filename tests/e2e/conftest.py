"""One running system for all conversations of a test run."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.world import World, running_world


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The whole system; its database is shared, every citizen is new."""
    async with running_world(tmp_path_factory.mktemp("world")) as running:
        yield running
