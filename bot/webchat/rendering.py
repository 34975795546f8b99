"""A stored message as HTML: the history and the live stream use this one path, so both look the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.clock import VIETNAM
from channels.types import Button, ButtonKind

EMERGENCY_NUMBERS = frozenset({"111", "112", "113", "114", "115"})
AUTHOR_NAMES = {"citizen": "Cô/chú nhắn", "bot": "Trợ lý (máy)", "operator": "Nhân viên tổng đài 1022"}
MASKED_NAMES = {"phone": "số điện thoại", "cccd": "số căn cước", "cmnd": "số chứng minh", "email": "thư điện tử"}
SAMPLE_MARK = "dữ liệu mẫu"
# What the transcript says where a citizen sent no words; the page shows the picture itself.
WORDLESS = {"[hình]": "", "[vị trí]": "Đã gửi vị trí"}

_TOKEN = re.compile(r"https://[^\s<>\"]+|<(phone|cccd|cmnd|email):[0-9A-Za-z]+>")
_BULLET = re.compile(r"^\s*[-•–]\s+(.*)$")
_NUMBERED = re.compile(r"^\s*(\d{1,2})[.)]\s+(.*)$")
_HEADING = re.compile(r"^(?!Dạ)[^\s:][^:]{1,40}:$")
_LABEL = re.compile(r"^([^\W\d_][^:.,;?!/]{1,24}:)(\s.+)$")
_SOURCE = re.compile(r"^\s*Nguồn\b", re.IGNORECASE)
# Characters that end a sentence rather than an address.
_TRAILING = ".,;:!?)]}»”'"


class MessageView(Protocol):
    """What ``ConversationService`` tells about one message."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def author(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def buttons(self) -> Sequence[Button]: ...  # noqa: D102
    @property
    def image_id(self) -> str | None: ...  # noqa: D102
    @property
    def ask(self) -> str | None: ...  # noqa: D102
    @property
    def created_at(self) -> datetime: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ButtonHtml:
    """One button: ``kind`` is choice, link, phone or emergency."""

    kind: str
    title: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """What the template needs of one message."""

    id: int
    author: str
    author_name: str
    body: Markup
    buttons: tuple[ButtonHtml, ...]
    image_url: str
    ask: str
    is_sample: bool
    moment: str
    time: str


OWN_BUBBLE = Bubble(0, "citizen", AUTHOR_NAMES["citizen"], Markup(""), (), "", "", False, "", "")
"""What the script fills in while a message is being sent."""


def environment() -> Environment:
    """Make the template engine: everything is escaped, an unknown name is an error."""
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def bubble(message: MessageView, now: datetime) -> Bubble:
    """Prepare a message for the template; ``now`` decides whether the date is shown."""
    local = message.created_at.astimezone(VIETNAM)
    text = WORDLESS.get(message.text, message.text) if message.author == "citizen" else message.text
    is_today = local.date() == now.astimezone(VIETNAM).date()
    return Bubble(
        id=message.id,
        author=message.author,
        author_name=AUTHOR_NAMES.get(message.author, "Hệ thống"),
        body=body_html(text),
        buttons=tuple(b for b in map(button_html, message.buttons) if b is not None),
        image_url=f"/web/media/{message.image_id}" if message.image_id else "",
        ask=message.ask or "",
        is_sample=SAMPLE_MARK in message.text.casefold(),
        moment=local.isoformat(timespec="seconds"),
        time=local.strftime("%H:%M" if is_today else "%d/%m/%Y, %H:%M"),
    )


def button_html(button: Button) -> ButtonHtml | None:
    """Prepare a button; None for an address that is not a plain https one."""
    if button.kind == ButtonKind.URL:
        host = _safe_host(button.value)
        return ButtonHtml("link", button.title, button.value, host) if host else None
    if button.kind == ButtonKind.PHONE:
        number = re.sub(r"[^\d+]", "", button.value)
        return ButtonHtml("emergency" if number in EMERGENCY_NUMBERS else "phone", button.title, number)
    return ButtonHtml("choice", button.title, button.value)


def body_html(text: str) -> Markup:
    """Turn plain text into paragraphs, lists and safe links. Nothing of the text is taken as HTML."""
    blocks: list[Markup] = []
    list_tag = ""
    items: list[Markup] = []
    lines: list[Markup] = []

    def flush() -> None:
        nonlocal list_tag
        if items:
            blocks.append(Markup("<{0}>{1}</{0}>").format(Markup(list_tag), Markup("").join(items)))
            items.clear()
        if lines:
            blocks.append(Markup("<p>{}</p>").format(Markup("<br>").join(lines)))
            lines.clear()
        list_tag = ""

    for line in text.split("\n"):
        bullet, numbered = _BULLET.match(line), _NUMBERED.match(line)
        tag = "ul" if bullet else "ol" if numbered else ""
        if tag != list_tag or not line.strip():
            flush()
        if bullet:
            items.append(Markup("<li>{}</li>").format(inline_html(bullet[1])))
        elif numbered:
            items.append(Markup('<li value="{}">{}</li>').format(int(numbered[1]), inline_html(numbered[2])))
        elif _SOURCE.match(line):
            flush()
            blocks.append(Markup('<p class="source">{}</p>').format(inline_html(line.strip())))
        elif _HEADING.match(line):
            flush()
            blocks.append(Markup('<p class="heading">{}</p>').format(inline_html(line.strip())))
        elif line.strip():
            label = _LABEL.match(line.strip())
            lines.append(
                Markup("<b>{}</b>{}").format(label[1], inline_html(label[2])) if label else inline_html(line.strip())
            )
        list_tag = tag
    flush()
    return Markup("").join(blocks)


def inline_html(text: str) -> Markup:
    """Escape a line, link its https addresses in full, and name masked values in words."""
    parts: list[Markup] = []
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append(escape(text[end : match.start()]))
        end = match.end()
        if match[1]:
            parts.append(Markup('<span class="masked">({} đã che)</span>').format(MASKED_NAMES[match[1]]))
            continue
        address = match[0].rstrip(_TRAILING)
        end = match.start() + len(address)
        if _safe_host(address):
            link = '<a class="address" href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>'
            parts.append(Markup(link).format(address))
        else:
            parts.append(escape(address))
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def _safe_host(address: str) -> str:
    """Return the host of an https address, "" for anything that could mislead (user part, look-alike letters, no host)."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_plain = parts.scheme == "https" and "." in host and host.isascii() and "@" not in parts.netloc
    return host if is_plain and "xn--" not in host else ""
