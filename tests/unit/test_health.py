"""``/healthz`` and ``/readyz``: each part by name, with its remedy, whatever it does."""

import asyncio
from pathlib import Path

import httpx
from fastapi import FastAPI

from bot import health
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.health import Check


async def _get(path: str, *checks: Check) -> httpx.Response:
    app = FastAPI()
    app.include_router(health.router(checks))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot") as client:
        return await client.get(path)


async def _true() -> bool:
    return True


async def _false() -> bool:
    return False


async def test_all_well_is_200_and_names_each_part(tmp_path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'app.db'}")
    try:
        await upgrade(db)
        answer = await _get(
            "/readyz",
            health.database_check(db),
            health.rasa_check(_true),
            health.index_check(lambda: 24, lambda: (), lambda: True),
        )
    finally:
        await db.close()
    assert answer.status_code == 200, answer.text
    assert [part["name"] for part in answer.json()["parts"]] == ["database", "rasa", "index"]
    assert {part["state"] for part in answer.json()["parts"]} == {"ok"}


async def test_missing_parts_are_503_with_a_remedy_each(tmp_path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    try:
        answer = await _get(
            "/readyz",
            health.database_check(db),
            health.rasa_check(_false),
            health.index_check(lambda: 0, lambda: (), lambda: True),
        )
    finally:
        await db.close()
    assert answer.status_code == 503
    parts = {part["name"]: part for part in answer.json()["parts"]}
    assert {part["state"] for part in parts.values()} == {"down"}
    assert "bot db upgrade" in parts["database"]["remedy"]
    assert "rút gọn" in parts["rasa"]["detail"]
    assert "bot knowledge build" in parts["index"]["remedy"]


async def test_a_broken_record_is_told_while_its_last_version_is_used() -> None:
    answer = await _get("/readyz", health.index_check(lambda: 24, lambda: ("a.md: fee: sai",), lambda: False))
    assert answer.status_code == 200
    assert "1 lỗi trong tệp" in answer.json()["parts"][0]["detail"]
    assert "chỉ so từ" in answer.json()["parts"][0]["detail"]


async def test_one_broken_part_does_not_hide_the_others() -> None:
    async def explodes() -> str:
        raise RuntimeError("hỏng\nchi tiết")

    async def fine() -> str:
        return "tốt"

    answer = await _get("/readyz", Check("a", explodes, "sửa a"), Check("b", fine, ""))
    first, second = answer.json()["parts"]
    assert (first["state"], second["state"]) == ("down", "ok")
    assert first["detail"] == "RuntimeError: hỏng"


async def test_part_that_hangs_is_down_after_the_time_limit(monkeypatch) -> None:
    async def hangs() -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(health, "PROBE_TIMEOUT_S", 0.05)
    (found,) = await health.run_checks([Check("a", hangs, "sửa")])
    assert not found.is_ok
    assert "không trả lời" in found.detail


async def test_alive_says_nothing_about_the_parts() -> None:
    answer = await _get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
