"""Real databases for the tests: SQLite always, PostgreSQL whenever one is reachable."""

import importlib
import os
import pkgutil
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

import bot
from bot.db.base import Base
from bot.db.engine import Database
from tests.integration.people import World

LOCAL_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def _load_all_tables() -> None:
    for module in pkgutil.iter_modules(bot.__path__):
        if module.ispkg and any(
            m.name == "models" for m in pkgutil.iter_modules([str(Path(bot.__path__[0], module.name))])
        ):
            importlib.import_module(f"bot.{module.name}.models")


_load_all_tables()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_engine() -> Iterator[Engine]:
    """A PostgreSQL database of our own with all tables, dropped at the end; skips where no server is reachable."""
    server = make_url(os.environ.get("TEST_DATABASE_URL") or LOCAL_POSTGRES)
    if server.get_backend_name() != "postgresql":
        pytest.skip(f"TEST_DATABASE_URL không phải PostgreSQL: {server.get_backend_name()}")
    name = f"test_{uuid4().hex}"
    try:
        _on_server(server, f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        pytest.skip(f"không có PostgreSQL ở {server.host}:{server.port or 5432} ({str(error).splitlines()[0]})")
    engine = create_engine(server.set(drivername="postgresql+psycopg", database=name), poolclass=NullPool)
    try:
        Base.metadata.create_all(engine)
        yield engine
    finally:
        engine.dispose()
        _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(server: URL, statement: str) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, connect_timeout=3) as connection:
        connection.execute(statement.encode())


@pytest.fixture(params=["sqlite", "postgres"])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "app.db")
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'app.db'}")
        yield database
        await database.close()
        return
    engine: Engine = request.getfixturevalue("postgres_engine")
    database = Database(engine.url.render_as_string(hide_password=False))
    yield database
    await database.close()
    with engine.begin() as connection:
        tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@pytest.fixture
def world(db: Database, tmp_path: Path) -> World:
    """The features on an empty database."""
    return World(db, tmp_path)
