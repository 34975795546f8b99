"""``bot doctor``: every part of the system, whether it is well, and what to do when it is not."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable

import httpx
import typer
from rich.console import Console
from rich.table import Table

from bot.child import is_port_free
from bot.commands.up import NEED_MB, local_url
from bot.dialogue.process import answers, model_path
from bot.errors import BotError, ConfigError
from bot.health import Check, Finding, database_check, run_checks
from bot.settings import ROOT, Settings, load_settings


def _check(name: str, remedy: str, look: Callable[[], str]) -> Check:
    async def probe() -> str:
        return await asyncio.to_thread(look)

    return Check(name, probe, remedy)


def _checks(settings: Settings) -> list[Check]:
    def python() -> str:
        return ".".join(map(str, sys.version_info[:3]))

    def rasa_environment() -> str:
        program = ROOT / "nlu" / ".venv" / "bin" / "python"
        if not program.exists():
            raise BotError("chưa có nlu/.venv")
        code = "import importlib.metadata as m, sys; print(m.version('rasa'), 'trên Python', sys.version.split()[0])"
        result = subprocess.run(  # noqa: S603 (our own program)
            [program, "-c", code], capture_output=True, text=True, timeout=20, check=False
        )
        if result.returncode:
            raise BotError("nlu/.venv hỏng")
        return f"Rasa {result.stdout.strip()}"

    def secret() -> str:
        settings.secret()
        return "đã có"

    def disk() -> str:
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(settings.var_dir).free // 2**20
        if free_mb < NEED_MB:
            raise BotError(f"chỉ còn {free_mb} MB")
        return f"còn {free_mb // 1024} GB"

    def model() -> str:
        path = model_path(settings)
        if not path.exists():
            raise BotError(f"chưa có {path.name}")
        return f"{path.stat().st_size // 2**20} MB"

    return [
        _check("Python", "Cài Python 3.11 rồi chạy: make setup", python),
        _check("Môi trường Rasa", "Chạy: make setup", rasa_environment),
        _check("Khoá bí mật", "Đặt BOT_SECRET_KEY trong .env (tạo bằng: openssl rand -hex 32)", secret),
        _check("Đĩa", f"Giải phóng chỗ: cần ít nhất {NEED_MB} MB ở {settings.var_dir}", disk),
        _check("Mô hình", "Chạy: make train", model),
        _check("Chỉ mục thủ tục", "Chạy: bot knowledge check, rồi bot knowledge build", lambda: _index(settings)),
        Check("Ứng dụng", lambda: _application(settings), "Chạy: make run (nhật ký: var/logs/app.log)"),
        Check("Rasa", lambda: _rasa(settings), "Chạy: make run (nhật ký: var/logs/rasa.log)"),
    ]


def _index(settings: Settings) -> str:
    from knowledge.load import load_records

    records = load_records(settings.data_dir / "procedures")
    index = settings.var_dir / "index"
    if not index.is_dir() or not any(index.iterdir()):
        raise BotError("chưa lập chỉ mục")
    return f"{len(records)} thủ tục"


async def _application(settings: Settings) -> str:
    url = local_url(settings)
    if await answers(f"{url}/healthz"):
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
            state = (await client.get(f"{url}/readyz")).json().get("status")
        return f"đang chạy ở {url} ({'đầy đủ' if state == 'ok' else 'chế độ rút gọn'})"
    if not is_port_free(settings.host, settings.port):
        raise BotError(f"cổng {settings.port} do chương trình khác giữ; đặt BOT_PORT khác")
    raise BotError("chưa chạy")


async def _rasa(settings: Settings) -> str:
    if await answers(f"{settings.rasa_base_url}/webhooks/turn/"):
        return f"trả lời ở {settings.rasa_base_url}"
    raise BotError("không trả lời")


async def _examine(settings: Settings) -> list[Finding]:
    from bot.db.engine import Database

    findings = await run_checks(_checks(settings))
    if settings.db_url.startswith("sqlite") and not (settings.var_dir / "app.db").exists():
        return [*findings, Finding("Cơ sở dữ liệu", False, "chưa tạo", "Chạy: bot db upgrade")]
    db = Database(settings.db_url)
    try:
        (found,) = await run_checks([database_check(db)])
    finally:
        await db.close()
    return [*findings, Finding("Cơ sở dữ liệu", found.is_ok, found.detail, found.remedy)]


def doctor() -> None:
    """Khám từng bộ phận; bộ phận nào hỏng thì nói cách sửa. Mã thoát 1 nếu có bộ phận hỏng."""
    console = Console(highlight=False)
    try:
        settings = load_settings()
    except ConfigError as error:
        console.print(f"✗ Cấu hình: {error}", markup=False)
        raise typer.Exit(1) from error
    findings = asyncio.run(_examine(settings))
    table = Table("", "Bộ phận", "Tình trạng", "Cách sửa", box=None)
    for finding in findings:
        mark = "[green]✓[/]" if finding.is_ok else "[red]✗[/]"
        table.add_row(mark, finding.name, finding.detail, "" if finding.is_ok else finding.remedy)
    console.print(table)
    if not all(finding.is_ok for finding in findings):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Mount ``bot doctor``."""
    app.command()(doctor)
