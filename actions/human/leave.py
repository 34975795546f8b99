"""Takes the citizen out of the queue for a person."""

from actions.base import CitizenAction, Voice
from actions.services import Handoffs
from actions.turn import Event, Turn


class HumanLeave(CitizenAction):
    """Runs on "thôi không chờ nữa"."""

    action = "action_human_leave"

    def __init__(self, handoff: Handoffs) -> None:
        self._handoff = handoff

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Leave the queue, or say that there is none to leave."""
        view = await self._handoff.status(turn.conversation_id)
        if view.state != "waiting":
            voice.say("utter_human_not_waiting")
            return []
        voice.command("leave_queue")
        voice.say("utter_human_left")
        return []
