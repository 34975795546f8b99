"""Answers a question about a procedure from the records."""

import asyncio
import re
from dataclasses import asdict
from functools import partial
from typing import Any

from actions.base import CitizenAction, Voice
from actions.services import Knowledge, Switches
from actions.turn import Event, Turn, slot_set

# "Có những thủ tục nào?": no procedure is named, all are meant.
_WHICH_ARE_THERE = re.compile(r"\b(?:nhung|cac|may|bao nhieu) (?:loai )?(?:thu tuc|giay to|dich vu)\b")


class ProcedureAnswer(CitizenAction):
    """Says what ``knowledge`` found and remembers the procedure for the next question."""

    action = "action_procedure_answer"

    def __init__(self, knowledge: Knowledge, switches: Switches) -> None:
        self._knowledge = knowledge
        self._switches = switches

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Answer the text, or the procedure and aspect that a button names."""
        code = turn.entity("procedure_code")
        aspect = turn.entity("procedure_aspect")
        if not turn.text and not code and not aspect:
            voice.say("utter_procedure_which")
            return []
        off = await self._switches.off_topics()
        found = await ask(self._knowledge, turn, off, code or None, aspect or None)
        if found.decision == "abstain" and _WHICH_ARE_THERE.search(turn.folded):
            voice.say("utter_procedure_list")
            return []
        return tell(found, voice)


async def ask(
    knowledge: Knowledge,
    turn: Turn,
    off: frozenset[str],
    code: str | None = None,
    aspect: str | None = None,
    sure_from: float = 0.0,
) -> Any:
    """Search off the event loop: embedding a question takes some 10 ms of processor time."""
    current = turn.slots.get("procedure_code")
    title = str(turn.slots.get("citizen_title") or "")
    search = partial(knowledge.answer, today=turn.today, title=title, code=code, aspect=aspect, sure_from=sure_from)
    return await asyncio.to_thread(search, turn.text, current, off)


def tell(found: Any, voice: Voice) -> list[Event]:
    """Say an answer with its sources; returns what is to be remembered."""
    custom = {
        "procedure": asdict(found.procedure) if found.procedure else None,
        "aspect": found.aspect,
        "sources": [asdict(source) for source in found.sources],
        "decision": found.decision,
    }
    if found.decision in ("human", "abstain"):
        custom["affirm"] = "/human_ask"
    voice.show(found.text, found.buttons, custom)
    if not found.procedure:
        return []
    return [slot_set("procedure_code", found.procedure.code), slot_set("procedure_aspect", found.aspect)]
