"""Answers without Rasa: procedures by search, dossiers by exact code, the menu and the queue for a person."""

import json
import re
from datetime import datetime

import structlog

from actions.dossier.describe import describe
from bot.clock import VIETNAM
from bot.conversations.commands import Command
from bot.dialogue.types import Answer, Reply, TurnRequest
from bot.dossiers.service import DossierService, DossierUnavailable
from bot.switches.service import SwitchService
from bot.texts import Texts
from knowledge.base import KnowledgeBase
from nlu.vietnamese.fold import fold

log = structlog.get_logger(__name__)

# Without Rasa only the plainest ways of asking for a person are known; the button says the rest.
ASKS_FOR_PERSON = re.compile(r"\b(?:gap|noi chuyen voi|ket noi)\b.*\b(?:nguoi|can bo|nhan vien|tong dai|dien thoai vien)\b|^0$")


class DegradedMode:
    """What still works when Rasa does not."""

    def __init__(
        self, knowledge: KnowledgeBase, dossiers: DossierService, switches: SwitchService, texts: Texts
    ) -> None:
        self._knowledge = knowledge
        self._dossiers = dossiers
        self._switches = switches
        self._texts = texts

    async def answer(self, request: TurnRequest) -> Answer:
        """Answer as well as we can; never raises."""
        try:
            return await self._answer(request)
        except Exception:  # noqa: BLE001 - the last resort of the path: whatever broke, the citizen gets a way on
            log.exception("degraded answer failed", turn=request.turn_id)
            return Answer(replies=(self._texts.reply("utter_shared_trouble"),), is_degraded=True)

    async def _answer(self, request: TurnRequest) -> Answer:
        off = await self._switches.off_topics()
        if "bot" in off:
            return self._person("utter_shared_bot_off")
        name, _, arguments = request.payload.removeprefix("/").partition("{")
        if name == "human_ask" or (request.text and ASKS_FOR_PERSON.search(fold(request.text))):
            return self._person("utter_human_queued_limited")
        if name == "procedure_list":
            return self._say("utter_procedure_list", "procedure_list")
        if "dossier" not in off and (code := self._dossiers.normalise(request.text)):
            return await self._dossier(code)
        if "procedure" not in off and (request.text or name == "procedure_ask"):
            wanted = json.loads("{" + arguments) if arguments else {}
            if found := self._procedure(request.text, wanted, off, request.at):
                return found
        key = "utter_shared_limited" if request.payload else "utter_shared_limited_not_found"
        return self._say(key, "control_menu")

    def _procedure(self, text: str, wanted: dict[str, str], off: frozenset[str], at: datetime) -> Answer | None:
        found = self._knowledge.answer(
            text,
            code=wanted.get("procedure_code"),
            aspect=wanted.get("procedure_aspect"),
            off=off,
            today=at.astimezone(VIETNAM).date(),
            title=self._texts.default_title,
        )
        if found.decision not in ("answer", "clarify"):
            return None
        return Answer(
            replies=(Reply(found.text, tuple(found.buttons)), self._texts.reply("utter_shared_limited_note")),
            intent="procedure_ask",
            decision=found.decision,
            aspect=found.aspect,
            is_degraded=True,
        )

    async def _dossier(self, code: str) -> Answer:
        try:
            view = await self._dossiers.find(code)
        except DossierUnavailable:
            return self._say("utter_dossier_unavailable", "dossier_check")
        key, slots = describe(code, view)
        return Answer(replies=(self._texts.reply(key, **slots),), intent="dossier_check", is_degraded=True)

    def _person(self, key: str) -> Answer:
        command = Command("ask_human", {"reason": "degraded"})
        return Answer(
            replies=(self._texts.reply(key),), commands=(command,), intent="human_ask", decision="human", is_degraded=True
        )

    def _say(self, key: str, intent: str) -> Answer:
        return Answer(replies=(self._texts.reply(key),), intent=intent, is_degraded=True)
