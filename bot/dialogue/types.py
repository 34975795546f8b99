"""What the dialogue is asked and what it answers, whoever answers: Rasa, the degraded mode or the emergency list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversations.commands import Command


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """One turn to answer.

    Attributes:
        text: Masked free text, never starting with "/"; with a payload, what was written beside it (a caption).
        payload: "/intent{json}" of a tap or of something that is not text; "" for free text.
        is_waiting: The citizen waits for a person.
    """

    conversation_id: str
    turn_id: str
    channel: str
    text: str
    payload: str
    at: datetime
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of an answer.

    Attributes:
        buttons: (title, value); value "/intent{…}" is a choice, "https://…" a link, "tel:…" a call.
        ask: "location", "photo", "contact" or "".
        response: Name of the response template, "" if there is none.
    """

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    image: str = ""
    ask: str = ""
    response: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the citizen gets and what changes.

    Attributes:
        confidence: Probability of ``intent``, 0..1.
        accepted: False if the understanding fell back.
        procedure: {"code", "name", "score"} when one was answered or asked about.
        decision: "answer", "clarify", "abstain", "human" of the knowledge search, "" if it was not asked.
    """

    replies: tuple[Reply, ...] = ()
    commands: tuple[Command, ...] = ()
    intent: str = ""
    confidence: float = 0.0
    accepted: bool = True
    procedure: Mapping[str, Any] | None = None
    aspect: str = ""
    sources: tuple[Mapping[str, Any], ...] = ()
    decision: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    active_form: str = ""
    is_degraded: bool = False
    was_seen: bool = False

    @property
    def is_emergency(self) -> bool:
        """True if the answer tells which emergency number to call."""
        return self.intent.startswith("emergency_")
