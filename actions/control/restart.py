"""Begins again from nothing; the complaint form begins its own questions again itself."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, leave_form, slot_set


class ControlRestart(CitizenAction):
    """Runs on "làm lại từ đầu"."""

    action = "action_control_restart"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Forget what was talked about and show the menu."""
        voice.say("utter_control_restarted")
        forgotten = [slot_set(name, None) for name in ("procedure_code", "procedure_aspect", "dossier_code")]
        return [*leave_form(), *forgotten] if turn.form else forgotten
