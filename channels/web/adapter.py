"""The web page as a channel: messages are stored already, so sending one means telling open pages to look."""

from collections.abc import Mapping
from typing import Any, Protocol

from channels.types import OutboundMessage


class Publisher(Protocol):
    """Whatever carries hints to open pages."""

    def publish(self, topic: str, data: Mapping[str, Any]) -> None:
        """Tell every subscriber of ``topic``."""
        ...


def topic_of(user_id: str) -> str:
    """Name the topic that a citizen's pages listen to."""
    return f"conversation-user:web:{user_id}"


class WebChannel:
    """Implements ``channels.base.Channel``."""

    name = "web"

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def send(self, user_id: str, message: OutboundMessage, message_id: int) -> str:
        """Tell the citizen's pages that a message is there; without an open page it waits in the history."""
        self._publisher.publish(topic_of(user_id), {"type": "message", "message_id": message_id})
        return str(message_id)

    async def typing(self, user_id: str) -> None:
        """Show that an answer is being made."""
        self._publisher.publish(topic_of(user_id), {"type": "typing"})
