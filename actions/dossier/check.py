"""Looks a dossier up when the code is known, else asks for the code."""

from actions.base import CitizenAction, Voice
from actions.dossier.view import show_dossier
from actions.services import Dossiers, Switches, Texts
from actions.turn import Event, Turn, go_on_with, leave_form

FORM = "dossier_form"


class DossierCheck(CitizenAction):
    """Answers "hồ sơ của tôi tới đâu"."""

    action = "action_dossier_check"

    def __init__(self, dossiers: Dossiers, switches: Switches, texts: Texts) -> None:
        self._dossiers = dossiers
        self._switches = switches
        self._texts = texts

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Show the dossier named in the message, or start asking for its code."""
        if "dossier" in await self._switches.off_topics():
            voice.say("utter_shared_topic_off")
            return leave_form() if turn.form == FORM else []
        code = self._dossiers.normalise(turn.text) or self._dossiers.normalise(turn.entity("dossier_code"))
        if code:
            await show_dossier(code, self._dossiers, self._texts, turn, voice)
            return []
        if turn.form and turn.form != FORM:
            voice.say("utter_dossier_ask_first")
            return []
        return [] if turn.form == FORM else [go_on_with(FORM)]
