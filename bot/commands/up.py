"""``bot up``: check the machine, then keep the application and Rasa running until Ctrl-C."""

import asyncio
import contextlib
import re
import shutil
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.child import Launch, is_port_free
from bot.dialogue.process import answers, rasa_launch
from bot.errors import ConfigError
from bot.settings import ROOT, Settings, load_settings
from bot.supervisor import Child, Supervisor

NEED_MB = 300
LABELS = {"app": ("ứng dụng", "cyan"), "rasa": ("rasa    ", "magenta"), "": ("        ", "bold")}
# What the servers and their libraries say at every start and that helps nobody; the log files keep all of it.
APP_NOISE = re.compile(r"\[info .*uvicorn\.error")
RASA_NOISE = re.compile(
    r"Warning\b|namespace packages|warnings\.warn|declarative_base|^\s"
    r"|\bDEBUG\b|\bINFO\b(?!.*(?:Rasa server is up|Loading model))|Shutting down|TensorFlow|cuda|TF-TRT|oneDNN|rebuild"
)


def local_url(settings: Settings) -> str:
    """Give the address at which this machine reaches the application."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::", ""} else settings.host  # noqa: S104 (compared, not bound)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def check_machine(settings: Settings, has_rasa: bool) -> None:
    """Look for what would stop us a minute later.

    Raises:
        ConfigError: Naming the thing and the remedy.
    """
    try:
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        (settings.var_dir / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(f"không ghi được vào {settings.var_dir}: {error.strerror}. Kiểm tra BOT_VAR_DIR") from error
    free_mb = shutil.disk_usage(settings.var_dir).free // 2**20
    if free_mb < NEED_MB:
        raise ConfigError(f"đĩa đầy: còn {free_mb} MB, cần ít nhất {NEED_MB} MB. Hãy giải phóng chỗ rồi chạy lại")
    ports = [("BOT_PORT", settings.host, settings.port)]
    if has_rasa:
        ports.append(("BOT_RASA_PORT", "127.0.0.1", settings.rasa_port))
        if settings.rasa_port == settings.port:
            raise ConfigError(f"BOT_PORT và BOT_RASA_PORT cùng là {settings.port}. Hãy đặt hai số khác nhau")
    for name, host, port in ports:
        if not is_port_free(host, port):
            raise ConfigError(
                f"cổng {port} đang có chương trình khác dùng (xem: ss -ltnp 'sport = :{port}'). "
                f"Dừng chương trình đó, hoặc chạy với cổng khác: {name}={port + 1000} make run"
            )


def children(settings: Settings, has_rasa: bool) -> list[Child]:
    """Say which processes to run, in order."""
    url = local_url(settings)
    app = Launch([sys.executable, "-m", "bot.cli", "serve"], ROOT)
    wanted = [Child("app", app, lambda: answers(f"{url}/healthz"), APP_NOISE)]
    if has_rasa:
        launch = rasa_launch(settings, settings.rasa_port, url)
        door = f"{settings.rasa_base_url}/webhooks/turn/"
        wanted.append(Child("rasa", launch, lambda: answers(door), RASA_NOISE))
    return wanted


def _speaker(console: Console) -> Callable[[str, str], None]:
    def say(name: str, line: str) -> None:
        label, colour = LABELS[name]
        # A terminal that is gone must not stop the children's output from being read and logged.
        with contextlib.suppress(OSError):
            console.print(Text.assemble((f"{label} │ ", colour), Text.from_ansi(line)), soft_wrap=True)

    return say


def _announcer(console: Console, settings: Settings, has_rasa: bool) -> Callable[[str], None]:
    url = settings.public_url or local_url(settings)

    def on_ready(name: str) -> None:
        if name == "app" and has_rasa:
            title, note = "Chế độ rút gọn", "Tra cứu, thực đơn và gặp người đã dùng được; Rasa đang nạp…"
        elif name == "app":
            title, note = "Đang chạy", "Không khởi động Rasa ở máy này."
        else:
            title, note = "Đầy đủ", "Trợ lý đã sẵn sàng. Nhấn Ctrl-C để dừng."
        lines = [f"Trang của người dân   {url}/", f"Tài liệu API          {url}/docs", note]
        console.print(Panel("\n".join(lines), title=title, border_style="green", expand=False))

    return on_ready


def up(
    without_rasa: Annotated[bool, typer.Option("--without-rasa", help="Chỉ chạy ứng dụng, ở chế độ rút gọn.")] = False,
) -> None:
    """Khởi động ứng dụng và Rasa; Ctrl-C để dừng cả hai."""
    settings = load_settings()
    settings.secret()
    has_rasa = not (without_rasa or settings.rasa_url)
    check_machine(settings, has_rasa)
    console = Console(highlight=False)
    supervisor = Supervisor(
        children(settings, has_rasa),
        settings.var_dir / "logs",
        _speaker(console),
        _announcer(console, settings, has_rasa),
    )
    raise typer.Exit(asyncio.run(supervisor.run()))


def register(app: typer.Typer) -> None:
    """Mount ``bot up``."""
    app.command()(up)
