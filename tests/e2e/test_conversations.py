"""Runs the conversations in ``tests/e2e/<behaviour>/*.yml`` over the trained model and the real actions.

A step has one of ``user`` (words), ``tap`` (a button's title), ``command`` (cmd:back …), ``photo: true``,
``location: [lat, lon]``, ``send`` (sticker, file, audio, unsupported), ``operator`` (claim, say, release: what a person
at 1022 does), and what must then be true:

- ``intent``, ``procedure`` (code), ``aspect``, ``decision``, ``form`` (null = none) of the answer
- ``response``: names of responses, all of which were used; ``not_response``: none of which was
- ``says`` / ``never``: texts that occur / do not occur in the replies (case does not matter)
- ``first``: how the first reply begins; ``silent: true``: nothing is said
- ``buttons``: titles that are shown; ``slots``: slots after the turn; ``state``: of the conversation
- ``rows``: table → number of rows of this conversation
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversations.views import MessageView
from tests.e2e.world import Citizen, World

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*/*.yml"))
EXPECTATIONS = {
    *("intent", "procedure", "aspect", "decision", "form", "response", "not_response", "says", "never", "first"),
    *("silent", "buttons", "slots", "state", "rows"),
}
ACTS = {"user", "tap", "command", "photo", "location", "send", "operator"}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("path", FILES, ids=[str(f.relative_to(FOLDER).with_suffix("")) for f in FILES])
async def test_conversation(path: Path, world: World) -> None:
    citizen = world.citizen()
    for number, step in enumerate(_steps(path), start=1):
        where = f"step {number} ({_act(step)}: {step[_act(step)]!r})"
        replies = await _do(citizen, step)
        await _check(where, citizen, step, replies)


def test_there_are_enough_conversations_and_each_is_well_formed() -> None:
    assert len(FILES) >= 60
    for path in FILES:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert content.keys() <= {"name", "steps"}, path
        for step in content["steps"]:
            assert step.keys() <= ACTS | EXPECTATIONS, (path, step)
            assert _act(step)
        assert any(step.keys() & EXPECTATIONS for step in content["steps"]), f"{path} expects nothing"


def _steps(path: Path) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["steps"]
    return steps


def _act(step: dict[str, Any]) -> str:
    (act,) = step.keys() & ACTS
    return act


async def _do(citizen: Citizen, step: dict[str, Any]) -> list[MessageView]:
    match _act(step), step[_act(step)]:
        case "user", words:
            return await citizen.say(words)
        case "tap", title:
            return await citizen.tap(title)
        case "command", payload:
            return await citizen.command(payload)
        case "photo", _:
            return await citizen.send_photo()
        case "location", (latitude, longitude):
            return await citizen.share_location(latitude, longitude)
        case "operator", deed:
            return await citizen.meet_operator(deed)
        case _, kind:
            return await citizen.send(kind)


async def _check(where: str, citizen: Citizen, step: dict[str, Any], replies: list[MessageView]) -> None:
    answer = await citizen.last_answer()
    text = "\n".join(reply.text for reply in replies)
    seen = f"{where}\n  intent {answer.intent} {answer.confidence:.2f}; replies: {text!r}"
    assert not answer.is_degraded, f"{seen}\n  degraded"
    assert bool(replies) != bool(step.get("silent")), seen
    responses = [reply.response for reply in answer.replies]
    titles = [button.title for reply in replies for button in reply.buttons]
    found = {
        "intent": answer.intent,
        "aspect": answer.aspect,
        "decision": answer.decision,
        "form": answer.active_form or None,
        "procedure": (answer.procedure or {}).get("code"),
        "state": await citizen.state(),
    }
    for name in found.keys() & step.keys():
        assert found[name] == step[name], f"{seen}\n  {name} is {found[name]!r}"
    for name, where_to_look in {"response": responses, "buttons": titles}.items():
        missing = set(_list(step.get(name))) - set(where_to_look)
        assert not missing, f"{seen}\n  {name}: no {missing} in {where_to_look}"
    unwanted = set(_list(step.get("not_response"))) & set(responses)
    assert not unwanted, f"{seen}\n  responses are {responses}"
    for part in _list(step.get("says")):
        assert part.lower() in text.lower(), f"{seen}\n  does not say {part!r}"
    for part in _list(step.get("never")):
        assert part.lower() not in text.lower(), f"{seen}\n  says {part!r}"
    if "first" in step:
        assert replies[0].text.startswith(step["first"]), seen
    for slot, value in step.get("slots", {}).items():
        assert answer.slots.get(slot) == value, f"{seen}\n  {slot} is {answer.slots.get(slot)!r}"
    for table, n_rows in step.get("rows", {}).items():
        assert await citizen.count_rows(table) == n_rows, f"{seen}\n  {table}"


def _list(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]
