"""Puts the citizen in the queue for a person."""

from actions.base import CitizenAction, Voice
from actions.services import Handoffs
from actions.turn import Event, Turn, leave_form


class HumanAsk(CitizenAction):
    """Runs on "gặp người"."""

    action = "action_human_ask"

    def __init__(self, handoff: Handoffs) -> None:
        self._handoff = handoff

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Ask for a person once; while waiting, say the place in the queue. A form is left: what it has is kept."""
        view = await self._handoff.status(turn.conversation_id)
        if view.state == "waiting":
            voice.say("utter_human_waiting")
        else:
            voice.command("ask_human", reason=turn.form or turn.text[:200] or "button")
            voice.say("utter_human_asked" if view.is_office_open else "utter_human_asked_closed")
        if turn.form == "complaint_form" and turn.slots.get("complaint_history"):
            voice.say("utter_complaint_kept")
        return leave_form() if turn.form else []
