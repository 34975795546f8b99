"""``/healthz`` (the process lives) and ``/readyz`` (each part by name, with what to do when it is not well)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bot.db.engine import Database
from bot.errors import BotError

# A part that does not answer within this is not ready, whatever it is doing.
PROBE_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class Check:
    """One part of the system.

    Attributes:
        name: As shown in ``/readyz``.
        probe: Returns a short description when all is well, raises when not.
        remedy: What an administrator does about it.
    """

    name: str
    probe: Callable[[], Awaitable[str]]
    remedy: str


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    name: str
    is_ok: bool
    detail: str
    remedy: str

    def as_json(self) -> dict[str, Any]:
        """Give the form that ``/readyz`` answers with; the remedy only where one is needed."""
        found = {"name": self.name, "state": "ok" if self.is_ok else "down", "detail": self.detail}
        return found if self.is_ok else {**found, "remedy": self.remedy}


async def run_checks(checks: Sequence[Check]) -> list[Finding]:
    """Run all checks at the same time; none can fail or hang the others."""
    return list(await asyncio.gather(*(_run(check) for check in checks)))


async def _run(check: Check) -> Finding:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return Finding(check.name, True, await check.probe(), "")
    except TimeoutError:
        return Finding(check.name, False, f"không trả lời trong {PROBE_TIMEOUT_S:g} giây", check.remedy)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part, the others must be reported too
        first = next(iter(str(error).splitlines()), "")
        text = first if isinstance(error, BotError) else f"{type(error).__name__}: {first}"
        return Finding(check.name, False, text, check.remedy)


def database_check(db: Database) -> Check:
    """Can the database be read, and has it been migrated?"""

    async def probe() -> str:
        async with db.read() as session:
            connection = await session.connection()
            result = await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            return f"phiên bản {result.scalar_one()}"

    return Check("database", probe, "Kiểm tra BOT_DATABASE_URL và máy chủ cơ sở dữ liệu, rồi chạy: bot db upgrade")


def rasa_check(is_ready: Callable[[], Awaitable[bool]]) -> Check:
    """Does Rasa answer?

    Args:
        is_ready: ``RasaClient.is_ready``.
    """

    async def probe() -> str:
        if not await is_ready():
            raise BotError("chưa trả lời; trợ lý đang chạy ở chế độ rút gọn")
        return "sẵn sàng"

    return Check(
        "rasa",
        probe,
        "Đợi Rasa nạp xong (khoảng 30 giây); nếu vẫn chưa được, xem var/logs/rasa.log, hoặc chạy: make train",
    )


def index_check(
    count: Callable[[], int], problems: Callable[[], Sequence[str]], has_vectors: Callable[[], bool]
) -> Check:
    """Is the procedure index loaded? Broken files are told; what they said before still holds.

    Args:
        count: Gives the number of procedures that can be searched.
        problems: Gives the faults of the files, one line each.
        has_vectors: False if questions are compared by words alone.
    """

    async def probe() -> str:
        if not (found := count()):
            raise BotError("không có thủ tục nào")
        broken = problems()
        note = f"; {len(broken)} lỗi trong tệp nên dùng bản trước, xem bằng: bot knowledge check" if broken else ""
        words = "" if has_vectors() else "; chỉ so từ vì không nạp được mô hình, xem BOT_EMBEDDER"
        return f"{found} thủ tục{note}{words}"

    return Check("index", probe, "Chạy: bot knowledge build")


def router(checks: Sequence[Check]) -> APIRouter:
    """Give the two routes."""
    routes = APIRouter(tags=["vận hành"])

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Answer while the process lives; says nothing about its parts."""
        return {"status": "ok"}

    @routes.get("/readyz")
    async def readyz() -> JSONResponse:
        """Answer 200 when every part works, 503 when one does not; names each with its state and remedy."""
        findings = await run_checks(checks)
        is_ready = all(finding.is_ok for finding in findings)
        body = {"status": "ok" if is_ready else "degraded", "parts": [finding.as_json() for finding in findings]}
        return JSONResponse(body, status_code=200 if is_ready else 503)

    return routes
