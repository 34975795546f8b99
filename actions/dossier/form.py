"""Reads the code in an answer to "mã hồ sơ là gì"."""

from actions.base import CitizenAction, Voice
from actions.services import Dossiers
from actions.turn import Event, Turn, slot_set

CODE = "dossier_code"
NO_CODE = (
    "khong co ma",
    "hong co ma",
    "ko co ma",
    "mat giay",
    "lac giay",
    "quen ma",
    "khong nho",
    "hong nho",
    "khong biet ma",
)


class ValidateDossierForm(CitizenAction):
    """Accepts a code however it is typed; explains a wrong one; lets everything else be answered elsewhere."""

    action = "validate_dossier_form"
    form = "dossier_form"

    def __init__(self, dossiers: Dossiers) -> None:
        self._dossiers = dossiers

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Return the code, the same question again, the end of the form, or nothing (then Rasa asks the rules)."""
        if not turn.requested:
            return [slot_set(CODE, None)]
        if not turn.is_fresh:
            return []
        again = [slot_set(CODE, None)]
        if turn.is_intent("emergency_"):
            return []
        code = self._dossiers.normalise(turn.text) or self._dossiers.normalise(turn.entity(CODE))
        if code:
            return [slot_set(CODE, code)]
        if turn.is_intent("control_skip", "control_deny") or any(words in turn.folded for words in NO_CODE):
            voice.say("utter_dossier_no_code")
            return [*again, slot_set("requested_slot", None)]
        if turn.is_intent("control_back"):
            voice.say("utter_control_first_question")
            return again
        if not turn.text:
            return again if turn.is_intent("dossier_", "control_restart") else []
        has_digits = sum(char.isdigit() for char in turn.text) >= 3
        if has_digits and (
            not turn.accepted or turn.is_intent("dossier_", "out_of_scope", "control_choose", "complaint_status")
        ):
            voice.say("utter_dossier_bad_code")
            return again
        return again if turn.is_intent("dossier_", "control_restart", "control_affirm") else []
