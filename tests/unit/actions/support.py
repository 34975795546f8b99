"""What the action tests share: turns by hand, a dispatcher that remembers, small services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@dataclass
class Said:
    """Stands for rasa_sdk's dispatcher."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def utter_message(self, **message: Any) -> None:
        self.messages.append(message)

    @property
    def responses(self) -> list[str]:
        return [message["response"] for message in self.messages if message.get("response")]

    @property
    def commands(self) -> list[dict[str, Any]]:
        customs = [message.get("json_message") or {} for message in self.messages]
        return [custom["command"] for custom in customs if "command" in custom]

    @property
    def buttons(self) -> list[dict[str, str]]:
        return [button for message in self.messages for button in message.get("buttons") or []]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages if message.get("text")]


def turn(text: str = "", intent: str = "", *, confidence: float = 0.95, **more: Any) -> Turn:
    """Make a turn; without an intent it was not understood."""
    slots: Mapping[str, Any] = {"citizen_title": "cô/chú", **more.pop("slots", {})}
    known = {"accepted": bool(intent), "confidence": confidence if intent else 0.2, "intent": intent or "nlu_fallback"}
    return Turn(
        **{"turn_at": NOON, "conversation_id": "c1", "event_id": "e1", "text": text, **known, "slots": slots, **more}
    )


async def run(action: CitizenAction, given: Turn) -> tuple[Said, list[Event]]:
    """Answer a turn; returns what was said and Rasa's events."""
    said = Said()
    return said, await action.answer(given, Voice(said))


def slots_of(events: Sequence[Event]) -> dict[str, Any]:
    """Give the slots that events set; the last one wins."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def bot_said(
    text: str = "", response: str = "", buttons: Sequence[tuple[str, str]] = (), **custom: Any
) -> dict[str, Any]:
    """Make Rasa's event of a bot message."""
    choices = [{"title": title, "payload": payload} for title, payload in buttons]
    return {
        "event": "bot",
        "text": text or response,
        "data": {"buttons": choices, "custom": custom},
        "metadata": {"utter_action": response},
    }


USER = {"event": "user", "timestamp": NOON.timestamp()}


class NothingOff:
    """Switches with everything on, or the topics given off."""

    def __init__(self, *off: str) -> None:
        self._off = frozenset(off)

    async def off_topics(self) -> frozenset[str]:
        return self._off
