"""Kills the application between two steps of the path, or makes an action fail: nothing may be lost or doubled."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.e2e import crash
from tests.e2e.model import prepare
from tests.e2e.postgres import own_database

# Step of the conversation → where to die. `make bench` runs 30 kills (tools/bench); these are the ones that hurt most.
PLANS = [
    {0: "received", 3: "claimed", 6: "answered"},
    {2: "written", 5: "sending", 6: "written"},
    {1: "sent", 4: "noted", 6: "received"},
]


@dataclass(frozen=True)
class Arena:
    folder: Path
    worker: crash.Worker
    engine: Engine


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def arena(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """A worker and a Rasa on one database."""
    folder = tmp_path_factory.mktemp("crash")
    prepare(folder)
    port, rasa_port = crash.ports()
    with (
        own_database(request.param, folder) as url,
        crash.rasa(folder, port, rasa_port, url),
        crash.worker(folder, url, port, rasa_port) as worker,
    ):
        engine = crash.sync_engine(url)
        yield Arena(folder, worker, engine)
        engine.dispose()


@pytest.fixture(scope="module")
def undisturbed(arena: Arena) -> list[tuple[str, str]]:
    """What is said when nothing goes wrong."""
    with closing(crash.Page(arena.worker, arena.engine)) as page:
        crash.file_a_complaint(page, arena.folder, {})
        assert page.count("complaints") == 1
        return page.transcript()


@pytest.fixture
def page(arena: Arena) -> Iterator[crash.Page]:
    """A new citizen's browser."""
    with closing(crash.Page(arena.worker, arena.engine)) as made:
        yield made


@pytest.mark.parametrize("plan", PLANS, ids=["-".join(plan.values()) for plan in PLANS])
def test_a_killed_application_loses_and_doubles_nothing(
    arena: Arena, page: crash.Page, undisturbed: list[tuple[str, str]], plan: dict[int, str]
) -> None:
    before = arena.worker.n_kills
    crash.file_a_complaint(page, arena.folder, plan)
    arena.worker.revive()
    assert arena.worker.n_kills - before == len(plan)
    assert page.transcript() == undisturbed
    assert page.count("complaints") == 1
    assert page.n_sends() <= page.count("outbox") + len(plan)


@pytest.mark.parametrize("action", ["action_procedure_answer", "validate_complaint_form", "action_complaint_submit"])
def test_a_failing_action_changes_nothing_that_is_said(
    arena: Arena, page: crash.Page, undisturbed: list[tuple[str, str]], action: str
) -> None:
    (arena.folder / "fail_action").write_text(action)
    crash.file_a_complaint(page, arena.folder, {})
    assert not (arena.folder / "fail_action").exists(), "the action never ran"
    assert page.transcript() == undisturbed
    assert page.count("complaints") == 1
