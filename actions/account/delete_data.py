"""Deletes the citizen's data once they confirm."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, leave_form


class AccountDeleteData(CitizenAction):
    """Runs on "xóa dữ liệu của tôi"."""

    action = "action_account_delete_data"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say what will be deleted and ask; the button deletes."""
        if turn.entity("choice") != "confirm":
            voice.say("utter_account_delete_confirm")
            return leave_form()
        voice.command("delete_data")
        voice.say("utter_account_deleted")
        return leave_form()
