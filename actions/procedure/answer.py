"""Answers a question about a procedure from the records."""

import asyncio
from dataclasses import asdict
from typing import Any

from actions.base import CitizenAction, Voice
from actions.services import Knowledge, Switches
from actions.turn import Event, Turn, slot_set


class ProcedureAnswer(CitizenAction):
    """Says what ``knowledge`` found and remembers the procedure for the next question."""

    action = "action_procedure_answer"

    def __init__(self, knowledge: Knowledge, switches: Switches) -> None:
        self._knowledge = knowledge
        self._switches = switches

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Answer the text, or the procedure and aspect that a button names."""
        off = await self._switches.off_topics()
        if "procedure" in off:
            voice.say("utter_shared_topic_off")
            return []
        code = turn.entity("procedure_code")
        aspect = turn.entity("procedure_aspect", "aspect")
        if not turn.text and not code and not aspect:
            voice.say("utter_procedure_which")
            return []
        found = await ask(self._knowledge, turn, code or None, aspect or None, off)
        return tell(found, turn, voice)


async def ask(knowledge: Knowledge, turn: Turn, code: str | None, aspect: str | None, off: frozenset[str]) -> Any:
    """Search off the event loop: embedding a question takes some 10 ms of processor time."""
    current = turn.slots.get("procedure_code")
    return await asyncio.to_thread(knowledge.answer, turn.text, code or current, off)


def tell(found: Any, turn: Turn, voice: Voice) -> list[Event]:
    """Say an answer with its sources; returns what is to be remembered."""
    custom = {
        "procedure": asdict(found.procedure) if found.procedure else None,
        "aspect": found.aspect,
        "sources": [asdict(source) for source in found.sources],
        "decision": found.decision,
    }
    if found.decision in ("human", "abstain"):
        custom["affirm"] = "/human_ask"
    title = str(turn.slots.get("citizen_title") or "")
    if found.text:
        voice.show(found.text.replace("{citizen_title}", title), found.buttons, custom)
    if found.decision == "human":
        voice.say("utter_procedure_human", json_message=None if found.text else custom)
    elif not found.text:
        voice.say("utter_procedure_not_found", json_message=custom)
    if found.decision != "answer" or not found.procedure:
        return []
    return [slot_set("procedure_code", found.procedure.code), slot_set("procedure_aspect", found.aspect)]
