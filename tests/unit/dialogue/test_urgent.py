"""What the emergency list finds: Rasa reads the whole sentence, and whoever needs a number gets one."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.dialogue.dialogue import RasaDialogue
from bot.dialogue.intents import Intents
from bot.dialogue.types import Answer, TurnRequest
from bot.errors import UnavailableError
from bot.settings import ROOT
from bot.texts import Texts
from nlu.vietnamese.emergency import EmergencyList

TEXTS = Texts.load()
WORDS = EmergencyList(ROOT / "nlu" / "lists" / "emergency.yml")
INTENTS = Intents.load(ROOT / "nlu" / "intents.yml")
NOTE = TEXTS.get("utter_emergency_note")


class Rasa:
    """Stands at the end of the wire: what it says is the case of each test."""

    def __init__(self, intent: str = "", error: Exception | None = None, delay: float = 0.0) -> None:
        self._intent, self._error, self._delay = intent, error, delay

    async def turn(self, request: TurnRequest) -> Mapping[str, Any]:
        await asyncio.sleep(self._delay)
        if self._error:
            raise self._error
        return {"replies": [{"text": f"Rasa: {self._intent}"}], "intent": self._intent, "confidence": 0.9}


class Off:
    def __init__(self, *topics: str) -> None:
        self._topics = frozenset(topics)

    async def off_topics(self) -> frozenset[str]:
        return self._topics


class Nothing:
    def prepare(self, text: str) -> None:
        """No search is needed here."""


async def answer(text: str, rasa: Rasa, off: Off | None = None) -> Answer:
    async def settle(conversation_id: str) -> None:
        """Nothing was planned."""

    async def queue(conversation_id: str) -> str:
        return ""

    parts: Any = (rasa, Nothing(), None, WORDS, INTENTS, off or Off(), TEXTS, queue, settle)
    dialogue = RasaDialogue(*parts)
    return await dialogue.answer(TurnRequest("c", "t", "web", text, "", datetime.now(UTC)))


async def test_an_emergency_is_answered_by_rasa() -> None:
    found = await answer("cháy nhà rồi", Rasa("emergency_fire"))
    assert [reply.text for reply in found.replies] == ["Rasa: emergency_fire"]


async def test_words_that_frighten_in_a_sentence_that_does_not_get_an_answer_and_a_line() -> None:
    found = await answer("quán nào ngon mà không bị chém", Rasa("out_of_scope"))
    assert found.replies[0].text == f"Rasa: out_of_scope\n\n{NOTE}"


@pytest.mark.parametrize("error", [UnavailableError("down"), OSError("disk"), RuntimeError("bug")])
async def test_whatever_is_broken_the_number_is_said(error: Exception) -> None:
    found = await answer("cháy nhà rồi", Rasa(error=error))
    assert found.replies[0].text.startswith("Gọi ngay 114")
    assert found.is_degraded
    assert found.is_emergency


async def test_nobody_waits_for_a_slow_rasa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.dialogue.dialogue.EMERGENCY_PATIENCE_S", 0.01)
    found = await answer("cháy nhà rồi", Rasa("emergency_fire", delay=60))
    assert found.replies[0].text.startswith("Gọi ngay 114")


async def test_with_the_bot_off_the_list_decides() -> None:
    found = await answer("cháy nhà rồi", Rasa("emergency_fire"), Off("bot"))
    assert found.replies[0].text.startswith("Gọi ngay 114")
