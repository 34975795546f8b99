"""Where Rasa keeps conversations: an SQLite file of its own (var/tracker.db) or a PostgreSQL schema of its own.

Rasa's ``SQLTrackerStore`` with four things more. Each turn is noted with the application's event id, so that it can be
looked up, answered again and cut. A turn's events and its note are stored in one transaction. Old turns are replaced by
a short summary (slots, active form), so that a turn costs the same after hundreds of turns. A database that cannot be
opened stops Rasa instead of being replaced by memory.

Environment: ``RASA_TRACKER_URL`` (SQLAlchemy address; default the SQLite file), ``RASA_TRACKER_SCHEMA`` (PostgreSQL
only, default "rasa"; made if missing).
"""

import contextlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session, sessionmaker

ROOT = Path(__file__).resolve().parent.parent
KEEP_TURNS = 8
"""Turns kept as they were; a form has fewer steps, and no policy looks further back."""
TRIM_AT = 16
"""Turns after which the older ones are summarised; the distance to KEEP_TURNS makes that rare."""


class TrackerDatabaseError(Exception):
    """The database cannot be opened or written; Rasa must not start (the message says which and what to do)."""


class TurnRecord(SQLTrackerStore.Base):
    """One finished turn: its events are those from ``first_event`` on, up to the next turn's."""

    __tablename__ = "turns"

    id = sa.Column(sa.Integer, primary_key=True)
    sender_id = sa.Column(sa.String(255), nullable=False)
    event_id = sa.Column(sa.String(255), nullable=False)
    first_event = sa.Column(sa.Integer, nullable=False)
    __table_args__ = (sa.UniqueConstraint("sender_id", "event_id"),)


