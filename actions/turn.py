"""What an action needs to know of the message that it answers, read from Rasa's tracker."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from bot.clock import VIETNAM
from nlu.vietnamese.fold import fold

FALLBACK = "nlu_fallback"
CONTACT = re.compile(r"<(?:phone|email):[\w\-]{1,64}>")
_NUMBERS = {
    **{str(number): number for number in range(1, 10)},
    **{
        "mot": 1,
        "nhat": 1,
        "dau": 1,
        "dau tien": 1,
        "tren cung": 1,
        "hai": 2,
        "nhi": 2,
        "ba": 3,
        "bon": 4,
        "tu": 4,
        "nam": 5,
        "sau": 6,
        "bay": 7,
    },
}
# Responses with buttons that stand for "do what I have just said" ('{"offered": "yes"}').
OFFERS = frozenset(
    {
        "utter_complaint_idea",
        "utter_control_did_you_mean",
        "utter_control_offer_report",
        "utter_control_second_intent",
        "utter_emergency_unsure",
    }
)
_LAST = frozenset({"cuoi", "cuoi cung", "chot", "duoi cung", "sau cung"})
Event = dict[str, Any]
"""A Rasa event as JSON; ``slot_set`` makes the usual one."""


def slot_set(name: str, value: Any) -> Event:
    """Give the event that sets a slot."""
    return {"event": "slot", "name": name, "value": value}


def leave_form() -> list[Event]:
    """Give the events after which no form is being filled in and nothing more is asked."""
    return [{"event": "active_loop", "name": None}, slot_set("requested_slot", None)]


def go_on_with(action: str) -> Event:
    """Give the event that runs another action or form next."""
    return {"event": "followup", "name": action}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message of a citizen and what went before it.

    Attributes:
        text: NFC, personal values masked; "" when a button was tapped, but for one that offered to do what the citizen
            had said ("offered"): then those words.
        intent: The best intent, before the fallback took its place.
        confidence: 0..1; 1 for a button.
        accepted: False when the fallback took the place of ``intent``.
        ranking: The best intents with their probabilities, best first.
        entities: The first value of each entity.
        form: The form that is being filled in, "" if none.
        requested: The slot that the form asked for last, "" if none.
        is_fresh: The message has not been answered by another action yet.
        turn_at: When the turn began, aware; the same when the turn is run again.
    """

    turn_at: datetime
    conversation_id: str = ""
    text: str = ""
    intent: str = FALLBACK
    confidence: float = 0.0
    accepted: bool = False
    ranking: Sequence[tuple[str, float]] = ()
    entities: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""
    requested: str = ""
    is_fresh: bool = True
    event_id: str = ""
    events: Sequence[Mapping[str, Any]] = ()

    @property
    def today(self) -> date:
        """Vietnam's date."""
        return self.turn_at.astimezone(VIETNAM).date()

    @property
    def folded(self) -> str:
        """The text in lower case without diacritics, single spaces."""
        return " ".join(fold(self.text).split())

    def is_intent(self, *names: str) -> bool:
        """Tell whether it was accepted as one of these intents, or of these families ("emergency_")."""
        return self.accepted and any(
            self.intent == name or (name.endswith("_") and self.intent.startswith(name)) for name in names
        )

    def entity(self, *names: str) -> str:
        """Give the first of these entities as text, "" if there is none."""
        return next((str(self.entities[name]) for name in names if self.entities.get(name) is not None), "")

    def number(self, n_choices: int) -> int:
        """Give the number, from 1, of the choice among ``n_choices`` that is meant ("số 2", "cái cuối"), 0 if none."""
        said = " ".join(fold(self.entity("option_number") or self.text).split())
        if said in _LAST or said == "-1":
            return n_choices
        number = _NUMBERS.get(said, 0) or next((_NUMBERS[word] for word in said.split() if word in _NUMBERS), 0)
        return number if number <= n_choices else 0

    def previous_replies(self) -> list[Mapping[str, Any]]:
        """Give what the bot said in the last turn in which it said something, as Rasa's bot events."""
        replies: list[Mapping[str, Any]] = []
        is_past = False
        for event in reversed(self.events):
            if event["event"] == "user":
                if is_past and replies:
                    break
                is_past = True
            elif event["event"] == "bot" and is_past and (event.get("text") or _data(event).get("buttons")):
                replies.insert(0, event)
        return replies

    def said_before(self, *responses: str) -> bool:
        """Tell whether the bot's last turn used one of these responses."""
        return any((reply.get("metadata") or {}).get("utter_action") in responses for reply in self.previous_replies())

    def offered(self) -> list[tuple[str, str]]:
        """Give the buttons (title, payload) of the bot's last turn, in order."""
        buttons = [button for reply in self.previous_replies() for button in _data(reply).get("buttons") or []]
        return [(button["title"], button["payload"]) for button in buttons]

    def offered_yes(self) -> str:
        """Give the payload that "yes" to the bot's last question stands for, "" if it asked no such question."""
        customs = [_data(reply).get("custom") or {} for reply in self.previous_replies()]
        return next((str(custom["affirm"]) for custom in reversed(customs) if "affirm" in custom), "")


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return event.get("data") or {}


