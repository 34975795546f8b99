"""Where every event enters: masked, sealed and stored in one transaction, before anything else happens."""

import hashlib
import json
import unicodedata
from collections.abc import Callable
from typing import Any

import structlog

from bot.citizens.vault import Vault
from bot.clock import Clock
from bot.conversations.models import Author, Conversation, ConversationState, Message
from bot.conversations.repository import ConversationRepository
from bot.conversations.turn import TurnRunner, no_checkpoint
from bot.db.engine import Database
from channels.types import EventKind, InboundEvent
from nlu.vietnamese.masking import mask
from nlu.vietnamese.normalize import nfc

log = structlog.get_logger(__name__)

# Longer than any channel's limit for one message; the rest of a longer text is cut off and the citizen sees it so.
MAX_TEXT = 4096
MAX_ID = 128
COMMAND_TITLES = {
    "cmd:start": "Bắt đầu",
    "cmd:menu": "Danh mục",
    "cmd:human": "Gặp người",
    "cmd:repeat": "Nói lại",
    "cmd:back": "Quay lại",
    "cmd:restart": "Làm lại từ đầu",
    "cmd:stop": "Dừng",
    "cmd:help": "Trợ giúp",
}
KIND_TITLES = {
    EventKind.IMAGE: "[hình]",
    EventKind.LOCATION: "[vị trí]",
    EventKind.FILE: "[tệp]",
    EventKind.AUDIO: "[ghi âm]",
    EventKind.STICKER: "[nhãn dán]",
    EventKind.CONTACT: "[danh thiếp]",
    EventKind.UNSUPPORTED: "[nội dung không đọc được]",
}


def clean(text: str) -> str:
    """Return NFC text without control characters, at most ``MAX_TEXT`` long."""
    kept = "".join(c for c in nfc(text) if c in "\n\t" or unicodedata.category(c)[0] != "C" or c == "\u200d")
    return kept.strip()[:MAX_TEXT]


def bounded(event_id: str) -> str:
    """Return an event id that fits into its column and stays unique."""
    return event_id if len(event_id) <= MAX_ID else hashlib.sha256(event_id.encode()).hexdigest()


class Inbox:
    """Stores events and wakes the turn runner."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        vault: Vault,
        runner: TurnRunner,
        checkpoint: Callable[[str], None] = no_checkpoint,
    ) -> None:
        self._db = db
        self._clock = clock
        self._vault = vault
        self._runner = runner
        self._checkpoint = checkpoint

    async def receive(self, event: InboundEvent) -> bool:
        """Store an event; when this returns, it will be answered even if we crash.

        Returns:
            True if it is new, False if the channel delivered it before.
        """
        now = self._clock.now()
        masked = mask(clean(event.text), tag=self._vault.tag)
        values: dict[str, Any] = {
            "channel": event.channel,
            "event_id": bounded(event.event_id),
            "kind": event.kind,
            "received_at": now,
            "body": {
                "text": masked.text,
                "payload": event.payload[:64],
                "location": [event.location.latitude, event.location.longitude] if event.location else None,
                "media_ids": [a.ref for a in event.attachments],
            },
            "sealed": self._seal({v.placeholder: v.value for v in masked.values}),
        }
        async with self._db.begin() as session:
            repository = ConversationRepository(session)
            conversation = await repository.ensure(event.channel, event.user_id, now)
            if not await repository.add_event(conversation, values):
                return False
            title = await self._title(repository, conversation, event, masked.text)
            image = event.attachments[0].ref if event.kind == EventKind.IMAGE and event.attachments else None
            session.add(
                Message(
                    conversation_id=conversation.id,
                    author=Author.CITIZEN,
                    text=title,
                    image_id=image[:32] if image else None,
                    created_at=now,
                )
            )
            conversation.last_event_at = now
            if conversation.state == ConversationState.CLOSED:
                conversation.state = ConversationState.BOT
        log.info("event received", channel=event.channel, conversation=conversation.id, kind=event.kind)
        self._checkpoint("received")
        self._runner.wake(conversation.id)
        return True

    def _seal(self, values: dict[str, str]) -> str | None:
        return self._vault.seal(json.dumps(values)) if values else None

    @staticmethod
    async def _title(
        repository: ConversationRepository, conversation: Conversation, event: InboundEvent, text: str
    ) -> str:
        if event.kind == EventKind.PAYLOAD:
            if title := COMMAND_TITLES.get(event.payload):
                return title
            button = await repository.button(conversation.id, event.payload)
            return button.title if button else "[nút]"
        return text or KIND_TITLES.get(event.kind, "")
