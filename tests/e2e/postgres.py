"""A database of a test's own, on either server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import URL, make_url

LOCAL_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


@contextmanager
def own_database(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database; a PostgreSQL one is dropped at the end. Skips without a server."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'app.db'}"
        return
    server = make_url(os.environ.get("TEST_DATABASE_URL") or LOCAL_POSTGRES)
    name = f"test_{uuid4().hex}"
    try:
        _run(server, f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {server.host}:{server.port or 5432} ({str(error).splitlines()[0]})")
    try:
        made = server.set(drivername="postgresql+psycopg", database=name)
        yield made.render_as_string(hide_password=False)
    finally:
        _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(server: URL, statement: str) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, connect_timeout=3) as connection:
        connection.execute(statement.encode())
