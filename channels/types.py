"""The one contract between channels and the application. Channels know nothing behind it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What a citizen sent."""

    TEXT = "text"
    PAYLOAD = "payload"
    """A tap on one of our buttons, or a fixed command; ``InboundEvent.payload`` has its key."""
    LOCATION = "location"
    IMAGE = "image"
    FILE = "file"
    AUDIO = "audio"
    STICKER = "sticker"
    CONTACT = "contact"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Location:
    """A place shared by the citizen, WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a citizen sent.

    Attributes:
        ref: Where the channel keeps it: our media id once stored, else the channel's own file id or address.
        mime: Type by content where known, else as the channel said, else "".
        size: Bytes, 0 if unknown.
    """

    ref: str
    mime: str = ""
    size: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One thing a citizen did, the same for all channels.

    Attributes:
        channel: "web", "telegram", "zalo_oa", "terminal".
        user_id: The citizen's id in that channel (opaque).
        event_id: Unique within the channel; a repeated delivery has the same one.
        sent_at: When the channel says it was sent, UTC.
        text: NFC text (also an image's caption).
        payload: For PAYLOAD: a button key from ``Button.key`` or a command of ``COMMANDS``.
    """

    channel: str
    user_id: str
    event_id: str
    sent_at: datetime
    kind: EventKind
    text: str = ""
    payload: str = ""
    location: Location | None = None
    attachments: tuple[Attachment, ...] = ()


COMMANDS = frozenset(
    {"cmd:start", "cmd:menu", "cmd:human", "cmd:repeat", "cmd:back", "cmd:restart", "cmd:stop", "cmd:help"}
)
"""Fixed payloads that need no stored button: the exits that every channel always offers."""


class ButtonKind(StrEnum):
    """What a tap on a button does."""

    PAYLOAD = "payload"
    URL = "url"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message.

    Attributes:
        value: The key of a stored payload (at most 16 ASCII characters) or a command for PAYLOAD; an address for URL;
            digits for PHONE.
    """

    title: str
    kind: ButtonKind
    value: str


class Ask(StrEnum):
    """Something the channel can offer a native control for."""

    LOCATION = "location"
    CONTACT = "contact"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message to a citizen; each channel shows it as well as it can.

    Attributes:
        text: NFC plain text; a newline breaks lines; no markup. Web addresses are written out.
        ask: A native control to offer with the message.
        author: "bot" or "operator"; channels that can show it do.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    image_url: str = ""
    ask: Ask | None = None
    author: str = "bot"
