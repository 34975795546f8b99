"""Runs the conversations in ``tests/e2e/<behaviour>/*.yml`` over the trained model and the real actions.

A step has one of ``user`` (words), ``tap`` (a button's title), ``command`` (cmd:back …), ``photo: true``,
``location: [lat, lon]``, ``send`` (sticker, file, audio, unsupported), and what must then be true:

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
ACTS = {"user", "tap", "command", "photo", "location", "send"}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("path", FILES, ids=[str(f.relative_to(FOLDER).with_suffix("")) for f in FILES])
async def test_conversation(path: Path, world: World) -> None:
    citizen = world.citizen()
    for number, step in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["steps"], start=1):
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
        case _, kind:
            return await citizen.send(kind)


async def _check(where: str, citizen: Citizen, step: dict[str, Any], replies: list[MessageView]) -> None:
    answer = await citizen.last_answer()
    text = "\n".join(reply.text for reply in replies)
    seen = f"{where}\n  intent {answer.intent} {answer.confidence:.2f}; replies: {text!r}"
    assert not answer.is_degraded, f"{seen}\n  degraded"
    if step.get("silent"):
        assert not replies, seen
    else:
        assert replies, f"{seen}\n  said nothing"
    responses = [reply.response for reply in answer.replies]
    for name in ("intent", "aspect", "decision"):
        if name in step:
            assert getattr(answer, name) == step[name], f"{seen}\n  {name} is {getattr(answer, name)!r}"
    if "form" in step:
        assert (answer.active_form or None) == step["form"], f"{seen}\n  form is {answer.active_form!r}"
    if "procedure" in step:
        assert (answer.procedure or {}).get("code") == step["procedure"], f"{seen}\n  {answer.procedure}"
    for response in _list(step.get("response")):
        assert response in responses, f"{seen}\n  responses are {responses}"
    for response in _list(step.get("not_response")):
        assert response not in responses, f"{seen}\n  responses are {responses}"
    for part in _list(step.get("says")):
        assert part.lower() in text.lower(), f"{seen}\n  does not say {part!r}"
    for part in _list(step.get("never")):
        assert part.lower() not in text.lower(), f"{seen}\n  says {part!r}"
    if "first" in step:
        assert replies[0].text.startswith(step["first"]), seen
    titles = [button.title for reply in replies for button in reply.buttons]
    for title in _list(step.get("buttons")):
        assert title in titles, f"{seen}\n  buttons are {titles}"
    for slot, value in step.get("slots", {}).items():
        assert answer.slots.get(slot) == value, f"{seen}\n  {slot} is {answer.slots.get(slot)!r}"
    if "state" in step:
        assert await citizen.state() == step["state"], seen
    for table, n_rows in step.get("rows", {}).items():
        assert await citizen.count_rows(table) == n_rows, seen


def _list(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]
