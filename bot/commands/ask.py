"""``bot ask``: one full turn as a new citizen, isolated from the live system."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console

from bot import logs
from bot.commands import _jsonl
from bot.commands._local import isolated, local_app
from bot.errors import UnavailableError
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.dialogue.types import Answer
    from bot.main import Services


async def _answer_all(settings: Settings, asked: list[_jsonl.Question]) -> list[dict[str, Any]]:
    with isolated(settings) as own:
        async with local_app(own) as services:
            return [
                _jsonl.with_id(question, await _answer(services, question.text))
                for question in _jsonl.progress(asked, "Đang hỏi")
            ]


async def _answer(services: "Services", text: str) -> dict[str, Any]:
    from bot.conversations.inbox import clean
    from bot.dialogue.types import TurnRequest
    from nlu.vietnamese.masking import mask

    # What the inbox does with a citizen's text before anybody sees it; a leading "/" may not trigger an intent.
    masked = mask(clean(text)).text.lstrip("/").strip()
    conversation_id = uuid4().hex
    request = TurnRequest(conversation_id, f"terminal:{uuid4().hex}", "terminal", masked, "", services.clock.now())
    started = time.perf_counter()
    try:
        answer = await services.dialogue.answer(request)
    except UnavailableError:
        answer = await services.dialogue.degraded(request)
    return _as_json(services, text, answer, (time.perf_counter() - started) * 1000)


def _as_json(services: "Services", text: str, answer: "Answer", ms: float) -> dict[str, Any]:
    return {
        "text": text,
        "skill": _skill(services, answer),
        "intent": answer.intent,
        "confidence": round(answer.confidence, 4),
        "replies": [
            {"text": reply.text, "buttons": [{"title": title, "payload": value} for title, value in reply.buttons]}
            for reply in answer.replies
        ],
        "procedure": dict(answer.procedure) if answer.procedure else None,
        "aspect": answer.aspect or None,
        "sources": [dict(source) for source in answer.sources],
        "abstained": answer.decision == "abstain",
        "ms": round(ms, 1),
    }


def _skill(services: "Services", answer: "Answer") -> str:
    """Say which skill answered: the intent's, unless it was not accepted and something else had to answer."""
    if answer.accepted:
        return services.intents.skill_of(answer.intent)
    if answer.procedure or answer.decision in {"answer", "clarify"}:
        return "procedure"
    return "out_of_scope"


def _show(result: dict[str, Any]) -> None:
    console = Console(highlight=False)
    for reply in result["replies"]:
        console.print(reply["text"], markup=False)
        for button in reply["buttons"]:
            console.print(f"  [{button['title']}]", style="cyan", markup=False)
    procedure = result["procedure"]
    facts = [f"{result['skill']}/{result['intent']} {result['confidence']:.2f}"]
    if procedure:
        facts.append(f"{procedure.get('code')} {procedure.get('name')} {procedure.get('score') or 0:.2f}")
    if result["abstained"]:
        facts.append("không đủ chắc để trả lời")
    console.print(" · ".join([*facts, f"{result['ms']:.0f} ms"]), style="dim", markup=False)


def ask(
    text: Annotated[str | None, typer.Argument(help="Câu hỏi.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="Tệp JSONL có id và text.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Ghi kết quả JSONL vào tệp này.")] = None,
) -> None:
    """Hỏi một câu như một người dân mới; không đụng đến hệ thống đang chạy."""
    asked = _jsonl.questions(text, file)
    settings = load_settings(log_level="ERROR")
    logs.configure(settings)
    results = asyncio.run(_answer_all(settings, asked))
    if as_json or file or out:
        _jsonl.write(results, out)
    else:
        _show(results[0])


def register(app: typer.Typer) -> None:
    """Mount ``bot ask``."""
    app.command()(ask)
