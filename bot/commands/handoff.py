"""``bot handoff list|show|claim|say|release``: how operators work until the console exists."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bot.clock import VIETNAM, SystemClock
from bot.conversations.service import ConversationService
from bot.db.engine import Database
from bot.handoff.service import HandoffService
from bot.settings import load_settings
from bot.texts import Texts

commands = typer.Typer(help="Hàng chờ gặp người và các cuộc trò chuyện đang có người giữ.", no_args_is_help=True)

STATES = {"waiting": "đang chờ", "held": "có người giữ"}
AUTHORS = {"citizen": "Người dân", "bot": "Bot", "operator": "Nhân viên", "system": "HỆ THỐNG"}
SHORT_ID = 8
Id = Annotated[str, typer.Argument(metavar="MÃ", help="Mã cuộc trò chuyện, gõ vài ký tự đầu là đủ.")]
Operator = Annotated[str, typer.Option("--operator", "-o", help="Tên nhân viên; mặc định là tên đăng nhập máy.")]


@commands.command("list")
def list_queue() -> None:
    """Xem ai đang chờ và ai đang được giữ."""
    _run(_list)


@commands.command()
def show(conversation: Id) -> None:
    """Xem cuộc trò chuyện, kể cả báo động và câu bot định nói."""

    async def action(db: Database, service: HandoffService) -> None:
        conversation_id = await service.resolve(conversation)
        for message in await ConversationService(db, SystemClock()).whole(conversation_id):
            who = message.operator or AUTHORS[message.author]
            note = " (bot định nói, chưa gửi)" if message.is_draft else ""
            local = message.created_at.astimezone(VIETNAM)
            Console().print(f"[dim]{local:%d/%m %H:%M}[/] [bold]{escape(who)}[/]{note}: {escape(message.text)}")

    _run(action)


@commands.command()
def claim(conversation: Id, operator: Operator = "") -> None:
    """Nhận một cuộc trò chuyện; từ lúc này bot im lặng."""

    async def action(db: Database, service: HandoffService) -> None:
        conversation_id = await service.resolve(conversation)
        async with db.begin() as session:
            await service.claim(session, conversation_id, _name(operator))
        typer.echo(f"{_name(operator)} đã nhận {conversation_id[:SHORT_ID]}. Nhắn: bot handoff say {conversation} “…”")

    _run(action)


@commands.command()
def say(
    conversation: Id,
    text: Annotated[str, typer.Argument(metavar="CÂU", help="Câu nhắn cho người dân.")],
    operator: Operator = "",
) -> None:
    """Nhắn cho người dân; phải nhận cuộc trò chuyện trước."""

    async def action(db: Database, service: HandoffService) -> None:
        conversation_id = await service.resolve(conversation)
        async with db.begin() as session:
            await service.say(session, conversation_id, _name(operator), text)
        typer.echo("Đã đưa vào hàng gửi.")

    _run(action)


@commands.command()
def release(
    conversation: Id,
    operator: Operator = "",
    is_closed: Annotated[bool, typer.Option("--close", help="Kết thúc, thay vì trả lại cho bot.")] = False,
    is_forced: Annotated[bool, typer.Option("--force", help="Kể cả khi người khác đang giữ.")] = False,
) -> None:
    """Trả cuộc trò chuyện lại cho bot, hoặc kết thúc."""

    async def action(db: Database, service: HandoffService) -> None:
        conversation_id = await service.resolve(conversation)
        async with db.begin() as session:
            await service.release(session, conversation_id, _name(operator), to_bot=not is_closed, is_forced=is_forced)
        typer.echo("Đã kết thúc." if is_closed else "Đã trả lại cho bot.")

    _run(action)


def register(app: typer.Typer) -> None:
    """Mount ``bot handoff``."""
    app.add_typer(commands, name="handoff")


def _name(operator: str) -> str:
    return operator.strip() or getpass.getuser()


def _run(action: Callable[[Database, HandoffService], Awaitable[None]]) -> None:
    async def with_database() -> None:
        db = Database(load_settings().db_url)
        try:
            await action(db, HandoffService(db, SystemClock(), Texts.load()))
        finally:
            await db.close()

    asyncio.run(with_database())


async def _list(_db: Database, service: HandoffService) -> None:
    items = await service.queue()
    if not items:
        typer.echo("Không có ai chờ.")
        return
    table = Table(Column("Mã", no_wrap=True), "Kênh", "Trạng thái", "Chờ", "Ai giữ", "Lý do", "Câu cuối của người dân")
    for item in items:
        table.add_row(
            item.conversation_id[:SHORT_ID],
            item.channel,
            STATES[item.state],
            _minutes(item.waited),
            escape(item.operator or ""),
            escape(item.reason),
            escape(item.last_text[:200]),
        )
    Console().print(table)


def _minutes(waited: timedelta) -> str:
    minutes = int(waited.total_seconds()) // 60
    return f"{minutes // 60} giờ {minutes % 60} phút" if minutes >= 60 else f"{minutes} phút"
