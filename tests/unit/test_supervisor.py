"""The supervisor with real child processes: crashes, signals, settings errors, and a supervisor that is killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bot.child import Launch, free_port
from bot.supervisor import Child, Supervisor

ROOT = Path(__file__).resolve().parents[2]
STAYS = "import time; print('lên', flush=True); time.sleep(600)"
# Ignores the polite signal, as a hung server does.
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('lên', flush=True); time.sleep(600)"
)


class Screen:
    """Collects what the supervisor says, and lets a test wait for it."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.ready: list[str] = []
        self._changed = asyncio.Event()

    def say(self, name: str, line: str) -> None:
        self.lines.append((name, line))
        self._changed.set()

    def on_ready(self, name: str) -> None:
        self.ready.append(name)
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def said(self, part: str, name: str | None = None) -> int:
        return sum(part in line and name in (None, who) for who, line in self.lines)


def _child(name: str, code: str, *arguments: str) -> Child:
    async def is_ready() -> bool:
        return True

    return Child(name, Launch([sys.executable, "-u", "-c", code, *arguments], ROOT), is_ready)


def _start(tmp_path: Path, screen: Screen, *children: Child) -> asyncio.Task[int]:
    supervisor = Supervisor(children, tmp_path, screen.say, screen.on_ready, first_delay_s=0.05)
    return asyncio.create_task(supervisor.run())


async def test_crashed_child_is_restarted_with_growing_pauses_and_said(tmp_path: Path) -> None:
    screen = Screen()
    run = _start(tmp_path, screen, _child("app", "print('hỏng'); raise SystemExit(3)"), _child("rasa", STAYS))
    await screen.until(lambda: screen.said("dừng đột ngột (mã thoát 3)") >= 3)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await run == 0
    pauses = [line.rsplit("sau ", 1)[1] for name, line in screen.lines if "khởi động lại sau" in line]
    assert pauses[:3] == ["0.05 giây", "0.1 giây", "0.2 giây"]
    assert screen.said("hỏng", "app") >= 3
    assert screen.said("lên", "rasa") == 1, "the healthy child must not be touched"


async def test_killed_child_is_restarted_and_its_signal_named(tmp_path: Path) -> None:
    screen = Screen()
    run = _start(tmp_path, screen, _child("rasa", "import os; print(os.getpid(), flush=True);" + STAYS))
    await screen.until(lambda: screen.said("lên") == 1)
    os.kill(int(screen.lines[0][1]), signal.SIGKILL)
    await screen.until(lambda: screen.said("lên") == 2)
    os.kill(os.getpid(), signal.SIGINT)
    assert await run == 0
    assert screen.said("bị tắt bởi SIGKILL") == 1
    assert screen.ready == ["rasa", "rasa"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_signal_stops_all_children_and_what_they_started(tmp_path: Path, number: signal.Signals) -> None:
    grandchild = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STAYS!r}]);" + STAYS
    # The test run itself may have children, e.g. the Rasa of the conversations.
    others = set(psutil.Process().children(recursive=True))
    screen = Screen()
    run = _start(tmp_path, screen, _child("app", grandchild), _child("rasa", STAYS))
    await screen.until(lambda: screen.said("lên", "app") == 2 and screen.said("lên", "rasa") == 1)
    family = set(psutil.Process().children(recursive=True)) - others
    assert len(family) == 3
    started = time.monotonic()
    os.kill(os.getpid(), number)
    assert await run == 0
    assert time.monotonic() - started < 5
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive


async def test_child_that_ignores_the_signal_is_killed_within_ten_seconds(tmp_path: Path) -> None:
    screen = Screen()
    run = _start(tmp_path, screen, _child("app", STUBBORN))
    await screen.until(lambda: screen.said("lên") == 1)
    started = time.monotonic()
    os.kill(os.getpid(), signal.SIGTERM)
    assert await run == 0
    assert time.monotonic() - started < 10


async def test_configuration_error_of_a_child_ends_everything_with_code_2(tmp_path: Path) -> None:
    screen = Screen()
    wrong = _child("app", "print('Lỗi: BOT_PORT sai'); raise SystemExit(2)")
    assert await _start(tmp_path, screen, _child("rasa", STAYS), wrong) == 2
    assert screen.said("Lỗi: BOT_PORT sai", "app") == 1
    assert screen.said("cấu hình sai", "") == 1
    assert screen.said("khởi động lại") == 0


async def test_missing_program_is_one_line_and_code_2(tmp_path: Path) -> None:
    screen = Screen()
    child = _child("app", STAYS)
    missing = Child("app", Launch(["/khong/co/chuong-trinh"], ROOT), child.is_ready)
    assert await _start(tmp_path, screen, missing) == 2
    assert screen.said("không chạy được /khong/co/chuong-trinh", "") == 1


async def test_output_is_in_log_files_masked_and_survives_huge_lines(tmp_path: Path) -> None:
    screen = Screen()
    code = "print('gọi 0901234567 50%'); print('x' * 3_000_000); print('sau cùng', flush=True);" + STAYS
    run = _start(tmp_path, screen, _child("rasa", code))
    await screen.until(lambda: screen.said("sau cùng") == 1)
    os.kill(os.getpid(), signal.SIGTERM)
    await run
    log = (tmp_path / "rasa.log").read_text()
    assert "0901234567" not in log
    assert "567 50%" in log
    assert "sau cùng" in log


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from bot.child import Launch
from bot.supervisor import Child, Supervisor
async def ready(): return True
child = Child("app", Launch([sys.executable, "-c", {STUBBORN!r}], Path.cwd()), ready)
asyncio.run(Supervisor([child], Path({str(tmp_path)!r}), lambda n, l: print(l, flush=True)).run())
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline().strip() == "lên"
        family = psutil.Process(supervisor.pid).children(recursive=True)
        assert len(family) == 1
        supervisor.kill()
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive


@pytest.mark.parametrize("setting", ["BOT_PORT", "BOT_RASA_PORT"])
def test_taken_port_is_one_clear_line_and_code_2(tmp_path: Path, setting: str) -> None:
    model = tmp_path / "models" / "model.tar.gz"
    model.parent.mkdir()
    model.touch()
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = {"BOT_PORT": free_port(), "BOT_RASA_PORT": free_port(), setting: taken.getsockname()[1]}
        result = _bot_up(tmp_path, {name: str(port) for name, port in ports.items()})
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert f"cổng {ports[setting]} đang có chương trình khác dùng" in result.stderr
    assert f"{setting}=" in result.stderr


def test_wrong_setting_is_one_clear_line_and_code_2(tmp_path: Path) -> None:
    result = _bot_up(tmp_path, {"BOT_PORT": "mot-hai-ba"})
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert "BOT_PORT" in result.stderr


def test_missing_model_names_the_remedy(tmp_path: Path) -> None:
    result = _bot_up(tmp_path, {"BOT_PORT": str(free_port()), "BOT_RASA_PORT": str(free_port())})
    assert result.returncode == 2
    assert "make train" in result.stderr or "make setup" in result.stderr


def _bot_up(var_dir: Path, extra: dict[str, str]) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "BOT_VAR_DIR": str(var_dir), **extra}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "up"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
