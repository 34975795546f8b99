"""Stops what is being done; nothing has been sent."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, leave_form


class ControlStop(CitizenAction):
    """Runs on "dừng", "hủy"."""

    action = "action_control_stop"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Leave the form. A complaint's answers are kept, so that a slip of the finger costs nothing."""
        if turn.form == "complaint_form" and turn.slots.get("complaint_history"):
            voice.say("utter_complaint_stopped")
        else:
            voice.say("utter_control_stopped" if turn.form else "utter_control_deny")
        return leave_form() if turn.form else []
