"""From a turn's events to what the dialogue understands: masked text, or "/intent{json}" for everything else."""

import json
from collections.abc import Sequence

from bot.conversations.models import InboxEvent
from bot.conversations.repository import ConversationRepository
from channels.types import EventKind

COMMAND_PAYLOADS = {
    "cmd:start": "/smalltalk_greet",
    "cmd:menu": "/control_menu",
    "cmd:human": "/human_ask",
    "cmd:repeat": "/control_repeat",
    "cmd:back": "/control_back",
    "cmd:restart": "/control_restart",
    "cmd:stop": "/control_stop",
    "cmd:help": "/control_help",
}
KIND_PAYLOADS = {
    EventKind.FILE: "/control_file",
    EventKind.AUDIO: "/control_file",
    EventKind.CONTACT: "/control_file",
    EventKind.STICKER: "/control_sticker",
    EventKind.UNSUPPORTED: "/control_sticker",
    EventKind.FOLLOW: "/smalltalk_greet",
    EventKind.UNFOLLOW: "",
}


def text_of(events: Sequence[InboxEvent]) -> str:
    """Join the texts of a turn; a leading "/" is dropped: only our own buttons may trigger an intent."""
    return " ".join(event.body.get("text", "") for event in events).lstrip("/ \t\n").rstrip()


async def payload_of(repository: ConversationRepository, events: Sequence[InboxEvent]) -> str:
    """Return the payload of a turn, or "" if it is free text."""
    first = events[0]
    if first.kind == EventKind.TEXT:
        return "" if text_of(events) else "/control_sticker"
    if first.kind == EventKind.PAYLOAD:
        key = first.body.get("payload", "")
        if command := COMMAND_PAYLOADS.get(key):
            return command
        button = await repository.button(first.conversation_id, key)
        return button.payload if button else "/control_stale_button"
    if first.kind == EventKind.LOCATION and first.body.get("location"):
        latitude, longitude = first.body["location"]
        return "/control_location" + json.dumps({"lat": latitude, "lon": longitude})
    if first.kind == EventKind.IMAGE:
        media_ids = [media_id for event in events for media_id in event.body.get("media_ids", [])]
        entities = {"media_id": ",".join(media_ids), "caption": text_of(events)}
        return "/control_photo" + json.dumps(entities, ensure_ascii=False)
    return KIND_PAYLOADS.get(EventKind(first.kind), "/control_sticker")
