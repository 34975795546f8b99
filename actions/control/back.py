"""Answers "quay lại" where there is no question to go back to; the forms go back themselves."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn


class ControlBack(CitizenAction):
    """Runs outside the forms."""

    action = "action_control_back"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say so and show the menu."""
        voice.say("utter_control_first_question" if turn.form else "utter_control_nothing_to_go_back")
        return []
