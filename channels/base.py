"""What a channel adapter offers to the outbox, and how sending can fail."""

from dataclasses import dataclass
from typing import Protocol

from channels.types import OutboundMessage


class Channel(Protocol):
    """Sends messages to citizens of one channel."""

    name: str

    async def send(self, user_id: str, message: OutboundMessage, message_id: int) -> str:
        """Send one message.

        Args:
            user_id: The citizen's id in this channel.
            message: What to show.
            message_id: Our number of the message, for channels that can carry it.

        Returns:
            The channel's own id of the sent message, or "".

        Raises:
            SendError: If it was not sent, with what to do about it.
        """
        ...

    async def typing(self, user_id: str) -> None:
        """Show that an answer is being made; never raises."""
        ...


@dataclass
class SendError(Exception):
    """A message was not sent, or may not have been.

    Attributes:
        reason: Short text for the operator and the log.
        retry_after_s: Seconds to wait before trying again; None if it must not be tried again (parked).
        uncertain: True if the channel may have got it (time-out after the request was written).
    """

    reason: str
    retry_after_s: float | None = None
    uncertain: bool = False
