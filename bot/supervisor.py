"""Keeps the application's processes running: starts them in order, restarts what crashes, stops all together.

Knows nothing of what the children do; ``bot/commands/up.py`` says which they are.
"""

import asyncio
import contextlib
import logging.handlers
import re
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.child import Launch, spawn, stop
from bot.errors import ConfigError
from bot.logs import hide

FIRST_DELAY_S = 1.0
MAX_DELAY_S = 30.0
# A child that ran this long was healthy: the next crash starts counting anew.
HEALTHY_S = 60.0
# Exit code by which our own processes say "a setting is wrong": starting them again cannot help.
CONFIG_EXIT_CODE = 2
LOG_BYTES = 10 * 1024 * 1024
_POLL_S = 0.2

Say = Callable[[str, str], None]
"""Writes one line for the person at the terminal: (name of the child or "", text)."""


@dataclass(frozen=True)
class Child:
    """One process to keep running.

    Attributes:
        name: Short name; its log is ``<name>.log``.
        launch: Command, folder and environment.
        is_ready: Answers whether it serves now.
        noise: Lines that go to the log file only.
        wait_s: How long the next child waits for this one to be ready before it starts as well.
    """

    name: str
    launch: Launch
    is_ready: Callable[[], Awaitable[bool]]
    noise: re.Pattern[str] = field(default_factory=lambda: re.compile(r"(?!)"))
    wait_s: float = 15.0


class Supervisor:
    """Runs children until a signal or a configuration error.

    Args:
        children: In the order of starting.
        log_dir: Where each child's output is written (rotated at 10 MB, three old files).
        say: Receives the children's lines and what happens to them.
        on_ready: Called with the child's name whenever it begins to answer, after a restart too.
        first_delay_s: Pause before the first restart; doubles up to 30 seconds.
    """

    def __init__(
        self,
        children: Sequence[Child],
        log_dir: Path,
        say: Say,
        on_ready: Callable[[str], None] = lambda _name: None,
        first_delay_s: float = FIRST_DELAY_S,
    ) -> None:
        self._children = children
        self._log_dir = log_dir
        self._say = say
        self._on_ready = on_ready
        self._first_delay_s = first_delay_s
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._ready = {child.name: asyncio.Event() for child in children}
        self._stopping = asyncio.Event()
        self._exit_code = 0

    async def run(self) -> int:
        """Run until SIGINT, SIGTERM, a closed terminal or a child's configuration error; give the exit code (0 or 2).

        All children are gone within 10 seconds of the signal.
        """
        self._log_dir.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup starts us with SIGHUP ignored, and means it; a shell's "&" ignores SIGINT and does not.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._stopping.set)
        keepers: list[asyncio.Task[None]] = []
        for child in self._children:
            if self._stopping.is_set():
                break
            keepers.append(asyncio.create_task(self._keep(child)))
            await self._first_of(child.wait_s, self._ready[child.name], self._stopping)
        await self._stopping.wait()
        self._say("", "Đang dừng…")
        await asyncio.gather(*(stop(process) for process in self._running.values()))
        await asyncio.gather(*keepers)
        self._say("", "Đã dừng.")
        return self._exit_code

    async def _keep(self, child: Child) -> None:
        delay = self._first_delay_s
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                code = await self._run_once(child)
            except OSError as error:
                self._give_up(ConfigError(f"không chạy được {child.launch.command[0]}: {error.strerror}"))
                return
            if self._stopping.is_set():
                return
            if code == CONFIG_EXIT_CODE:
                self._give_up(ConfigError(f"{child.name} báo cấu hình sai (xem dòng trên); sửa rồi chạy lại"))
                return
            if time.monotonic() - started > HEALTHY_S:
                delay = self._first_delay_s
            self._say(child.name, f"dừng đột ngột ({describe_exit(code)}); khởi động lại sau {delay:g} giây")
            await self._first_of(delay, self._stopping)
            delay = min(delay * 2, MAX_DELAY_S)

    def _give_up(self, error: ConfigError) -> None:
        self._say("", f"Lỗi: {error}")
        self._exit_code = CONFIG_EXIT_CODE
        self._stopping.set()

    async def _run_once(self, child: Child) -> int:
        process = await spawn(child.launch)
        self._running[child.name] = process
        reader = asyncio.create_task(self._pass_on(child, process))
        watcher = asyncio.create_task(self._watch(child))
        if self._stopping.is_set():
            await stop(process)
        code = await process.wait()
        watcher.cancel()
        self._ready[child.name].clear()
        await stop(process)
        # What it wrote last is what explains a crash; a forgotten grandchild must not keep us waiting for it.
        await asyncio.wait([reader], timeout=1.0)
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher
        with contextlib.suppress(asyncio.CancelledError):
            await reader
        return code

    async def _watch(self, child: Child) -> None:
        while not await child.is_ready():  # noqa: ASYNC110 (another process: only polling tells)
            await asyncio.sleep(_POLL_S)
        self._ready[child.name].set()
        self._on_ready(child.name)

    async def _pass_on(self, child: Child, process: asyncio.subprocess.Process) -> None:
        log = logging.handlers.RotatingFileHandler(
            self._log_dir / f"{child.name}.log", maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8"
        )
        assert process.stdout is not None  # noqa: S101 (opened as a pipe by spawn)
        try:
            while True:
                try:
                    raw = await process.stdout.readline()
                except ValueError:
                    continue  # A line over the limit: dropped, the rest goes on.
                if not raw:
                    return
                line = hide(raw.decode(errors="replace").rstrip())
                log.handle(logging.makeLogRecord({"msg": line}))
                if line and not child.noise.search(line):
                    self._say(child.name, line)
        finally:
            log.close()

    async def _first_of(self, timeout_s: float, *events: asyncio.Event) -> None:
        waiters = [asyncio.create_task(event.wait()) for event in events]
        await asyncio.wait(waiters, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        for waiter in waiters:
            waiter.cancel()


def describe_exit(code: int) -> str:
    """Say how a process ended, for a person."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"bị tắt bởi {signal.Signals(-code).name}"
    return f"mã thoát {code}"
