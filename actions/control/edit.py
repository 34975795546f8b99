"""Answers "sửa lại" where nothing has been filled in; the forms let their answers be changed themselves."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn


class ControlEdit(CitizenAction):
    """Runs outside the complaint form."""

    action = "action_control_edit"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say so and show the menu; inside a form its question is asked again."""
        if not turn.form:
            voice.say("utter_control_nothing_to_edit")
        return []
