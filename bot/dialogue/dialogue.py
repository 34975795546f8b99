"""Finds the answer of a turn: Rasa where it can, the degraded mode where it cannot, an emergency number always."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from bot.conversations.commands import Command
from bot.dialogue.client import RasaClient
from bot.dialogue.degraded import DegradedMode
from bot.dialogue.intents import Intents
from bot.dialogue.replies import reply_of
from bot.dialogue.types import Answer, Reply, TurnRequest
from bot.errors import DialogueError
from bot.switches.service import SwitchService
from bot.texts import Texts
from knowledge.live import LiveKnowledge
from nlu.vietnamese.emergency import EmergencyList

log = structlog.get_logger(__name__)

# Nobody in danger waits longer than this for Rasa: the number is known without it.
EMERGENCY_PATIENCE_S = 2.0
QueueNote = Callable[[str], Awaitable[str]]
"""Gives the line on a conversation's place in the queue, "" if it does not wait."""


class RasaDialogue:
    """The dialogue that the turn runner asks."""

    def __init__(
        self,
        client: RasaClient,
        knowledge: LiveKnowledge,
        degraded: DegradedMode,
        emergencies: EmergencyList,
        intents: Intents,
        switches: SwitchService,
        texts: Texts,
        queue_note: QueueNote,
        settle: Callable[[str], Awaitable[None]],
    ) -> None:
        self._client = client
        self._knowledge = knowledge
        self._degraded = degraded
        self._emergencies = emergencies
        self._intents = intents
        self._switches = switches
        self._texts = texts
        self._queue_note = queue_note
        self._settle = settle

    async def answer(self, request: TurnRequest) -> Answer:
        """Answer with Rasa.

        Raises:
            UnavailableError: If Rasa cannot be reached.
            DialogueError: If it or an action failed; trying again may help.
        """
        if kind := self._emergency(request):
            return await self._urgent_answer(request, kind)
        off = await self._switches.off_topics()
        if "bot" in off:
            return self._switched_off("utter_shared_bot_off")
        return await self._rasa_answer(request, off)

    async def degraded(self, request: TurnRequest) -> Answer:
        """Answer without Rasa; never raises."""
        if kind := self._emergency(request):
            return self._static_emergency(kind)
        return await self._with_queue_note(request, await self._degraded.answer(request))

    async def while_held(self, request: TurnRequest) -> Answer:
        """Say nothing, but for an emergency number."""
        if kind := self._emergency(request):
            return self._static_emergency(kind)
        return Answer()

    def _emergency(self, request: TurnRequest) -> str:
        if request.payload.startswith("/emergency_"):
            return request.payload.removeprefix("/emergency_")
        return self._emergencies.find(request.text) if request.text else ""

    async def _urgent_answer(self, request: TurnRequest, kind: str) -> Answer:
        """Answer what the list holds for an emergency: Rasa reads the whole sentence, the list decides without it."""
        try:
            async with asyncio.timeout(EMERGENCY_PATIENCE_S):
                off = await self._switches.off_topics()
                if "bot" in off:
                    return self._static_emergency(kind)
                answer = await self._rasa_answer(request, off)
        except Exception as error:  # noqa: BLE001 - whatever is broken, the number is known
            log.warning("emergency answered without Rasa", error=repr(error))
            return replace(self._static_emergency(kind), is_degraded=True)
        return answer if answer.is_emergency else self._with_line(answer, self._texts.get("utter_emergency_note"))

    async def _rasa_answer(self, request: TurnRequest, off: frozenset[str]) -> Answer:
        # What was planned for the tracker (cut, deletion, end of a form) must not hit a later turn.
        await self._settle(request.conversation_id)
        # Rasa needs one core to understand; meanwhile the other embeds the question that its action will search for.
        preparing = asyncio.create_task(asyncio.to_thread(self._knowledge.prepare, request.text))
        try:
            answer = to_answer(await self._client.turn(request))
        finally:
            await preparing
        if not answer.replies:
            raise DialogueError("Rasa said nothing")
        skills = {self._intents.skill_of(answer.intent), answer.active_form.removesuffix("_form")}
        if off & skills and not answer.is_emergency:
            await self._client.cut(request.conversation_id, request.turn_id)
            return self._switched_off("utter_shared_topic_off")
        return await self._with_queue_note(request, answer)

    def _static_emergency(self, kind: str) -> Answer:
        return Answer(
            replies=(reply_of(self._texts, f"utter_emergency_{kind}"),), intent=f"emergency_{kind}", confidence=1.0
        )

    def _switched_off(self, text_key: str) -> Answer:
        return Answer(
            replies=(reply_of(self._texts, text_key),),
            commands=(Command("ask_human", {"reason": "switched_off"}),),
            intent="human_ask",
            decision="human",
        )

    async def _with_queue_note(self, request: TurnRequest, answer: Answer) -> Answer:
        if (
            not request.is_waiting
            or not answer.replies
            or any(c.name in ("ask_human", "leave_queue") for c in answer.commands)
        ):
            return answer
        note = await self._queue_note(request.conversation_id)
        if not note or answer.is_emergency:
            return answer
        return self._with_line(answer, note)

    @staticmethod
    def _with_line(answer: Answer, line: str) -> Answer:
        """Write a line under the last reply."""
        *others, last = answer.replies
        return replace(answer, replies=(*others, replace(last, text=f"{last.text}\n\n{line}")))


def to_answer(result: Mapping[str, Any]) -> Answer:
    """Read what Rasa's door gave (contract in ``nlu/turn_channel.py``)."""
    replies: list[Reply] = []
    commands: list[Command] = []
    facts: dict[str, Any] = {}
    for item in result["replies"]:
        custom = dict(item.get("custom") or {})
        if command := custom.pop("command", None):
            commands.append(Command(command["name"], command.get("args") or {}))
        facts |= custom
        if text := (item.get("text") or "").strip():
            buttons = tuple((b["title"], b["payload"]) for b in item.get("buttons") or ())
            reply = Reply(text, buttons, item.get("image") or "", custom.get("ask", ""), item.get("response") or "")
            replies.append(reply)
        elif custom.get("ask") and replies:
            last = replies.pop()
            replies.append(Reply(last.text, last.buttons, last.image, custom["ask"], last.response))
    return Answer(
        replies=tuple(replies),
        commands=tuple(commands),
        intent=result.get("intent") or "",
        confidence=float(result.get("confidence") or 0.0),
        accepted=bool(result.get("accepted", True)),
        procedure=facts.get("procedure"),
        aspect=facts.get("aspect") or "",
        sources=tuple(facts.get("sources") or ()),
        decision=facts.get("decision") or "",
        slots=result.get("slots") or {},
        active_form=result.get("active_form") or "",
        was_seen=bool(result.get("seen")),
    )