class TurnTrackerStore(SQLTrackerStore):
    """Tracker store that knows turns. Named in endpoints.yml; used by ``nlu.turn_channel``."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        keep_turns: int = KEEP_TURNS,
        trim_at: int = TRIM_AT,
        **kwargs: Any,
    ) -> None:
        """Open the database and make what is missing in it.

        ``host`` is an SQLAlchemy address; None reads ``RASA_TRACKER_URL``.

        Raises:
            TrackerDatabaseError: It cannot be opened or written.
        """
        url = _database_url(host)
        shown = re.sub(r"//[^@/]*@", "//", url)
        try:
            self.engine = _open(url)
            self.sessionmaker = sessionmaker(bind=self.engine)
        except Exception as error:
            # Not ImportError or a database error: Rasa answers the first with memory, and waits for ever on the second.
            raise TrackerDatabaseError(
                f"Không mở được cơ sở dữ liệu hội thoại của Rasa ({shown}): {error}. Kiểm tra RASA_TRACKER_URL."
            ) from error
        self.keep_turns = keep_turns
        self.trim_at = trim_at
        TrackerStore.__init__(self, domain, event_broker, **kwargs)

    @contextlib.contextmanager
    def session_scope(self) -> Iterator[Session]:
        """Give a session; an error rolls back (the parent would end the process on any ValueError)."""
        with self.sessionmaker() as session:
            yield session

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Any:
        """Query all events of a conversation: it has one session, which the application ends, not Rasa."""
        return session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).order_by(self.SQLEvent.id)

    async def save_turn(self, tracker: DialogueStateTracker, n_stored: int, event_id: str | None) -> None:
        """Store the events after the first ``n_stored`` ones (those are in the database already), all or none.

        ``event_id`` is the turn they belong to; None for events outside any turn.

        Raises:
            sqlalchemy.exc.IntegrityError: Another process stored this turn meanwhile.
        """
        with self.session_scope() as session:
            rows = [self._row(tracker.sender_id, event) for event in list(tracker.events)[n_stored:]]
            session.add_all(rows)
            session.flush()
            if event_id is not None and rows:
                first = min(row.id for row in rows)
                session.add(TurnRecord(sender_id=tracker.sender_id, event_id=event_id, first_event=first))
            session.commit()
        if sum(isinstance(event, UserUttered) for event in tracker.events) > self.trim_at:
            self._trim(tracker.sender_id)

    async def turn_events(self, sender_id: str, event_id: str) -> tuple[DialogueStateTracker, list[Event]] | None:
        """Find a finished turn.

        Returns:
            The tracker as it was at the end of that turn and the turn's own events; None if there is no such turn.
        """
        with self.session_scope() as session:
            turn = self._turn(session, sender_id, event_id)
            if turn is None:
                return None
            after = (
                session.query(sa.func.min(TurnRecord.first_event))
                .filter(TurnRecord.sender_id == sender_id, TurnRecord.first_event > turn.first_event)
                .scalar()
            )
            query = self._event_query(session, sender_id, True)
            rows = (query if after is None else query.filter(self.SQLEvent.id < after)).all()
            n_before = sum(row.id < turn.first_event for row in rows)
        tracker = self._tracker(sender_id, rows)
        return tracker, list(tracker.events)[n_before:]

    async def cut(self, sender_id: str, event_id: str) -> bool:
        """Take the conversation back to before a turn. False if there is no such turn (any more)."""
        with self.session_scope() as session:
            turn = self._turn(session, sender_id, event_id)
            if turn is None:
                return False
            first = turn.first_event
            _delete(session, self.SQLEvent, self.SQLEvent.sender_id == sender_id, self.SQLEvent.id >= first)
            _delete(session, TurnRecord, TurnRecord.sender_id == sender_id, TurnRecord.first_event >= first)
            session.commit()
            return True

    async def delete(self, sender_id: str) -> int:
        """Remove everything of a conversation; gives the number of events removed."""
        with self.session_scope() as session:
            n_deleted = _delete(session, self.SQLEvent, self.SQLEvent.sender_id == sender_id)
            _delete(session, TurnRecord, TurnRecord.sender_id == sender_id)
            session.commit()
            return n_deleted

    def _turn(self, session: Session, sender_id: str, event_id: str) -> TurnRecord | None:
        return session.query(TurnRecord).filter_by(sender_id=sender_id, event_id=event_id).one_or_none()

    def _tracker(self, sender_id: str, rows: Sequence[Any]) -> DialogueStateTracker:
        return DialogueStateTracker.from_dict(sender_id, [json.loads(row.data) for row in rows], self.domain.slots)

    def _row(self, sender_id: str, event: Event, row_id: int | None = None) -> Any:
        data = event.as_dict()
        return self.SQLEvent(
            id=row_id,
            sender_id=sender_id,
            type_name=event.type_name,
            timestamp=data.get("timestamp"),
            intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
            action_name=data.get("name"),
            data=json.dumps(data, ensure_ascii=False),
        )

    def _trim(self, sender_id: str) -> None:
        """Replace all but the last turns by what they led to, in the place of the first events."""
        with self.session_scope() as session:
            turns = session.query(TurnRecord).filter_by(sender_id=sender_id).order_by(TurnRecord.first_event)
            if turns.count() <= self.trim_at:
                return
            first_kept = turns.all()[-self.keep_turns].first_event
        self._summarise_before(sender_id, first_kept)

    async def purge(self, sender_id: str, before: float) -> None:
        """Forget what was said before a moment (seconds since 1970); what still matters stays as slots."""
        with self.session_scope() as session:
            recent = session.query(self.SQLEvent.id).filter(
                self.SQLEvent.sender_id == sender_id, self.SQLEvent.timestamp >= before
            )
            first_recent = recent.order_by(self.SQLEvent.id).limit(1).scalar()
            kept = (
                session.query(sa.func.min(TurnRecord.first_event))
                .filter(TurnRecord.sender_id == sender_id, TurnRecord.first_event >= (first_recent or 0))
                .scalar()
            )
        if first_recent is None or kept is None:
            await self.delete(sender_id)
        else:
            self._summarise_before(sender_id, kept)

    def senders_before(self, before: float) -> list[str]:
        """Give the conversations that hold anything said before a moment (seconds since 1970)."""
        with self.session_scope() as session:
            rows = session.query(self.SQLEvent.sender_id).filter(self.SQLEvent.timestamp < before).distinct()
            return [row[0] for row in rows]

    def _summarise_before(self, sender_id: str, first_kept: int) -> None:
        with self.session_scope() as session:
            old = self._event_query(session, sender_id, True).filter(self.SQLEvent.id < first_kept).all()
            summary = summarise(self._tracker(sender_id, old))
            if len(summary) > len(old):
                return
            ids = [row.id for row in old]
            _delete(session, self.SQLEvent, self.SQLEvent.sender_id == sender_id, self.SQLEvent.id < first_kept)
            _delete(session, TurnRecord, TurnRecord.sender_id == sender_id, TurnRecord.first_event < first_kept)
            session.expunge_all()
            session.add_all(self._row(sender_id, event, ids[i]) for i, event in enumerate(summary))
            session.commit()


def summarise(tracker: DialogueStateTracker) -> list[Event]:
    """Give the fewest events that lead to the same slots and the same active form."""
    events: list[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]
    if tracker.active_loop_name:
        events.append(ActiveLoop(tracker.active_loop_name))
    for name, slot in sorted(tracker.slots.items()):
        if slot.value != slot.initial_value:
            events.append(SlotSet(name, slot.value))
    return events


def _delete(session: Session, table: Any, *conditions: Any) -> int:
    return int(session.query(table).filter(*conditions).delete(synchronize_session=False))


def _database_url(given: str | None) -> str:
    """Give the address in the words of SQLAlchemy 1.4 and the drivers of Rasa's environment."""
    url = given or os.environ.get("RASA_TRACKER_URL") or f"sqlite:///{ROOT / 'var' / 'tracker.db'}"
    url = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg2://", url)
    return re.sub(r"^sqlite\+\w+://", "sqlite://", url)


def _open(url: str) -> sa.engine.Engine:
    """Make the engine and the tables, and prove that they can be written."""
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        options = {"timeout": 15, "check_same_thread": False}
        # Connections are kept: opening one for every session, SQLAlchemy 1.4's choice for files, costs 3 ms a turn.
        engine = sa.create_engine(url, connect_args=options, poolclass=sa.pool.QueuePool)
        sa.event.listen(engine, "connect", _set_sqlite_pragmas)
    else:
        schema = os.environ.get("RASA_TRACKER_SCHEMA", "rasa")
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", schema):
            raise ValueError(f"RASA_TRACKER_SCHEMA={schema!r}")
        options = {"options": f"-csearch_path={schema}", "connect_timeout": 10}
        engine = sa.create_engine(url, connect_args=options, pool_size=5, max_overflow=10, pool_pre_ping=True)
        with engine.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    SQLTrackerStore.Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(TurnRecord).where(TurnRecord.id < 0))
    return engine


def _set_sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A power cut may cost the last turns here, never the file; the application has them.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
