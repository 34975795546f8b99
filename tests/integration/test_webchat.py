"""The web page over HTTP: a real server, a real database, the real message path with a scripted dialogue."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path as FilePath
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import func, select

from bot.child import free_port
from bot.conversations.models import Author, InboxEvent, Message
from bot.db.engine import Database
from bot.dialogue.types import Answer, Reply, TurnRequest
from bot.media.service import MediaService
from bot.realtime import sse
from bot.realtime.hub import MemoryHub
from bot.settings import Settings
from bot.webchat import session
from bot.webchat.endpoints import router
from channels.web.adapter import WebChannel
from tests.integration.path import SECRET, Path, ScriptedDialogue

SCRIPT = {"X-Requested-With": "chat", "Sec-Fetch-Site": "same-origin"}
PER_MINUTE = 25


async def answer(request: TurnRequest) -> Answer:
    """Offer a button for "nút", else repeat."""
    if request.text == "nút":
        return Answer(replies=(Reply("Chọn giúp em ạ", buttons=(("Lệ phí", "/procedure_ask"),)),))
    return Answer(replies=(Reply(f"Dạ: {request.text or request.payload}"),))


@dataclass
class Site:
    """A running page and the parts behind it."""

    url: str
    path: Path
    hub: MemoryHub
    db: Database

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=20)

    @asynccontextmanager
    async def visitor(self) -> AsyncIterator[httpx.AsyncClient]:
        """Give a browser that has opened the page, and so has the cookie."""
        async with self.browser() as client:
            assert (await client.get("/")).status_code == 200
            yield client

    async def listening(self) -> None:
        """Wait until a page follows the stream."""
        async with asyncio.timeout(10):
            while not self.hub.n_topics:  # noqa: ASYNC110 - the hub has no event for this
                await asyncio.sleep(0.01)

    async def settle(self) -> None:
        """Wait until everything is answered and sent."""
        await asyncio.wait_for(self.path.runner.idle(), 10)
        while await self.path.outbox.send_due():
            pass

    async def count(self, model: type[Message] | type[InboxEvent]) -> int:
        async with self.db.read() as reader:
            return (await reader.execute(select(func.count()).select_from(model))).scalar_one()


@pytest.fixture
async def site(db: Database, tmp_path: FilePath) -> AsyncIterator[Site]:
    hub = MemoryHub()
    path = Path(db, dialogue=ScriptedDialogue(answer), channel=WebChannel(hub))  # type: ignore[arg-type]
    settings = Settings(
        _env_file=None, var_dir=tmp_path, secret_key=SECRET, messages_per_minute=PER_MINUTE, max_upload_mb=1
    )
    services = SimpleNamespace(
        settings=settings,
        clock=path.clock,
        db=db,
        hub=hub,
        inbox=path.inbox,
        conversations=path.conversations,
        media=MediaService(db, tmp_path / "media", path.clock, 2**20),
    )
    app = FastAPI()
    app.include_router(router(services))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0.01)
    yield Site(f"http://127.0.0.1:{port}", path, hub, db)
    await path.runner.idle()
    server.should_exit = True
    await serving


async def send(client: httpx.AsyncClient, event_id: str = "client-id-1", **form: str) -> httpx.Response:
    return await client.post("/web/messages", data={"event_id": event_id, **form}, headers=SCRIPT)


async def fragments(client: httpx.AsyncClient, n: int, **headers: str) -> list[tuple[str, str]]:
    """Read ``n`` messages of the stream as (id, HTML)."""
    found: list[tuple[str, str]] = []
    async with client.stream("GET", "/web/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name, number, data = "", "", list[str]()
        async for line in stream.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                number = value
            elif field == "data":
                data.append(value)
            elif not line:
                if name == "message":
                    found.append((number, "\n".join(data)))
                name, number, data = "", "", []
                if len(found) == n:
                    return found
    return found


async def test_first_visit_gives_a_session_and_forbids_foreign_code(site: Site) -> None:
    async with site.browser() as client:
        page = await client.get("/")
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert session.verify(page.cookies[session.COOKIE], SECRET)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Trợ lý tự động (máy)" in page.text
    assert 'href="tel:1022"' in page.text
    # What the policy would block must not be there at all.
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|<style|\son[a-z]+=|https?://(?!www\.w3\.org)", page.text)
    assert len(re.findall(r'class="task[ "]', page.text)) == 6
    assert await site.count(InboxEvent) == 0


@pytest.mark.parametrize("name", ["chat.css", "chat.js", "icon.svg", "vendor/htmx.min.js", "vendor/htmx.LICENSE"])
async def test_static_files(site: Site, name: str) -> None:
    async with site.browser() as client:
        assert (await client.get(f"/web/static/{name}")).status_code == 200


@pytest.mark.parametrize("name", ["../endpoints.py", "%2e%2e/endpoints.py", "nothing.css", ""])
async def test_static_serves_nothing_else(site: Site, name: str) -> None:
    async with site.browser() as client:
        assert (await client.get(f"/web/static/{name}")).status_code == 404


async def test_message_is_stored_shown_and_answered(site: Site) -> None:
    async with site.visitor() as client:
        sent = await send(client, text="Làm <b>khai sinh</b>?")
        assert sent.status_code == 202
        assert "Làm &lt;b&gt;khai sinh&lt;/b&gt;?" in sent.text
        assert 'data-author="citizen"' in sent.text
        await site.settle()
        page = await client.get("/")
    assert sent.text in page.text
    assert "Dạ: Làm &lt;b&gt;khai sinh&lt;/b&gt;?" in page.text
    assert 'id="welcome"' not in page.text


async def test_sending_again_changes_nothing(site: Site) -> None:
    async with site.visitor() as client:
        assert (await send(client, text="một")).text
        again = await send(client, text="một")
        assert (again.status_code, again.text) == (202, "")
        await site.settle()
        assert await site.count(InboxEvent) == 1
        # A form shown once may be sent with other words: that is a new message, not a repeat.
        await send(client, text="hai")
        await site.settle()
    assert await site.count(InboxEvent) == 2


async def test_same_client_id_of_two_citizens_is_two_messages(site: Site) -> None:
    async with site.visitor() as first, site.visitor() as second:
        await send(first, text="một")
        assert (await send(second, text="một")).text
        await site.settle()
    assert await site.count(InboxEvent) == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Requested-With": "chat", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-Requested-With": "chat", "Origin": "https://evil.example"}, 403),
        ({"X-Requested-With": "chat", "Origin": "null"}, 403),
        ({"X-Requested-With": "chat"}, 403),
        ({"X-Requested-With": "chat", "Sec-Fetch-Site": "same-origin"}, 202),
    ],
)
async def test_only_our_own_page_may_send(site: Site, headers: dict[str, str], status: int) -> None:
    async with site.visitor() as client:
        sent = await client.post(
            "/web/messages", data={"event_id": "client-id-1", "text": "khai sinh"}, headers=headers
        )
        await site.settle()
    assert sent.status_code == status
    assert await site.count(InboxEvent) == (status == 202)


async def test_own_origin_is_enough_where_the_browser_says_no_more(site: Site) -> None:
    async with site.visitor() as client:
        sent = await client.post(
            "/web/messages",
            data={"event_id": "client-id-1", "text": "khai sinh"},
            headers={"X-Requested-With": "chat", "Origin": site.url},
        )
        await site.settle()
    assert sent.status_code == 202


async def test_json_needs_our_header(site: Site) -> None:
    place = {"event_id": "client-id-1", "latitude": 10.77, "longitude": 106.7}
    async with site.visitor() as client:
        refused = await client.post("/web/location", json=place, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 403


@pytest.mark.parametrize("cookie", [None, "abc", "someone.0000", "người.khác"])
async def test_no_session_no_message(site: Site, cookie: str | None) -> None:
    headers = {**SCRIPT, **({"Cookie": f"{session.COOKIE}={cookie}".encode().decode("latin-1")} if cookie else {})}
    async with site.browser() as client:
        encoded = httpx.Headers({k.encode(): v.encode("latin-1") for k, v in headers.items()})
        sent = await client.post(
            "/web/messages", data={"event_id": "client-id-1", "text": "khai sinh"}, headers=encoded
        )
        assert (await client.get("/web/events")).status_code == 401
    assert sent.status_code == 401
    assert "tải lại trang" in sent.json()["text"]


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"text": "   "}, 400, "chưa viết"),
        ({"text": "a" * 2001}, 413, "dài quá"),
        ({"text": "ạ" * 20_000}, 413, "dài quá"),
        ({"payload": "/delete_everything"}, 400, "chưa đọc được"),
        ({"text": "khai sinh", "event_id": "x"}, 400, "chưa đọc được"),
        ({"text": "khai sinh", "event_id": "a b' OR 1=1"}, 400, "chưa đọc được"),
    ],
)
async def test_bad_messages_are_explained(site: Site, form: dict[str, str], status: int, words: str) -> None:
    async with site.visitor() as client:
        sent = await send(client, **form)
    assert sent.status_code == status
    assert words in sent.json()["text"]
    assert await site.count(InboxEvent) == 0


async def test_missing_fields_are_explained(site: Site) -> None:
    async with site.visitor() as client:
        sent = await client.post("/web/messages", data={"text": "khai sinh"}, headers=SCRIPT)
    assert (sent.status_code, sent.json()["error"]) == (400, "bad_request")


async def test_too_many_messages_get_a_friendly_pause(site: Site) -> None:
    async with site.visitor() as client:
        answers = [await send(client, f"client-id-{n}", text="khai sinh") for n in range(PER_MINUTE + 1)]
        await site.settle()
    assert {a.status_code for a in answers[:-1]} == {202}
    last = answers[-1]
    assert last.status_code == 429
    assert "Gửi lại" in last.json()["text"]
    assert int(last.headers["retry-after"]) == last.json()["retry_after_s"] >= 1


async def test_button_is_understood_only_by_its_owner(site: Site) -> None:
    async with site.visitor() as client, site.visitor() as other:
        await send(client, text="nút")
        await site.settle()
        key = re.search(r'name="payload" value="([A-Za-z0-9_-]{1,16})">Lệ phí', (await client.get("/")).text)
        assert key
        assert "Lệ phí" in (await send(client, "client-id-2", payload=key[1])).text
        assert "Lệ phí" not in (await send(other, "client-id-2", payload=key[1])).text
        await site.settle()
    payloads = [request.payload for request in site.path.dialogue.asked]
    assert payloads.count("/procedure_ask") == 1
    assert payloads.count("/control_stale_button") == 1


async def test_exits_are_commands(site: Site) -> None:
    async with site.visitor() as client:
        assert "Gặp người" in (await send(client, payload="cmd:human")).text
        await site.settle()
    assert site.path.dialogue.asked[-1].payload == "/human_ask"


def picture(size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


async def upload(client: httpx.AsyncClient, content: bytes, name: str = "hinh.png") -> httpx.Response:
    files = {"image": (name, content, "image/png")}
    return await client.post("/web/uploads", data={"event_id": "client-id-1"}, files=files, headers=SCRIPT)


async def test_picture_is_kept_and_shown_to_its_owner_only(site: Site) -> None:
    async with site.visitor() as client, site.visitor() as other:
        sent = await upload(client, picture())
        assert sent.status_code == 202
        address = re.search(r'src="(/web/media/[0-9a-f]{32})"', sent.text)
        assert address
        await site.settle()
        shown = await client.get(address[1])
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        await send(other, text="khai sinh")
        await site.settle()
        assert (await other.get(address[1])).status_code == 404
    assert site.path.dialogue.asked[0].payload.startswith("/control_photo")


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [(b"GIF89a not a picture", 400, "ảnh"), (b"", 400, "trống"), (b"x" * (2**20 + 2**17), 413, "lớn quá 1 MB")],
)
async def test_bad_pictures_are_explained(site: Site, content: bytes, status: int, words: str) -> None:
    async with site.visitor() as client:
        sent = await upload(client, content, "hinh.jpg")
    assert sent.status_code == status
    assert words in sent.json()["text"]
    assert await site.count(InboxEvent) == 0


@pytest.mark.parametrize(("latitude", "status"), [(10.7769, 202), (91, 400), ("x", 400)])
async def test_place(site: Site, latitude: object, status: int) -> None:
    place = {"event_id": "client-id-1", "latitude": latitude, "longitude": 106.7009}
    async with site.visitor() as client:
        sent = await client.post("/web/location", json=place, headers=SCRIPT)
        await site.settle()
    assert sent.status_code == status
    if status == 202:
        assert "Đã gửi vị trí" in sent.text
        assert "10.7769" in site.path.dialogue.asked[0].payload


async def test_stream_and_history_show_the_same(site: Site) -> None:
    async with site.visitor() as client:
        reading = asyncio.create_task(fragments(client, 2))
        await site.listening()
        await send(client, text="khai sinh cần gì")
        await site.settle()
        live = await asyncio.wait_for(reading, 10)
        page = (await client.get("/")).text
    assert [re.search(r'data-author="(\w+)"', html)[1] for _, html in live] == ["citizen", "bot"]  # type: ignore[index]
    for number, html in live:
        assert f'id="m-{number}"' in html
        # sse drops the empty line at the end; the form ids of plain pages differ by design.
        assert html.strip() in page


async def test_reconnecting_page_gets_what_it_missed(site: Site) -> None:
    async with site.visitor() as client:
        await send(client, text="một")
        await site.settle()
        [(first, _)] = await fragments(client, 1)
        await send(client, "client-id-2", text="hai")
        await site.settle()
        missed = await fragments(client, 4, **{"Last-Event-ID": first})
    # The first answer, the notice that follows it once, the second question, its answer.
    assert [("Dạ: một" in html, "Dạ: hai" in html) for _, html in missed] == [
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]
    assert first not in [number for number, _ in missed]


async def test_message_whose_lower_id_was_stored_later_is_not_lost(site: Site) -> None:
    async with site.visitor() as client:
        await send(client, text="một")
        await site.settle()
        async with site.db.begin() as writer:
            known = (await writer.scalars(select(Message).order_by(Message.id))).all()
            writer.add(_message(known[0], known[-1].id + 10, "cao"))
        async with client.stream("GET", "/web/events", headers={"Last-Event-ID": str(known[-1].id)}) as stream:
            lines = stream.aiter_lines()
            await _until(lines, "cao")
            async with site.db.begin() as writer:
                writer.add(_message(known[0], known[-1].id + 5, "thấp"))
            site.hub.publish(next(iter(site.hub._topics)), {"type": "message"})
            seen = await _until(lines, "thấp")
    assert not any("cao" in line for line in seen)


async def _until(lines: AsyncIterator[str], words: str) -> list[str]:
    """Read lines up to one with ``words``; fails after 10 seconds."""
    seen = []
    async with asyncio.timeout(10):
        async for line in lines:
            seen.append(line)
            if words in line:
                break
    return seen


def _message(like: Message, number: int, text: str) -> Message:
    return Message(
        id=number,
        conversation_id=like.conversation_id,
        author=Author.OPERATOR,
        text=text,
        created_at=like.created_at + timedelta(seconds=1),
    )


async def test_connection_ends_so_that_the_browser_reconnects(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse.follow, "__defaults__", (0.2, 0.05))
    async with site.visitor() as client:
        body = (await client.get("/web/events")).text
    assert body.startswith(": ok")
    assert "retry: 1500" in body
    assert ": heartbeat" in body
    assert site.hub.n_topics == 0


async def test_without_javascript_the_answer_is_on_the_next_page(site: Site) -> None:
    async with site.visitor() as client, asyncio.TaskGroup() as group:
        sender = group.create_task(_deliver(site))
        page = await client.post(
            "/web/messages",
            data={"event_id": "client-id-1", "text": "khai sinh"},
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=True,
        )
        sender.cancel()
    assert page.status_code == 200
    assert page.history[0].status_code == 303
    assert "Dạ: khai sinh" in page.text


async def _deliver(site: Site) -> None:
    while True:
        await site.path.outbox.send_due()
        await asyncio.sleep(0.05)


async def test_plain_form_gets_a_page_with_the_reason(site: Site) -> None:
    async with site.visitor() as client:
        page = await client.post(
            "/web/messages", data={"event_id": "client-id-1", "text": " "}, headers={"Sec-Fetch-Site": "same-origin"}
        )
    assert page.status_code == 400
    assert "chưa viết nội dung" in page.text
    assert "<h1>" in page.text


async def test_large_letters_without_javascript(site: Site) -> None:
    async with site.visitor() as client:
        page = await client.get("/web/chu/lon", follow_redirects=True)
        assert '<html lang="vi" class="large">' in page.text
        page = await client.get("/web/chu/vua", follow_redirects=True)
        assert '<html lang="vi" class="">' in page.text
