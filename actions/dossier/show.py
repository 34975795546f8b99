"""Shows the dossier whose code the form has asked for."""

from actions.base import CitizenAction, Voice
from actions.dossier.view import show_dossier
from actions.services import Dossiers, Texts
from actions.turn import Event, Turn, slot_set


class DossierShow(CitizenAction):
    """Runs after ``dossier_form``."""

    action = "action_dossier_show"

    def __init__(self, dossiers: Dossiers, texts: Texts) -> None:
        self._dossiers = dossiers
        self._texts = texts

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Show it and forget the code; without one the citizen gave up, which the form has answered."""
        code = turn.slots.get("dossier_code")
        if code:
            await show_dossier(str(code), self._dossiers, self._texts, turn, voice)
        return [slot_set("dossier_code", None)]
