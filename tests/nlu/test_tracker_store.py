"""The tracker store on SQLite and, where a server is reachable, on PostgreSQL (a database of the test's own)."""

import asyncio
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.tracker_store import TrackerDatabaseError, TurnTrackerStore, summarise

POSTGRES = os.environ.get("TEST_TRACKER_ADMIN_URL", "postgresql+psycopg2://postgres@127.0.0.1:5432/postgres")
DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [ask]
slots:
  what: {type: text, mappings: [{type: from_text}]}
  items: {type: list, mappings: [{type: custom}]}
  title: {type: text, initial_value: "cô/chú", mappings: [{type: custom}]}
forms:
  report_form: {required_slots: [what]}
responses:
  utter_x: [{text: X}]
"""
)


def reachable_postgres() -> bool:
    try:
        with sa.create_engine(POSTGRES, connect_args={"connect_timeout": 2}).connect():
            return True
    except sa.exc.SQLAlchemyError:
        return False


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'made' / 'tracker.db'}"
        return
    if not reachable_postgres():
        pytest.skip("no PostgreSQL reachable")
    name = f"test_tracker_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.engine.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def store(url: str) -> Iterator[TurnTrackerStore]:
    store = TurnTrackerStore(DOMAIN, url, keep_turns=3, trim_at=6)
    yield store
    store.engine.dispose()


def run_turn(store: TurnTrackerStore, sender: str, event_id: str | None, *more: Event) -> DialogueStateTracker:
    """Store one turn as the door does."""

    async def run() -> DialogueStateTracker:
        tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
        n_stored = len(tracker.events)
        if not tracker.events:
            tracker.update_with_events([SessionStarted(), ActionExecuted("action_listen")], DOMAIN)
        said = [UserUttered(f"câu {event_id}", {"name": "ask"}, metadata={"event_id": event_id})] if event_id else []
        tracker.update_with_events(
            [*said, *more, BotUttered(f"đáp {event_id}"), ActionExecuted("action_listen")], DOMAIN
        )
        await store.save_turn(tracker, n_stored, event_id)
        return tracker

    return asyncio.run(run())


def load(store: TurnTrackerStore, sender: str) -> DialogueStateTracker | None:
    return asyncio.run(store.retrieve(sender))


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, UserUttered | BotUttered)]


def test_turn_is_found_by_its_event_with_the_state_it_led_to(store: TurnTrackerStore) -> None:
    run_turn(store, "s", "e1", SlotSet("what", "một"))
    run_turn(store, "s", "e2", SlotSet("what", "hai"))
    found = asyncio.run(store.turn_events("s", "e1"))
    assert found is not None
    tracker, events = found
    assert texts(events) == ["câu e1", "đáp e1"]
    assert tracker.get_slot("what") == "một"
    assert asyncio.run(store.turn_events("s", "e9")) is None
    assert asyncio.run(store.turn_events("other", "e1")) is None


def test_same_event_cannot_be_stored_twice(store: TurnTrackerStore) -> None:
    run_turn(store, "s", "e1")
    before = len(load(store, "s").events)
    with pytest.raises(sa.exc.IntegrityError):
        run_turn(store, "s", "e1")
    assert len(load(store, "s").events) == before


def test_cut_removes_the_turn_and_all_after_it(store: TurnTrackerStore) -> None:
    run_turn(store, "s", "e1", SlotSet("what", "một"))
    before = load(store, "s").current_state()["slots"]
    run_turn(store, "s", "e2", SlotSet("what", "hai"), ActiveLoop("report_form"))
    run_turn(store, "s", "e3")
    assert asyncio.run(store.cut("s", "e2"))
    tracker = load(store, "s")
    assert texts(tracker.events) == ["câu e1", "đáp e1"]
    assert tracker.current_state()["slots"] == before
    assert tracker.active_loop_name is None
    assert not asyncio.run(store.cut("s", "e2"))
    run_turn(store, "s", "e2")
    assert texts(load(store, "s").events)[-1] == "đáp e2"


def test_delete_is_for_one_conversation(store: TurnTrackerStore) -> None:
    run_turn(store, "s", "e1")
    run_turn(store, "t", "e1")
    assert asyncio.run(store.delete("s")) == 5
    assert load(store, "s") is None
    assert asyncio.run(store.turn_events("s", "e1")) is None
    assert load(store, "t") is not None
    assert asyncio.run(store.keys()) == ["t"]
    assert asyncio.run(store.delete("s")) == 0


def test_old_turns_are_summarised_without_losing_slots_or_the_form(store: TurnTrackerStore) -> None:
    run_turn(store, "s", "start", ActiveLoop("report_form"), SlotSet("requested_slot", "what"))
    run_turn(store, "s", "title", SlotSet("title", "bác"), SlotSet("items", ["một", "hai"]))
    largest = 0
    for number in range(40):
        tracker = run_turn(store, "s", f"e{number}", SlotSet("what", f"{number}"))
        stored = load(store, "s")
        assert stored.active_loop_name == tracker.active_loop_name == "report_form"
        assert stored.current_slot_values() == tracker.current_slot_values()
        assert stored.latest_action_name == "action_listen"
        largest = max(largest, len(stored.events))
    assert largest <= 6 * 4 + 8
    assert asyncio.run(store.turn_events("s", "start")) is None
    assert asyncio.run(store.turn_events("s", "e38")) is not None
    assert asyncio.run(store.cut("s", "e39"))
    assert load(store, "s").get_slot("what") == "38"


def test_purge_forgets_what_was_said_and_keeps_the_slots(store: TurnTrackerStore) -> None:
    run_turn(store, "old", "e1")
    run_turn(store, "mixed", "e1", SlotSet("what", "giữ"))
    moment = time.time()
    run_turn(store, "mixed", "e2")
    assert sorted(store.senders_before(moment)) == ["mixed", "old"]
    for sender in store.senders_before(moment):
        asyncio.run(store.purge(sender, moment))
    assert load(store, "old") is None
    tracker = load(store, "mixed")
    assert texts(tracker.events) == ["câu e2", "đáp e2"]
    assert tracker.get_slot("what") == "giữ"
    assert store.senders_before(moment) == []


def test_summary_leads_to_the_same_state() -> None:
    tracker = DialogueStateTracker.from_events("s", [SessionStarted()], DOMAIN.slots)
    tracker.update_with_events([ActiveLoop("report_form"), SlotSet("what", "x"), SlotSet("title", None)], DOMAIN)
    again = DialogueStateTracker.from_events("s", summarise(tracker), DOMAIN.slots)
    assert again.current_slot_values() == tracker.current_slot_values()
    assert again.active_loop_name == "report_form"


def test_events_outside_turns_are_kept(store: TurnTrackerStore) -> None:
    run_turn(store, "s", "e1")
    run_turn(store, "s", None, SlotSet("what", "trả lại"))
    assert load(store, "s").get_slot("what") == "trả lại"


def test_it_survives_a_new_process(url: str) -> None:
    first = TurnTrackerStore(DOMAIN, url)
    run_turn(first, "s", "e1", SlotSet("what", "Đường Lê Lợi"))
    first.engine.dispose()
    second = TurnTrackerStore(DOMAIN, url)
    assert load(second, "s").get_slot("what") == "Đường Lê Lợi"
    second.engine.dispose()


@pytest.mark.parametrize(
    "bad",
    [
        "postgresql://nobody:wrong@127.0.0.1:1/none",
        "sqlite:////proc/no/such/tracker.db",
        "nonsense",
        "oracle://x",
    ],
)
def test_database_that_cannot_be_opened_is_an_error_without_the_password(bad: str) -> None:
    with pytest.raises(TrackerDatabaseError, match="RASA_TRACKER_URL") as caught:
        TurnTrackerStore(DOMAIN, bad)
    assert "wrong" not in str(caught.value)


def test_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"
    path.write_text("this is not a database, but long enough to look at" * 40)
    with pytest.raises(TrackerDatabaseError):
        TurnTrackerStore(DOMAIN, f"sqlite:///{path}")
