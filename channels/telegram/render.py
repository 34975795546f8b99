"""From an ``OutboundMessage`` to the messages that Telegram can show. Pure."""

import re
from dataclasses import dataclass

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from channels.telegram.parse import KEY_PREFIX
from channels.types import Ask, Button, ButtonKind, OutboundMessage
from nlu.vietnamese.masking import PLACEHOLDER
from nlu.vietnamese.normalize import nfc

MAX_UNITS = 4096
"""Telegram counts UTF-16 code units."""
MAX_DATA = 64
# Two buttons stand side by side on a small phone only if both titles are this short.
SHORT_TITLE = 16
OPERATOR = "👤 Nhân viên tổng đài 1022:"
ASK_BUTTONS = {Ask.LOCATION: "📍 Gửi vị trí", Ask.CONTACT: "📞 Gửi số điện thoại của tôi"}
MASKED_NAMES = {"phone": "số điện thoại", "cccd": "số căn cước", "cmnd": "số chứng minh", "email": "thư điện tử"}
_SENTENCE_END = re.compile(r"\n+|(?<=[.!?…])\s+")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


@dataclass(frozen=True, slots=True)
class Part:
    """Arguments of one ``sendMessage``."""

    text: str
    reply_markup: Markup | None = None
    link_preview_options: LinkPreviewOptions = NO_PREVIEW


def render(message: OutboundMessage, *, is_plain: bool = False) -> list[Part]:
    """Return the parts of a message, in order; the keyboard is under the last one.

    Args:
        message: What to show.
        is_plain: Buttons as lines of text, for a keyboard that Telegram refused.
    """
    keys = [] if is_plain else [b for b in message.buttons if _fits_keyboard(b)]
    lines = [_as_line(b) for b in message.buttons if b not in keys]
    text = PLACEHOLDER.sub(_masked_name, nfc(message.text)).strip()
    if message.author == "operator":
        text = f"{OPERATOR}\n{text}"
    if lines:
        text = f"{text}\n\n" + "\n".join(lines)
    texts = split(text.strip() or "Dạ, xin chọn một mục bên dưới ạ.")
    ask = _ask_keyboard(message.ask)
    inline = _inline_keyboard(keys) if keys else None
    # A message without buttons takes away the keyboard that an earlier question left.
    last = inline or ask or ReplyKeyboardRemove()
    preview = NO_PREVIEW
    if message.image_url:
        preview = LinkPreviewOptions(url=message.image_url, show_above_text=True, prefer_large_media=True)
    parts = [*(Part(t) for t in texts[:-1]), Part(texts[-1], last, preview)]
    if inline and ask:
        # One message carries one keyboard.
        parts.append(Part("Dạ, hoặc xin bấm nút lớn ở cuối màn hình ạ.", ask))
    return parts


def split(text: str, limit: int = MAX_UNITS) -> list[str]:
    """Cut a text into pieces of at most ``limit`` UTF-16 units, at the ends of sentences or else between words."""
    pieces = []
    text = text.strip()
    while units(text) > limit:
        window = _prefix(text, limit)
        # The window may end exactly where a sentence does.
        ends = [m.start() for m in _SENTENCE_END.finditer(text, 0, len(window) + 1) if m.start() > 0]
        cut = ends[-1] if ends else window.rstrip().rfind(" ")
        cut = cut if cut > 0 else len(window)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def units(text: str) -> int:
    """Return the length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def _prefix(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", errors="ignore")


def _fits_keyboard(button: Button) -> bool:
    if button.kind == ButtonKind.PAYLOAD:
        return len((KEY_PREFIX + button.value).encode()) <= MAX_DATA
    return button.kind == ButtonKind.URL


def _as_line(button: Button) -> str:
    """Telegram has no button that calls: it makes numbers in a text tappable instead."""
    mark = "☎" if button.kind == ButtonKind.PHONE else "•"
    is_said = button.kind == ButtonKind.PAYLOAD or button.value in button.title
    return f"{mark} {nfc(button.title)}" + ("" if is_said else f": {button.value}")


def _inline_keyboard(buttons: list[Button]) -> InlineKeyboardMarkup:
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        title = nfc(button.title)
        if button.kind == ButtonKind.URL:
            key = InlineKeyboardButton(title, url=button.value)
        else:
            key = InlineKeyboardButton(title, callback_data=KEY_PREFIX + button.value)
        is_short = len(title) <= SHORT_TITLE
        if rows and is_short and len(rows[-1]) == 1 and len(rows[-1][0].text) <= SHORT_TITLE:
            rows[-1].append(key)
        else:
            rows.append([key])
    return InlineKeyboardMarkup(rows)


def _ask_keyboard(ask: Ask | None) -> ReplyKeyboardMarkup | None:
    if ask not in ASK_BUTTONS:
        return None
    key = KeyboardButton(
        ASK_BUTTONS[ask], request_location=ask == Ask.LOCATION or None, request_contact=ask == Ask.CONTACT or None
    )
    return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)


def _masked_name(found: re.Match[str]) -> str:
    return f"({MASKED_NAMES[found[0][1:].partition(':')[0]]} đã che)"
