"""Offers to report something at a place that was shared."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn


class ControlLocation(CitizenAction):
    """Runs outside the complaint form, which keeps places itself."""

    action = "action_control_location"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Ask what the place is for."""
        voice.say("utter_control_location", lat=turn.entity("lat") or "null", lon=turn.entity("lon") or "null")
        return []
