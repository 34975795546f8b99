"""The message path with a scripted dialogue and a recording channel, on a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from bot.citizens.vault import Vault
from bot.clock import SystemClock
from bot.conversations.commands import CommandHandler
from bot.conversations.inbox import Inbox
from bot.conversations.models import Author, Message, OutboxItem
from bot.conversations.outbox import OutboxSender
from bot.conversations.service import ConversationService
from bot.conversations.turn import TurnRunner
from bot.conversations.writer import TurnWriter
from bot.db.engine import Database
from bot.dialogue.types import Answer, Reply, TurnRequest
from channels.types import EventKind, InboundEvent, OutboundMessage

SECRET = "a secret for tests that is long enough"
EMERGENCY = Answer(replies=(Reply("Gọi ngay 114"),), intent="emergency_fire")

Script = Callable[[TurnRequest], Awaitable[Answer]]


async def echo(request: TurnRequest) -> Answer:
    """Repeat what was asked."""
    return Answer(replies=(Reply(f"Dạ: {request.text or request.payload}"),), intent="smalltalk_greet")


class ScriptedDialogue:
    """Answers as a test says."""

    def __init__(self, script: Script = echo) -> None:
        self.script = script
        self.asked: list[TurnRequest] = []

    async def answer(self, request: TurnRequest) -> Answer:
        self.asked.append(request)
        return await self.script(request)

    async def degraded(self, request: TurnRequest) -> Answer:
        return Answer(replies=(Reply("Dạ em đang chạy chế độ rút gọn"),), is_degraded=True)

    async def while_held(self, request: TurnRequest) -> Answer:
        return EMERGENCY if "cháy" in request.text else Answer()


class RecordingChannel:
    """Remembers what it sent; fails when told to."""

    def __init__(self, name: str = "web") -> None:
        self.name = name
        self.sent: list[tuple[str, OutboundMessage]] = []
        self.failures: list[Exception] = []

    async def send(self, user_id: str, message: OutboundMessage, message_id: int) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((user_id, message))
        return str(message_id)

    async def typing(self, user_id: str) -> None:
        return None


@dataclass
class Path:
    """One worker."""

    db: Database
    dialogue: ScriptedDialogue = field(default_factory=ScriptedDialogue)
    handlers: dict[str, CommandHandler] = field(default_factory=dict)
    lease: timedelta = timedelta(seconds=30)
    channel: RecordingChannel = field(default_factory=RecordingChannel)

    def __post_init__(self) -> None:
        self.clock = SystemClock()
        self.vault = Vault(SECRET)
        self._ids = count(1)

        self.writer = TurnWriter(
            self.db,
            self.clock,
            self.vault,
            self.handlers,
            notice=lambda: Reply("Em là máy"),
            on_written=lambda: None,
        )
        channels = {self.channel.name: self.channel}
        self.runner = TurnRunner(self.db, self.clock, self.dialogue, self.writer, channels, lease=self.lease)
        self.inbox = Inbox(self.db, self.clock, self.vault, self.runner)
        self.outbox = OutboxSender(self.db, self.clock, channels)
        self.conversations = ConversationService(self.db, self.clock)

    def event(self, text: str = "", user: str = "an", kind: EventKind = EventKind.TEXT, **more: object) -> InboundEvent:
        values = {"event_id": f"e{next(self._ids)}", "sent_at": datetime.now(UTC), **more}
        return InboundEvent(channel=self.channel.name, user_id=user, kind=kind, text=text, **values)

    async def say(self, text: str = "", user: str = "an", **more: object) -> list[str]:
        """Send a message, wait until it is answered, and return the new texts of the bot."""
        before = len(await self.bot_texts(user))
        await self.inbox.receive(self.event(text, user, **more))
        await asyncio.wait_for(self.runner.idle(), 10)
        return (await self.bot_texts(user))[before:]

    async def messages(self, user: str = "an") -> list[Message]:
        found = await self.conversations.find(self.channel.name, user)
        if found is None:
            return []
        async with self.db.read() as session:
            query = select(Message).where(Message.conversation_id == found.id).order_by(Message.id)
            return list((await session.scalars(query)).all())

    async def bot_texts(self, user: str = "an") -> list[str]:
        return [m.text for m in await self.messages(user) if m.author == Author.BOT and not m.is_draft]

    async def outbox_rows(self) -> list[OutboxItem]:
        async with self.db.read() as session:
            return list((await session.scalars(select(OutboxItem).order_by(OutboxItem.message_id))).all())
