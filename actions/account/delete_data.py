"""Deletes the citizen's data once they confirm."""

import re

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, leave_form

ASK = "utter_account_delete_confirm"
_NOT = re.compile(r"\b(?:khong|hong|ko|k|dung|khoan|thoi|chua|giu)\b")


class AccountDeleteData(CitizenAction):
    """Runs on "xóa dữ liệu của tôi"."""

    action = "action_account_delete_data"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say what will be deleted and ask; the button deletes."""
        is_said_twice = turn.said_before(ASK) and not _NOT.search(turn.folded)
        if turn.entity("choice") != "confirm" and not is_said_twice:
            voice.say(ASK)
            return leave_form()
        voice.command("delete_data")
        voice.say("utter_account_deleted")
        return leave_form()
