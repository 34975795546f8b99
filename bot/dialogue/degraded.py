"""Answers without Rasa: procedures by search, dossiers by exact code, the menu and the queue for a person."""

import json
import re

import structlog

from actions.base import Voice
from actions.dossier.view import show_dossier
from actions.procedure.answer import ProcedureAnswer
from actions.turn import Turn
from bot.conversations.commands import Command
from bot.dialogue.replies import Collector, reply_of
from bot.dialogue.types import Answer, TurnRequest
from bot.dossiers.service import DossierService
from bot.switches.service import SwitchService
from bot.texts import Texts
from knowledge.live import LiveKnowledge
from nlu.vietnamese.fold import fold

log = structlog.get_logger(__name__)

# Without Rasa only the plainest ways of asking for a person are known; the button says the rest.
ASKS_FOR_PERSON = re.compile(
    r"\b(?:gap|noi chuyen voi|ket noi)\b.*\b(?:nguoi|can bo|nhan vien|tong dai|dien thoai vien)\b|^0$"
)


class DegradedMode:
    """What still works when Rasa does not: the same actions, chosen by plain rules."""

    def __init__(
        self, knowledge: LiveKnowledge, dossiers: DossierService, switches: SwitchService, texts: Texts
    ) -> None:
        self._procedures = ProcedureAnswer(knowledge, switches)
        self._dossiers = dossiers
        self._switches = switches
        self._texts = texts

    async def answer(self, request: TurnRequest) -> Answer:
        """Answer as well as we can; never raises."""
        try:
            return await self._answer(request)
        except Exception:
            log.exception("degraded answer failed", turn=request.turn_id)
            return self._say("utter_shared_trouble", "")

    async def _answer(self, request: TurnRequest) -> Answer:
        off = await self._switches.off_topics()
        if "bot" in off:
            return self._person("utter_shared_bot_off")
        intent, _, arguments = request.payload.removeprefix("/").partition("{")
        if intent == "human_ask" or ASKS_FOR_PERSON.search(fold(request.text)):
            return self._person("utter_human_asked")
        if intent == "procedure_list":
            return self._say("utter_procedure_list", intent)
        turn = Turn(
            conversation_id=request.conversation_id,
            text=request.text,
            entities=json.loads("{" + arguments) if arguments else {},
            slots={"citizen_title": self._texts.default_title},
            turn_at=request.at,
        )
        if "dossier" not in off and (code := self._dossiers.normalise(request.text)):
            return await self._dossier(code, turn)
        if "procedure" not in off and (request.text or intent == "procedure_ask"):
            found = await self._procedure(turn)
            if found.decision in ("answer", "clarify"):
                return found
        return self._say("utter_shared_limited" if request.payload else "utter_shared_limited_not_found", intent)

    async def _procedure(self, turn: Turn) -> Answer:
        collector = Collector(self._texts)
        await self._procedures.answer(turn, Voice(collector))
        facts = collector.custom
        return Answer(
            replies=tuple(collector.replies),
            intent="procedure_ask",
            procedure=facts.get("procedure"),
            aspect=facts.get("aspect") or "",
            sources=tuple(facts.get("sources") or ()),
            decision=facts.get("decision") or "",
            is_degraded=True,
        )

    async def _dossier(self, code: str, turn: Turn) -> Answer:
        collector = Collector(self._texts)
        await show_dossier(code, self._dossiers, self._texts, turn, Voice(collector))
        return Answer(replies=tuple(collector.replies), intent="dossier_check", is_degraded=True)

    def _person(self, key: str) -> Answer:
        return Answer(
            replies=(reply_of(self._texts, key),),
            commands=(Command("ask_human", {"reason": "degraded"}),),
            intent="human_ask",
            decision="human",
            is_degraded=True,
        )

    def _say(self, key: str, intent: str) -> Answer:
        return Answer(replies=(reply_of(self._texts, key),), intent=intent, is_degraded=True)
