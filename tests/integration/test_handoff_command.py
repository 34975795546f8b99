"""``bot handoff`` and ``bot off|on`` as an operator types them, on a SQLite file."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from bot.cli import build_app
from bot.clock import SystemClock
from bot.conversations.models import Conversation, Message
from bot.db.engine import Database
from bot.errors import ConflictError, InputError
from bot.handoff.models import Handoff

Command = Callable[..., str]


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "app.db").write_bytes(sqlite_template.read_bytes())
    address = f"sqlite+aiosqlite:///{tmp_path / 'app.db'}"
    monkeypatch.setenv("BOT_DATABASE_URL", address)
    return address


@pytest.fixture
def command(url: str) -> Command:
    app = build_app(["handoff", "switches"])

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
        if result.exception:
            raise result.exception
        return result.output

    return run


def write(url: str, action: Callable[[AsyncSession], Awaitable[object]]) -> None:
    async def run() -> None:
        db = Database(url)
        async with db.begin() as session:
            await action(session)
        await db.close()

    asyncio.run(run())


async def someone_waits(session: AsyncSession) -> None:
    now = SystemClock().now()
    session.add(
        Conversation(
            id="ab12cd34ef", channel="web", user_id="u", state="waiting", n_claims=0, created_at=now, last_event_at=now
        )
    )
    await session.flush()
    session.add(Handoff(conversation_id="ab12cd34ef", reason="asked", asked_at=now))
    session.add(Message(conversation_id="ab12cd34ef", author="citizen", text="cho gặp [bold]người", created_at=now))


def test_an_operator_works_through_the_queue(url: str, command: Command) -> None:
    assert "Không có ai chờ" in command("handoff", "list")
    write(url, someone_waits)
    listed = command("handoff", "list")
    assert all(part in listed for part in ("ab12cd34", "đang chờ", "0 phút", "asked", "cho gặp [bold]người"))
    with pytest.raises(ConflictError, match="chưa ai nhận"):
        command("handoff", "say", "ab1", "Chào cô", "-o", "lan")
    assert "lan đã nhận ab12cd34" in command("handoff", "claim", "ab1", "-o", "lan")
    with pytest.raises(ConflictError, match="lan đang giữ"):
        command("handoff", "claim", "ab1", "-o", "huệ")
    assert "Đã đưa vào hàng gửi" in command("handoff", "say", "ab1", "Chào cô", "-o", "lan")
    assert "có người giữ" in command("handoff", "list")
    assert "Đã trả lại cho bot" in command("handoff", "release", "ab1", "-o", "lan")
    assert "Không có ai chờ" in command("handoff", "list")


def test_an_unknown_conversation_is_said(command: Command) -> None:
    with pytest.raises(InputError, match="bot handoff list"):
        command("handoff", "claim", "zz")


def test_topics_are_switched_off_and_on(command: Command) -> None:
    assert "Không có gì đang tắt" in command("off")
    assert "Đã tắt dossier" in command("off", "dossier", "-r", "bảo trì", "--by", "lan")
    listed = command("off")
    assert all(part in listed for part in ("dossier", "bảo trì", "lan"))
    assert "Đã bật lại dossier" in command("on", "dossier")
    assert "vốn đang bật" in command("on", "dossier")
    with pytest.raises(InputError, match="Không có chủ đề"):
        command("off", "emergency")
