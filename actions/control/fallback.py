"""Answers what was not understood: from the records if the search is sure, else "do you mean …?", then a person."""

from collections.abc import Mapping

from actions.base import CitizenAction, Voice
from actions.procedure.answer import ask, tell
from actions.services import Dossiers, Knowledge, Switches
from actions.turn import Event, Turn, tap

OUTSIDE = ("utter_control_not_understood", "utter_control_not_understood_again")
# From here on, and with that many words, it is asked whether something is to be reported.
OFFER_AT = 0.2
OFFER_WORDS = 4
# From this probability that a record answers, "which of these procedures" is asked before "what do you mean".
LIKELY_QUESTION = 0.8
# Below this an emergency is one of many guesses: numbers for everything would frighten and hide the way on.
EMERGENCY_AT = 0.25
# "Do you mean …?": so many buttons at most, each with at least this probability, of skills that do something.
MAX_GUESSES = 3
GUESS_AT = 0.12
GUESSED = ("procedure_", "dossier_", "complaint_", "directory_", "notice_", "account_", "human_ask")
DID_YOU_MEAN = "utter_control_did_you_mean"
IN_FORM = ("utter_control_not_understood_form", "utter_control_not_understood_form_again")


class ControlFallback(CitizenAction):
    """Runs when no intent was accepted."""

    action = "action_control_fallback"

    def __init__(self, knowledge: Knowledge, dossiers: Dossiers, switches: Switches, labels: Mapping[str, str]) -> None:
        """``labels`` are the names of intents as citizens know them."""
        self._knowledge = knowledge
        self._labels = labels
        self._dossiers = dossiers
        self._switches = switches

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Never say the same twice: the second failure in a row offers a person."""
        if code := self._dossiers.normalise(turn.text):
            return tap(f'/dossier_check{{"dossier_code": "{code}"}}', turn)
        off = await self._switches.off_topics()
        if turn.text and "procedure" not in off:
            found = await ask(self._knowledge, turn, off)
            # Anything at all would be taken for "tell me about the procedure we talked about".
            is_echo = (
                found.aspect in (None, "overview")
                and found.procedure is not None
                and (found.procedure.code == turn.slots.get("procedure_code"))
            )
            is_question = found.decision == "clarify" and found.inside >= LIKELY_QUESTION
            if found.gap or is_question or (found.decision == "answer" and not is_echo):
                return tell(found, voice)
        if turn.intent.startswith("emergency_") and turn.confidence >= EMERGENCY_AT and not turn.form:
            voice.say("utter_emergency_unsure")
            return []
        if self._may_report(turn) and "complaint" not in off:
            voice.say("utter_control_offer_report")
            return []
        first, again = IN_FORM if turn.form else OUTSIDE
        has_failed = turn.said_before(first, again, DID_YOU_MEAN)
        guesses = self._guesses(turn, off)
        if guesses and not has_failed:
            # "Ừ" to a list means what stands first.
            voice.offer(DID_YOU_MEAN, guesses, {"affirm": guesses[0][1]})
            return []
        voice.say(again if has_failed else first)
        return []

    def _guesses(self, turn: Turn, off: frozenset[str]) -> list[tuple[str, str]]:
        """Give buttons for what may be meant; inside a form the question is asked again instead."""
        likely = [
            intent
            for intent, probability in turn.ranking
            if probability >= GUESS_AT and intent.startswith(GUESSED) and intent.partition("_")[0] not in off
        ]
        if turn.form:
            return []
        return [(self._labels[intent], f'/{intent}{{"offered": "yes"}}') for intent in likely[:MAX_GUESSES]]

    def _may_report(self, turn: Turn) -> bool:
        is_likely = turn.intent == "complaint_file" and turn.confidence >= OFFER_AT
        return not turn.form and is_likely and len(turn.text.split()) >= OFFER_WORDS
