"""Dossiers: the embedded registry on real databases, the HTTP client against a real small server."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.db.engine import Database
from bot.dossiers.models import SampleDossier
from bot.dossiers.registry import MAX_ANSWER_BYTES, EmbeddedRegistry, HttpRegistry
from bot.dossiers.service import DossierService
from bot.dossiers.types import DossierUnavailable
from bot.errors import InputError

CLOCK = FixedClock(datetime(2026, 11, 21, 3, tzinfo=UTC))
CODE = "H29.25.7-261109-0112"
ANSWER = {
    "code": CODE,
    "procedure_name": "Trợ cấp hưu trí xã hội",
    "agency": "Ủy ban nhân dân phường Hòa Hưng",
    "status": 4,
    "received_on": "2026-11-09",
    "appointment_on": "2026-11-16",
    "owner_name": "Nguyễn Văn A",
}


async def test_seeding_twice_leaves_the_same_dossiers(db: Database) -> None:
    registry = EmbeddedRegistry(db)
    for _ in range(2):
        async with db.begin() as session:
            n_lines = await registry.seed(session)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(SampleDossier)) == n_lines >= 25


async def test_a_late_sample_dossier_tells_the_days_and_that_it_is_sample(db: Database) -> None:
    registry = EmbeddedRegistry(db)
    async with db.begin() as session:
        await registry.seed(session)
    view = await DossierService(registry, CLOCK).find("H29.30.12-261015-0311")
    assert view is not None
    assert (view.status_key, view.appointment_on, view.days_late) == ("processing", "10/11/2026", 11)
    assert view.is_sample


async def test_an_unknown_code_is_none(db: Database) -> None:
    assert await DossierService(EmbeddedRegistry(db), CLOCK).find("H29.1-261101-0001") is None


async def test_a_bad_sample_line_is_named(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(ANSWER) + "\n" + json.dumps(ANSWER | {"status": 11}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.jsonl:2: status"):
        async with db.begin() as session:
            await EmbeddedRegistry(db).seed(session, path)


class Service:
    """A city's dossier service of one answer, on a real socket."""

    def __init__(self) -> None:
        self.status = 200
        self.body = json.dumps(ANSWER).encode()
        self.is_silent = False
        self.requests: list[str] = []
        self.url = ""
        self.released = asyncio.Event()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if self.is_silent:
            await self.released.wait()
        head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + self.body)
        try:
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except ConnectionError:
            pass  # the client hung up on an answer that is too long


@pytest.fixture
async def city() -> AsyncIterator[Service]:
    service = Service()
    server = await asyncio.start_server(service.handle, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield service
    service.released.set()
    server.close()
    await server.wait_closed()


@pytest.fixture
async def ask(city: Service) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    async with HttpRegistry(city.url, "key-1", timeout_s=0.5) as registry:
        yield lambda: registry.find(CODE)


async def test_the_service_is_asked_with_key_and_path_and_names_are_dropped(city: Service) -> None:
    async with HttpRegistry(city.url + "/", "key-1") as registry:
        dossier = await registry.find(CODE)
    assert dossier is not None
    assert (dossier.status, dossier.appointment_on, dossier.is_sample) == (4, date(2026, 11, 16), False)
    assert "Nguyễn" not in repr(dossier)
    assert city.requests[0].startswith(f"GET /v1/dossiers/{CODE} HTTP/1.1\r\n")
    assert "x-api-key: key-1" in city.requests[0].lower()


async def test_404_is_no_such_dossier(city: Service, ask: Callable[[], Awaitable[object]]) -> None:
    city.status = 404
    assert await ask() is None


@pytest.mark.parametrize("status", [301, 401, 429, 500, 503])
async def test_other_statuses_are_unavailable(city: Service, ask: Callable[[], Awaitable[object]], status: int) -> None:
    city.status = status
    with pytest.raises(DossierUnavailable, match=str(status)):
        await ask()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>bao tri</html>",
        b"",
        b"[]",
        json.dumps(ANSWER | {"status": 0}).encode(),
        json.dumps(ANSWER | {"appointment_on": "16/11/2026"}).encode(),
        json.dumps(ANSWER | {"code": "H29.25.7-261109-9999"}).encode(),
        b" " * (MAX_ANSWER_BYTES + 1),
    ],
    ids=["html", "empty", "list", "status 0", "wrong date", "another dossier", "too long"],
)
async def test_an_answer_against_the_contract_is_unavailable(
    city: Service, ask: Callable[[], Awaitable[object]], body: bytes
) -> None:
    city.body = body
    with pytest.raises(DossierUnavailable) as caught:
        await ask()
    assert "Trợ cấp" not in str(caught.value)


async def test_silence_is_unavailable(city: Service, ask: Callable[[], Awaitable[object]]) -> None:
    city.is_silent = True
    with pytest.raises(DossierUnavailable, match=r"0\.5 s"):
        await ask()


async def test_nobody_listening_is_unavailable() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with HttpRegistry(f"http://127.0.0.1:{port}", "") as registry:
        with pytest.raises(DossierUnavailable):
            await registry.find(CODE)
