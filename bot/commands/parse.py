"""``bot parse``: understanding only; starts a Rasa of its own and no application."""

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot import logs
from bot.commands import _jsonl
from bot.commands._local import isolated, rasa_alone
from bot.dialogue.client import RasaClient
from bot.dialogue.intents import Intents
from bot.dialogue.process import door_secret
from bot.settings import ROOT, Settings, load_settings
from nlu.vietnamese.masking import mask

# Texts sent to Rasa at once: enough to hide the round trip, few enough for the bar to move.
BATCH = 20


async def _parse_all(settings: Settings, asked: list[_jsonl.Question]) -> list[dict[str, Any]]:
    intents = Intents.load(ROOT / "nlu" / "intents.yml")
    results: list[dict[str, Any]] = []
    with isolated(settings) as own:
        async with rasa_alone(own) as rasa:
            client = RasaClient(rasa.url, door_secret(own), timeout_s=60)
            try:
                batches = [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
                for batch in _jsonl.progress(batches, "Đang hiểu"):
                    results += await _parse(client, intents, batch)
            finally:
                await client.close()
    return results


async def _parse(client: RasaClient, intents: Intents, batch: list[_jsonl.Question]) -> list[dict[str, Any]]:
    started = time.perf_counter()
    parsed = await client.parse([mask(question.text).text.lstrip("/").strip() for question in batch])
    ms = round((time.perf_counter() - started) * 1000 / len(batch), 1)
    return [
        _jsonl.with_id(
            question,
            {
                "text": question.text,
                "intent": found["intent"],
                "skill": intents.skill_of(found["intent"]),
                "confidence": round(found["confidence"], 4),
                "accepted": found["accepted"],
                "entities": found["entities"],
                "ranking": found["ranking"],
                "ms": ms,
            },
        )
        for question, found in zip(batch, parsed, strict=True)
    ]


def _show(result: dict[str, Any]) -> None:
    console = Console(highlight=False)
    verdict = "chắc" if result["accepted"] else "chưa chắc"
    console.print(f"{result['intent']} ({result['skill']}), {verdict}", markup=False)
    table = Table("ý định", "xác suất")
    for guess in result["ranking"]:
        table.add_row(guess["name"], f"{guess['confidence']:.3f}")
    console.print(table)
    for entity in result["entities"]:
        console.print(f"{entity.get('entity')}: {entity.get('value')}", markup=False)


def parse(
    text: Annotated[str | None, typer.Argument(help="Câu cần hiểu.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
    file: Annotated[Path | None, typer.Option("--file", help="Tệp JSONL có id và text.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Ghi kết quả JSONL vào tệp này.")] = None,
) -> None:
    """Cho biết trợ lý hiểu câu nói thế nào: ý định, xác suất, thông tin tìm được."""
    asked = _jsonl.questions(text, file)
    settings = load_settings(log_level="ERROR")
    logs.configure(settings)
    results = asyncio.run(_parse_all(settings, asked))
    if as_json or file or out:
        _jsonl.write(results, out)
    else:
        _show(results[0])


def register(app: typer.Typer) -> None:
    """Mount ``bot parse``."""
    app.command()(parse)
