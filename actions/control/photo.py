"""Does something useful with a photo that nobody asked for."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, go_on_with


class ControlPhoto(CitizenAction):
    """Runs outside the complaint form, which keeps photos itself."""

    action = "action_control_photo"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Start a complaint with the photo; while a dossier's code is awaited, ask to have it typed."""
        if turn.form:
            voice.say("utter_dossier_no_photo")
            return []
        return [go_on_with("complaint_form")]
