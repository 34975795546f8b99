"""Telegram's server in the test's own event loop: an emulator with its gaps filled and faults on demand."""

import asyncio
import io
from collections.abc import Callable
from itertools import count
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from lo_bot_api_emulator import ApiRefusal, LoBotApiEmulator, updates
from PIL import Image

TOKEN = "123456:test-token-not-real-AbCdEf"

# The emulator answers requests for edited messages but offers no way to make one.
updates.KINDS.add("edited_message")


def jpeg() -> bytes:
    """Return a small real picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    return out.getvalue()


class TelegramFake(LoBotApiEmulator):
    """Remembers what the bot did; its next sends meet ``faults``, in order: "hang" is taken and never answered."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[ApiRefusal | str] = []
        self.changed = asyncio.Condition()
        self.n_polls = 0
        self.n_refused = 0
        self.is_token_wrong = False
        self._hang = False
        self._ids = count(100)

    async def __aenter__(self) -> "TelegramFake":
        self._server = TestServer(self.app())
        await self._server.start_server()
        self.url = str(self._server.make_url("")).rstrip("/")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        if self.is_token_wrong:
            raise ApiRefusal("Unauthorized", 401)
        if method == "sendMessage" and self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, ApiRefusal):
                self.n_refused += 1
                raise fault
            self._hang = True
        shown = dict(fields)
        fields.pop("link_preview_options", None)
        result = super().validate(method, fields, uploads)
        if method == "getMe":
            result["username"] = "fixture_bot"
        self.calls.append((method, shown))
        return result

    async def handle(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "getUpdates":
            self.n_polls += 1
        response: web.Response = await super().handle(request)
        async with self.changed:
            self.changed.notify_all()
        if self._hang:
            self._hang = False
            await asyncio.sleep(3600)
        return response

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something holds; looked at after every request."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: bool(condition())), 10)

    @property
    def sent(self) -> list[dict[str, Any]]:
        """What citizens got, in order: markup decoded."""
        return [
            {**fields, "reply_markup": self.decoded(fields.get("reply_markup"))}
            for method, fields in self.calls
            if method == "sendMessage"
        ]

    def texts(self, chat: int = 7) -> list[str]:
        """The texts that one chat got."""
        return [fields["text"] for fields in self.sent if int(fields["chat_id"]) == chat]

    def keys(self) -> list[dict[str, str]]:
        """The inline buttons of the newest message that has some."""
        markups = [m["reply_markup"] for m in self.sent if "inline_keyboard" in (m["reply_markup"] or {})]
        return [key for row in markups[-1]["inline_keyboard"] for key in row]

    async def write(
        self, user: int = 7, *, kind: str = "message", chat: dict[str, Any] | None = None, **more: Any
    ) -> int:
        """A citizen sends something; returns the update's id."""
        message = {
            "message_id": next(self._ids),
            "date": 1_790_000_000,
            "from": {"id": user, "first_name": "An", "is_bot": False},
            "chat": chat or {"id": user, "type": "private"},
            **more,
        }
        return int(await self.enqueue_update({kind: message}, token=TOKEN))

    async def command(self, name: str, user: int = 7) -> int:
        """A citizen picks a command."""
        entity = {"offset": 0, "length": len(name) + 1, "type": "bot_command"}
        return await self.write(user, text=f"/{name}", entities=[entity])

    async def tap(self, data: str, user: int = 7) -> int:
        """A citizen taps a button."""
        sender = {"id": user, "first_name": "An", "is_bot": False}
        message = {"message_id": 1, "date": 1_790_000_000, "chat": {"id": user, "type": "private"}, "text": "…"}
        query = {"id": "tap1", "from": sender, "chat_instance": "1", "data": data, "message": message}
        return int(await self.enqueue_update({"callback_query": query}, token=TOKEN))

    def put_file(self, file_id: str, data: bytes) -> None:
        """Make a file that a citizen may send."""
        self.assets[file_id] = {"data": data, "size": len(data)}
