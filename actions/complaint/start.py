"""Starts the complaint form, unless complaints are switched off."""

from actions.base import CitizenAction, Voice
from actions.services import Switches
from actions.turn import Event, Turn, go_on_with


class ComplaintStart(CitizenAction):
    """Runs when a citizen wants to report something."""

    action = "action_complaint_start"

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Go on with the form, which reads the message itself."""
        if "complaint" in await self._switches.off_topics():
            voice.say("utter_shared_topic_off")
            return []
        return [] if turn.form == "complaint_form" else [go_on_with("complaint_form")]
