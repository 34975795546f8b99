"""Messages as others see them: the channels and the pages."""

from dataclasses import dataclass
from datetime import datetime

from bot.conversations.models import Author, Message
from channels.types import Ask, Button, ButtonKind, OutboundMessage


@dataclass(frozen=True, slots=True)
class MessageView:
    """One line of a transcript."""

    id: int
    conversation_id: str
    author: str
    operator: str | None
    text: str
    buttons: tuple[Button, ...]
    image_id: str | None
    ask: Ask | None
    is_draft: bool
    created_at: datetime


def _buttons(message: Message) -> tuple[Button, ...]:
    return tuple(Button(b["title"], ButtonKind(b["kind"]), b["value"]) for b in message.buttons)


def as_view(message: Message) -> MessageView:
    """Return the message for a page."""
    return MessageView(
        id=message.id,
        conversation_id=message.conversation_id,
        author=message.author,
        operator=message.operator,
        text=message.text,
        buttons=_buttons(message),
        image_id=message.image_id,
        ask=Ask(message.ask) if message.ask else None,
        is_draft=message.is_draft,
        created_at=message.created_at,
    )


def as_outbound(message: Message) -> OutboundMessage:
    """Return the message for a channel."""
    return OutboundMessage(
        text=message.text,
        buttons=_buttons(message),
        ask=Ask(message.ask) if message.ask else None,
        author="operator" if message.author == Author.OPERATOR else "bot",
    )
