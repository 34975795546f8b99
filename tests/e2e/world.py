"""The whole system for tests: the application in this process, a real Rasa beside it, a temporary database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image
from sqlalchemy import text

from bot.child import free_port
from bot.conversations.views import MessageView
from bot.dialogue.process import RasaProcess
from bot.dialogue.types import Answer, TurnRequest
from bot.main import Services, create_app
from bot.settings import Settings
from channels.types import Attachment, EventKind, InboundEvent, Location
from tests.e2e.model import prepare

ANSWER_TIMEOUT_S = 30
OPERATOR = "Chị Hạnh"
OPERATOR_GREETING = "Chào anh chị, tôi nghe đây."
_ids = count(1)


class Recorder:
    """Stands before the dialogue and remembers its answers, so that a test can see responses, slots and forms."""

    def __init__(self, dialogue: Any) -> None:
        self._dialogue = dialogue
        self.answers: dict[str, list[Answer]] = {}

    async def answer(self, request: TurnRequest) -> Answer:
        return self._note(request, await self._dialogue.answer(request))

    async def degraded(self, request: TurnRequest) -> Answer:
        return self._note(request, await self._dialogue.degraded(request))

    async def while_held(self, request: TurnRequest) -> Answer:
        return self._note(request, await self._dialogue.while_held(request))

    def _note(self, request: TurnRequest, answer: Answer) -> Answer:
        self.answers.setdefault(request.conversation_id, []).append(answer)
        return answer


@dataclass
class Citizen:
    """One person with a conversation of their own."""

    services: Services
    recorder: Recorder
    user_id: str = field(default_factory=lambda: f"e2e-{next(_ids)}")
    seen: int = 0

    async def conversation_id(self) -> str:
        found = await self.services.conversations.find("web", self.user_id)
        assert found is not None
        return found.id

    async def say(self, words: str) -> list[MessageView]:
        return await self._send(EventKind.TEXT, text=words)

    async def tap(self, title: str) -> list[MessageView]:
        """Tap the newest button with this title."""
        messages = await self.services.conversations.last_messages(await self.conversation_id())
        for message in reversed(messages):
            for button in message.buttons:
                if button.title == title:
                    assert button.kind == "payload", f"{title!r} is a {button.kind} button"
                    return await self._send(EventKind.PAYLOAD, payload=button.value)
        shown = [b.title for m in messages for b in m.buttons]
        raise AssertionError(f"no button {title!r}; shown: {shown}")

    async def command(self, payload: str) -> list[MessageView]:
        return await self._send(EventKind.PAYLOAD, payload=payload)

    async def share_location(self, latitude: float, longitude: float) -> list[MessageView]:
        return await self._send(EventKind.LOCATION, location=Location(latitude, longitude))

    async def send_photo(self) -> list[MessageView]:
        picture = BytesIO()
        Image.new("RGB", (64, 48), "gray").save(picture, "JPEG")
        cleaned = await self.services.media.prepare(picture.getvalue())
        async with self.services.db.begin() as session:
            conversation = await self.services.conversations.ensure(session, "web", self.user_id)
            media = await self.services.media.store(session, conversation, cleaned)
        return await self._send(EventKind.IMAGE, attachments=(Attachment(media.id, "image/jpeg", media.size),))

    async def send(self, kind: str) -> list[MessageView]:
        return await self._send(EventKind(kind))

    async def meet_operator(self, deed: str) -> list[MessageView]:
        """A person at 1022 claims the conversation, says something in it, or releases it."""
        handoff, conversation_id = self.services.handoff, await self.conversation_id()
        async with self.services.db.begin() as session:
            match deed:
                case "claim":
                    await handoff.claim(session, conversation_id, OPERATOR)
                case "say":
                    await handoff.say(session, conversation_id, OPERATOR, OPERATOR_GREETING)
                case "release":
                    await handoff.release(session, conversation_id, OPERATOR)
                case _:
                    raise AssertionError(f"an operator cannot {deed!r}")
        return await self._new_messages()

    async def last_answer(self) -> Answer:
        return self.recorder.answers[await self.conversation_id()][-1]

    async def state(self) -> str:
        return (await self.services.conversations.get(await self.conversation_id())).state

    async def count_rows(self, table: str) -> int:
        assert table.isidentifier()
        async with self.services.db.read() as session:
            query = text(f"SELECT count(*) FROM {table} WHERE conversation_id = :id")
            return (await session.execute(query, {"id": await self.conversation_id()})).scalar_one()

    async def _send(self, kind: EventKind, **values: Any) -> list[MessageView]:
        event = InboundEvent("web", self.user_id, f"{self.user_id}-{next(_ids)}", datetime.now(UTC), kind, **values)
        await self.services.inbox.receive(event)
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await self.services.runner.idle()
            # Rasa forgets a moment after the answer: nobody types that fast.
            while await self._is_being_forgotten():  # noqa: ASYNC110 - the row goes in another task
                await asyncio.sleep(0.02)
        return await self._new_messages()

    async def _is_being_forgotten(self) -> bool:
        query = text("SELECT count(*) FROM jobs WHERE kind = 'delete_tracker' AND key = :id")
        async with self.services.db.read() as session:
            return bool((await session.execute(query, {"id": await self.conversation_id()})).scalar_one())

    async def _new_messages(self) -> list[MessageView]:
        messages = await self.services.conversations.messages_after(await self.conversation_id(), self.seen)
        self.seen = messages[-1].id if messages else self.seen
        return [m for m in messages if m.author != "citizen"]


@dataclass(frozen=True)
class World:
    """A running system."""

    services: Services
    recorder: Recorder
    url: str
    rasa: RasaProcess

    def citizen(self) -> Citizen:
        return Citizen(self.services, self.recorder)


@asynccontextmanager
async def running_world(folder: Path, **overrides: Any) -> AsyncIterator[World]:
    """Start everything on free loopback ports; files go to ``folder``."""
    port, rasa_port = free_port(), free_port()
    prepare(folder)
    settings = Settings(_env_file=None, var_dir=folder, port=port, rasa_port=rasa_port, **overrides)
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.02)
    services: Services = app.state.services
    recorder = Recorder(services.dialogue)
    services.runner._dialogue = recorder
    url = f"http://127.0.0.1:{port}"
    try:
        async with RasaProcess(settings, rasa_port, url) as rasa:
            yield World(services, recorder, url, rasa)
    finally:
        server.should_exit = True
        await serving
