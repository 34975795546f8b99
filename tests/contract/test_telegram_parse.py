"""Payloads in the form that Telegram sends them, and what each must become."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from channels.telegram.parse import group_of, parse
from channels.types import Attachment, EventKind, InboundEvent, Location

NOW = datetime(2026, 9, 21, 14, 0, tzinfo=UTC)
FILES = sorted((Path(__file__).parent / "telegram").glob("*.json"))


def load(name: str) -> tuple[Update, dict[str, Any] | None]:
    case = json.loads((Path(__file__).parent / "telegram" / f"{name}.json").read_text())
    update = Update.de_json(case["update"], None)
    return update, case["expected"]


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_an_update_becomes_the_expected_event(name: str) -> None:
    update, expected = load(name)
    event = parse(update, NOW)
    if expected is None:
        assert event is None
        return
    sent_at = NOW if update.callback_query else datetime.fromtimestamp(expected.get("sent_at", 1_790_000_000), UTC)
    assert event == InboundEvent(
        channel="telegram",
        user_id="7",
        event_id=str(update.update_id),
        sent_at=sent_at,
        kind=EventKind(expected["kind"]),
        text=expected.get("text", ""),
        payload=expected.get("payload", ""),
        location=Location(*expected["location"]) if "location" in expected else None,
        attachments=tuple(Attachment(*a) for a in expected.get("attachments", ())),
    )


def test_only_words_in_a_group_are_declined() -> None:
    assert group_of(load("group_text")[0]) == -1009
    assert group_of(load("channel_post")[0]) is None
    assert group_of(load("text")[0]) is None
