"""Answers "bỏ qua" where no question can be skipped."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn


class ControlSkip(CitizenAction):
    """Runs outside the forms, and in a form whose question needs an answer."""

    action = "action_control_skip"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say so."""
        voice.say("utter_complaint_cannot_skip" if turn.form else "utter_control_nothing_to_skip")
        return []
