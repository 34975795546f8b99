"""``bot chat``: talk with the assistant in the terminal, as a citizen would."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from bot import logs
from bot.commands._local import local_app, on_free_ports
from bot.commands.up import local_url
from bot.dialogue.process import answers
from bot.settings import Settings, load_settings
from channels.types import Button, ButtonKind, EventKind, InboundEvent, OutboundMessage

if TYPE_CHECKING:
    from bot.main import Services

CHANNEL = "terminal"
EXITS = {
    "/menu": "cmd:menu",
    "/nguoi": "cmd:human",
    "/noilai": "cmd:repeat",
    "/quaylai": "cmd:back",
    "/lamlai": "cmd:restart",
}
LEAVE = {"/thoat", "/quit", "/exit"}
ANSWER_WAIT_S = 30.0
# Messages of one answer arrive within milliseconds of each other.
QUIET_S = 0.4


class Terminal:
    """The terminal as a channel: prints messages, remembers the buttons that may be chosen by number."""

    name = CHANNEL

    def __init__(self, console: Console) -> None:
        self.buttons: list[Button] = []
        self.arrived = asyncio.Event()
        self._console = console

    async def send(self, user_id: str, message: OutboundMessage, message_id: int) -> str:
        """Print one message."""
        who = "[bold magenta]Cán bộ[/]" if message.author == "operator" else "[bold green]Trợ lý[/]"
        self._console.print(who)
        self._console.print(Padding(escape(message.text), (0, 0, 0, 2)))
        for button in message.buttons:
            if button.kind is ButtonKind.PAYLOAD:
                self.buttons.append(button)
                self._console.print(f"  [cyan]{len(self.buttons)}[/]  {escape(button.title)}")
            else:
                self._console.print(f"  [cyan]→[/]  {escape(button.title)}: {escape(button.value)}")
        self.arrived.set()
        return str(message_id)

    async def typing(self, user_id: str) -> None:
        """Nothing to show: the prompt waits."""


async def _read_lines() -> AsyncIterator[str]:
    """Yield lines of standard input without blocking what is printed meanwhile; ends at the end of input."""
    while True:
        sys.stdout.write("› ")
        sys.stdout.flush()
        line = await (_typed_line() if sys.stdin.isatty() else asyncio.to_thread(sys.stdin.readline))
        if not line:
            return
        yield line.strip()


async def _typed_line() -> str:
    # Waiting for the terminal this way lets Ctrl-C end us at once; a reading thread would wait for Enter.
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()


@asynccontextmanager
async def _services(settings: Settings, console: Console) -> AsyncIterator["Services"]:
    """Give the services of the running system, or start one if none runs."""
    if not await answers(f"{local_url(settings)}/healthz"):
        console.print("[dim]Đang khởi động trợ lý (khoảng nửa phút)…[/]")
        async with local_app(on_free_ports(settings)) as services:
            yield services
        return
    from bot.main import build, close

    services = await asyncio.to_thread(build, settings)
    # The running application owns every other channel.
    services.channels.clear()
    sending = asyncio.create_task(services.outbox.run_forever())
    try:
        yield services
    finally:
        await services.runner.stop()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await close(services)


async def _talk(settings: Settings, console: Console) -> None:
    terminal = Terminal(console)
    user_id = uuid4().hex
    async with _services(settings, console) as services:
        services.channels[CHANNEL] = terminal
        console.print(f"[dim]Gõ câu hỏi, hoặc số của lựa chọn. {' '.join(EXITS)} · /thoat để ra.[/]")
        async for line in _read_lines():
            if line in LEAVE:
                return
            if not line:
                continue
            event = _event(user_id, line, terminal, services)
            terminal.arrived.clear()
            terminal.buttons.clear()
            await services.inbox.receive(event)
            await _wait_for_answer(services, terminal)


def _event(user_id: str, line: str, terminal: Terminal, services: "Services") -> InboundEvent:
    payload = EXITS.get(line, "")
    if line.isdecimal() and 0 < int(line) <= len(terminal.buttons):
        payload = terminal.buttons[int(line) - 1].value
    kind = EventKind.PAYLOAD if payload else EventKind.TEXT
    text = "" if payload else line
    return InboundEvent(CHANNEL, user_id, uuid4().hex, services.clock.now(), kind, text=text, payload=payload)


async def _wait_for_answer(services: "Services", terminal: Terminal) -> None:
    wait_s = ANSWER_WAIT_S
    try:
        while True:
            await asyncio.wait_for(terminal.arrived.wait(), wait_s)
            terminal.arrived.clear()
            await services.runner.idle()
            wait_s = QUIET_S
    except TimeoutError:
        return


def chat() -> None:
    """Trò chuyện với trợ lý ngay trong cửa sổ dòng lệnh."""
    settings = load_settings(log_level="ERROR")
    logs.configure(settings)
    asyncio.run(_talk(settings, Console(highlight=False)))


def register(app: typer.Typer) -> None:
    """Mount ``bot chat``."""
    app.command()(chat)