def tap(payload: str, turn: Turn) -> list[Event]:
    """Give the events after which Rasa goes on as if a button had been tapped, in the same turn."""
    name, brace, rest = payload[1:].partition("{")
    values: dict[str, Any] = json.loads(brace + rest) if brace else {}
    intent = {"name": name, "confidence": 1.0}
    metadata = {"event_id": turn.event_id, "turn_at": turn.turn_at.isoformat()}
    parse_data = {
        "text": payload,
        "intent": intent,
        "intent_ranking": [intent],
        "entities": [{"entity": entity, "value": value} for entity, value in values.items()],
        "metadata": metadata,
    }
    said = {"event": "user", "text": payload, "parse_data": parse_data, "metadata": metadata}
    return [{"event": "action", "name": "action_listen"}, said]


def read_turn(tracker: Any, own_name: str = "") -> Turn:
    """Read the current message.

    Args:
        tracker: rasa_sdk's ``Tracker``.
        own_name: The form whose validating action reads; Rasa has already noted that form as run.
    """
    message = tracker.latest_message or {}
    intent = message.get("intent") or {}
    ranking = [entry for entry in message.get("intent_ranking") or [] if entry.get("name") not in (None, FALLBACK)]
    best = ranking[0] if ranking else intent
    metadata = message.get("metadata") or {}
    text = (message.get("text") or "").strip()
    entities: dict[str, Any] = {}
    for entity in message.get("entities") or []:
        entities.setdefault(entity["entity"], entity["value"])
    if text.startswith("/"):
        text = _offered_words(tracker.events) if entities.get("offered") else ""
    return Turn(
        conversation_id=tracker.sender_id,
        text=text,
        intent=best.get("name") or FALLBACK,
        confidence=float(best.get("confidence") or 0.0),
        accepted=intent.get("name") not in (None, FALLBACK),
        ranking=[(str(entry["name"]), float(entry.get("confidence") or 0.0)) for entry in ranking],
        entities=entities,
        slots=tracker.slots,
        form=(tracker.active_loop or {}).get("name") or "",
        requested=tracker.slots.get("requested_slot") or "",
        is_fresh=_last_action(tracker.events, own_name) == "action_listen",
        event_id=str(metadata.get("event_id") or message.get("message_id") or ""),
        turn_at=_turn_at(metadata, tracker.events),
        events=tracker.events,
    )


def _turn_at(metadata: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> datetime:
    """Read the turn's time; Rasa's own note of it where the message did not come through our door (rasa shell)."""
    if said := metadata.get("turn_at"):
        return datetime.fromisoformat(str(said))
    noted = next((event["timestamp"] for event in reversed(events) if event["event"] == "user"), 0.0)
    return datetime.fromtimestamp(float(noted), UTC)


def _offered_words(events: Sequence[Mapping[str, Any]]) -> str:
    """Give the words that the bot last offered to act on: those that its message names, else those before it."""
    before = found = ""
    for event in events:
        said = str(event.get("text") or "")
        if event["event"] == "user" and not said.startswith("/"):
            before = said
        elif event["event"] == "bot" and (event.get("metadata") or {}).get("utter_action") in OFFERS:
            found = str((_data(event).get("custom") or {}).get("offered") or before)
    return found.strip()


def _last_action(events: Sequence[Mapping[str, Any]], own_name: str) -> str:
    names = [str(event["name"]) for event in events if event["event"] == "action"]
    if own_name and names and names[-1] == own_name:
        names.pop()
    return names[-1] if names else ""
