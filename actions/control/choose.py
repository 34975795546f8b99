"""Understands "số 2", "đúng rồi", "không" outside the forms: by the buttons that the bot showed last."""

import json
from typing import Any

from actions.base import CitizenAction, Voice
from actions.services import Dossiers
from actions.turn import Event, Turn, go_on_with


class ControlChoose(CitizenAction):
    """Goes on as if the chosen button had been tapped."""

    action = "action_control_choose"

    def __init__(self, dossiers: Dossiers) -> None:
        self._dossiers = dossiers

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say or do what the choice stands for. Inside a form it stood for nothing: the form asks again."""
        if turn.form:
            return []
        if self._dossiers.normalise(turn.text):
            return [go_on_with("action_dossier_check")]
        if turn.is_intent("control_deny"):
            voice.say("utter_control_deny")
            return []
        if turn.is_intent("control_affirm"):
            payload = turn.offered_yes()
            if not payload:
                voice.say("utter_control_affirm")
                return []
        elif turn.entity("choice"):
            voice.say("utter_control_stale_button")
            return []
        else:
            buttons = turn.offered()
            number = turn.number(len(buttons))
            if not number:
                voice.say("utter_control_no_such_choice")
                return []
            payload = buttons[number - 1][1]
        return _follow(payload, turn, voice)


def _follow(payload: str, turn: Turn, voice: Voice) -> list[Event]:
    if payload.startswith("tel:"):
        voice.say("utter_control_call", number=payload.removeprefix("tel:"))
        return []
    if not payload.startswith("/"):
        voice.say("utter_control_open", address=payload)
        return []
    return [{"event": "action", "name": "action_listen"}, _tap(payload, turn)]


def _tap(payload: str, turn: Turn) -> Event:
    """Give the event of a tapped button, in the same turn."""
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
    return {"event": "user", "text": payload, "parse_data": parse_data, "metadata": metadata}
