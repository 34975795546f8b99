"""Answers what was not understood: from the records when the search is sure, else with the menu, then with a person."""

from actions.base import CitizenAction, Voice
from actions.procedure.answer import ask, tell
from actions.services import Knowledge, Switches
from actions.turn import Event, Turn

OUTSIDE = ("utter_control_not_understood", "utter_control_not_understood_again")
IN_FORM = ("utter_control_not_understood_form", "utter_control_not_understood_form_again")


class ControlFallback(CitizenAction):
    """Runs when no intent was accepted."""

    action = "action_control_fallback"

    def __init__(self, knowledge: Knowledge, switches: Switches) -> None:
        self._knowledge = knowledge
        self._switches = switches

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Never say the same twice: the second failure in a row offers a person."""
        off = await self._switches.off_topics()
        if turn.text and "procedure" not in off:
            found = await ask(self._knowledge, turn, off)
            # Anything at all would be taken for "tell me about the procedure we talked about".
            is_echo = (
                found.aspect in (None, "overview")
                and found.procedure is not None
                and (found.procedure.code == turn.slots.get("procedure_code"))
            )
            if found.decision == "answer" and not is_echo:
                return tell(found, voice)
        first, again = IN_FORM if turn.form else OUTSIDE
        voice.say(again if turn.said_before(first, again) else first)
        return []
