"""Says that a message is none of the city's business, unless the records answer it after all."""

from actions.base import CitizenAction, Voice
from actions.procedure.answer import ask, tell
from actions.services import Knowledge, Switches
from actions.turn import Event, Turn

# From here on "out of scope" is believed, unless the search is as sure that a record answers.
SURE = 0.9
# From here on what the search found is offered.
WORTH_OFFERING = 0.6


class ControlOutOfScope(CitizenAction):
    """Runs on ``out_of_scope``: of all intents the one that is told apart worst from a question about papers."""

    action = "action_control_out_of_scope"

    def __init__(self, knowledge: Knowledge, switches: Switches) -> None:
        self._knowledge = knowledge
        self._switches = switches

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Answer from the records when they are surer than the intent."""
        off = await self._switches.off_topics()
        if turn.text and "procedure" not in off:
            found = await ask(self._knowledge, turn, off, sure_from=SURE if turn.confidence >= SURE else 0.0)
            if found.decision == "answer" or (found.decision == "clarify" and found.inside >= WORTH_OFFERING):
                return tell(found, voice)
        voice.say("utter_out_of_scope")
        return []
