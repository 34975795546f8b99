"""Understands "số 2", "đúng rồi", "không" outside the forms: by the buttons that the bot showed last."""

from actions.base import CitizenAction, Voice
from actions.services import Dossiers
from actions.turn import Event, Turn, tap


class ControlChoose(CitizenAction):
    """Goes on as if the chosen button had been tapped."""

    action = "action_control_choose"

    def __init__(self, dossiers: Dossiers) -> None:
        self._dossiers = dossiers

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say or do what the choice stands for. Inside a form it stood for nothing: the form asks again."""
        if turn.form:
            return []
        if code := self._dossiers.normalise(turn.text):
            return tap(f'/dossier_check{{"dossier_code": "{code}"}}', turn)
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
    return tap(payload, turn)
