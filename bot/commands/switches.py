"""``bot off|on TOPIC``: switch a topic, a procedure or the whole bot off at once, and on again."""

import asyncio
import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.clock import VIETNAM, SystemClock
from bot.db.engine import Database
from bot.settings import load_settings
from bot.switches.service import PARTS, SKILLS, SwitchService

TOPIC_HELP = f"bot, {', '.join(SKILLS)}, {PARTS}. Bỏ trống: xem những gì đang tắt."


def register(app: typer.Typer) -> None:
    """Mount ``bot off`` and ``bot on``."""

    @app.command()
    def off(
        topic: Annotated[str, typer.Argument(help=TOPIC_HELP)] = "",
        reason: Annotated[str, typer.Option("--reason", "-r", help="Vì sao tắt.")] = "",
        actor: Annotated[str, typer.Option("--by", help="Ai tắt; mặc định là tên đăng nhập máy.")] = "",
    ) -> None:
        """Tắt ngay một chủ đề, một thủ tục hoặc cả bot; người dân hỏi tới sẽ được chuyển cho người."""
        asyncio.run(_off(topic, reason, actor or getpass.getuser()))

    @app.command()
    def on(topic: Annotated[str, typer.Argument(help=TOPIC_HELP)]) -> None:
        """Bật lại một chủ đề đã tắt."""
        asyncio.run(_on(topic))


async def _off(topic: str, reason: str, actor: str) -> None:
    db = Database(load_settings().db_url)
    try:
        service = SwitchService(db, SystemClock())
        if not topic:
            await _show(service)
            return
        async with db.begin() as session:
            await service.set_off(session, topic, reason, actor)
        typer.echo(f"Đã tắt {topic}. Bật lại: bot on {topic}")
    finally:
        await db.close()


async def _on(topic: str) -> None:
    db = Database(load_settings().db_url)
    try:
        async with db.begin() as session:
            was_off = await SwitchService(db, SystemClock()).set_on(session, topic)
        typer.echo(f"Đã bật lại {topic}." if was_off else f"{topic} vốn đang bật.")
    finally:
        await db.close()


async def _show(service: SwitchService) -> None:
    switches = await service.list_off()
    if not switches:
        typer.echo("Không có gì đang tắt.")
        return
    table = Table("Chủ đề", "Tắt lúc", "Ai tắt", "Lý do")
    for switch in switches:
        table.add_row(switch.topic, f"{switch.off_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}", switch.actor, switch.reason)
    Console().print(table)
