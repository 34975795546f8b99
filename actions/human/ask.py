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
            return leave_form()
        voice.command("ask_human", reason=turn.form or turn.text[:200] or "button")
        voice.say("utter_human_asked" if view.is_office_open else "utter_human_asked_closed")
        return leave_form()
