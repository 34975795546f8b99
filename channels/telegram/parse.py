"""From a Telegram update to an ``InboundEvent``. Pure: no network, no clock, no state."""

import re
from datetime import datetime

from telegram import Chat, Message, MessageEntity, Update

from channels.types import Attachment, EventKind, InboundEvent, Location
from nlu.vietnamese.normalize import nfc

CHANNEL = "telegram"
KEY_PREFIX = "b:"
MAX_DOWNLOAD = 20_000_000
"""Largest file that Telegram lets a bot download, bytes."""
COMMAND_EVENTS = {
    "start": "cmd:start",
    "menu": "cmd:menu",
    "gapnguoi": "cmd:human",
    "noilai": "cmd:repeat",
    "quaylai": "cmd:back",
    "lamlai": "cmd:restart",
    "dung": "cmd:stop",
    "help": "cmd:help",
    "trogiup": "cmd:help",
}
_COMMAND = re.compile(r"/(\w+)(?:@\w+)?")
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})


def parse(update: Update, now: datetime) -> InboundEvent | None:
    """Return what the citizen did, or None if nobody expects an answer to it.

    None: groups and channels, other bots, service lines ("joined", "pinned"), moved live locations, edits without text.

    Args:
        update: As fetched.
        now: UTC; a tap on a button says no time of its own.
    """
    if update.callback_query:
        return _tap(update, now)
    message = update.message or update.edited_message
    if message is None or message.chat.type != Chat.PRIVATE or (message.from_user and message.from_user.is_bot):
        return None
    if update.edited_message:
        text = message.text or message.caption or ""
        return _event(update, message, EventKind.TEXT, text=text) if text.strip() else None
    return _words(update, message) or _picture(update, message) or _other(update, message)


def group_of(update: Update) -> int | None:
    """Return the id of the group in which somebody wrote to us, or None."""
    message = update.message
    is_group = message and message.chat.type in (Chat.GROUP, Chat.SUPERGROUP)
    has_words = message and (message.text or message.caption)
    return message.chat.id if message and is_group and has_words else None


def _tap(update: Update, now: datetime) -> InboundEvent | None:
    query = update.callback_query
    if query is None or query.data is None or query.message is None or query.message.chat.type != Chat.PRIVATE:
        return None
    return InboundEvent(
        channel=CHANNEL,
        user_id=str(query.message.chat.id),
        event_id=str(update.update_id),
        sent_at=now,
        kind=EventKind.PAYLOAD,
        payload=query.data.removeprefix(KEY_PREFIX),
    )


def _words(update: Update, message: Message) -> InboundEvent | None:
    if not message.text:
        return None
    if payload := _command(message):
        return _event(update, message, EventKind.PAYLOAD, payload=payload)
    return _event(update, message, EventKind.TEXT, text=message.text)


def _command(message: Message) -> str:
    """Return the payload of a known command that stands alone; words after it (but not /start's) make it free text."""
    first = message.entities[0] if message.entities else None
    if message.text is None or first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return ""
    found = _COMMAND.match(message.text)
    name = found[1].lower() if found else ""
    is_alone = len(message.text.split()) == 1
    return COMMAND_EVENTS.get(name, "") if is_alone or name == "start" else ""


def _picture(update: Update, message: Message) -> InboundEvent | None:
    attachment = None
    if message.photo:
        sizes = [size for size in message.photo if (size.file_size or 0) <= MAX_DOWNLOAD]
        if sizes:
            largest = max(sizes, key=lambda size: size.width * size.height)
            attachment = Attachment(largest.file_id, "image/jpeg", largest.file_size or 0)
    elif message.document and message.document.mime_type in _PICTURES:
        document = message.document
        if (document.file_size or 0) <= MAX_DOWNLOAD:
            attachment = Attachment(document.file_id, document.mime_type or "", document.file_size or 0)
    else:
        return None
    attachments = (attachment,) if attachment else ()
    return _event(update, message, EventKind.IMAGE, text=message.caption or "", attachments=attachments)


def _other(update: Update, message: Message) -> InboundEvent | None:
    if message.location:
        place = Location(message.location.latitude, message.location.longitude)
        return _event(update, message, EventKind.LOCATION, location=place)
    if message.contact:
        return _contact(update, message)
    caption = message.caption or ""
    if message.sticker:
        return _event(update, message, EventKind.STICKER)
    if message.voice or message.audio or message.video_note:
        return _event(update, message, EventKind.AUDIO, text=caption)
    if message.document or message.video or message.animation:
        return _event(update, message, EventKind.FILE, text=caption)
    # ``api_kwargs`` holds what this library doesn't know yet: answered too, rather than met with silence.
    if message.effective_attachment is not None or message.api_kwargs:
        return _event(update, message, EventKind.UNSUPPORTED, text=caption)
    return None


def _contact(update: Update, message: Message) -> InboundEvent:
    contact, sender = message.contact, message.from_user
    if contact is None or sender is None or contact.user_id != sender.id:
        return _event(update, message, EventKind.CONTACT)
    # The citizen's own number, by the button that asks for it: the same as having typed it.
    number = re.sub(r"^\+?84", "0", re.sub(r"[^\d+]", "", contact.phone_number))
    return _event(update, message, EventKind.TEXT, text=number)


def _event(
    update: Update,
    message: Message,
    kind: EventKind,
    *,
    text: str = "",
    payload: str = "",
    location: Location | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> InboundEvent:
    return InboundEvent(
        channel=CHANNEL,
        user_id=str(message.chat.id),
        event_id=str(update.update_id),
        sent_at=message.edit_date or message.date,
        kind=kind,
        text=nfc(text),
        payload=payload,
        location=location,
        attachments=attachments,
    )
