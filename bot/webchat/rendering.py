"""A stored message as HTML: the history and the live stream use this one path, so both look the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
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
_BULLET = re.compile(r"^[-•–]\s+(.*)$")
_NUMBERED = re.compile(r"^(\d{1,2})[.)]\s+(.*)$")
_HEADING = re.compile(r"^(?!Dạ)[^\s:][^:]{1,40}:$")
_LABEL = re.compile(r"^((?!Dạ\b)[^\W\d_][^:.,;?!/]{1,24}:)(\s.+)$")
_SOURCE = re.compile(r"^Nguồn\b", re.IGNORECASE)
_BLOCKS = {
    "p": Markup("<p>{}</p>"),
    "ul": Markup("<ul>{}</ul>"),
    "ol": Markup("<ol>{}</ol>"),
    "single": Markup("{}"),
    "gap": Markup(""),
}
_LINK = Markup('<a class="address" href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>')
# Characters that end a sentence rather than an address.
_TRAILING = ".,;:!?)]}»”'"


class MessageView(Protocol):
    """What ``ConversationService`` tells about one message."""

    @property
    def id(self) -> int: ...
    @property
    def author(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def buttons(self) -> Sequence[Button]: ...
    @property
    def image_id(self) -> str | None: ...
    @property
    def ask(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...


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
    for kind, lines in groupby(map(_line_html, text.split("\n")), key=itemgetter(0)):
        joint = Markup("<br>") if kind == "p" else Markup("")
        blocks.append(_BLOCKS[kind].format(joint.join(html for _, html in lines)))
    return Markup("").join(blocks)


def _line_html(line: str) -> tuple[str, Markup]:
    """Return which block a line belongs to, and its HTML."""
    line = line.strip()
    if bullet := _BULLET.match(line):
        return "ul", Markup("<li>{}</li>").format(inline_html(bullet[1]))
    if numbered := _NUMBERED.match(line):
        return "ol", Markup('<li value="{}">{}</li>').format(int(numbered[1]), inline_html(numbered[2]))
    if _SOURCE.match(line):
        return "single", Markup('<p class="source">{}</p>').format(inline_html(line))
    if _HEADING.match(line):
        return "single", Markup('<p class="heading">{}</p>').format(inline_html(line))
    if label := _LABEL.match(line):
        return "p", Markup("<b>{}</b>{}").format(label[1], inline_html(label[2]))
    return ("p" if line else "gap"), inline_html(line)


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
            parts.append(_LINK.format(address))
        else:
            parts.append(escape(address))
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def _safe_host(address: str) -> str:
    """Return the host of an https address, "" for one that could mislead (user part, look-alike letters, no host)."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_plain = parts.scheme == "https" and "." in host and host.isascii() and "@" not in parts.netloc
    return host if is_plain and "xn--" not in host else ""
