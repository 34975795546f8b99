"""A real Chromium before a real server: the whole application on a free port, without Rasa (so in degraded mode)."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.settings import ROOT
from tests.browser.line import Line

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_TIMEOUT_S = 240


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The application with a few procedure records; gives its port."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} missing: install Debian's package chromium")
    folder = tmp_path_factory.mktemp("browser")
    records = folder / "data" / "procedures"
    (records / "ho_tich").mkdir(parents=True)
    # Two records only: each costs seconds of embedding at the start.
    for code in ("1.001193", "1.000894"):
        shutil.copy(ROOT / "data" / "procedures" / "ho_tich" / f"{code}.md", records / "ho_tich")
    for rules in (ROOT / "data" / "procedures").glob("*.yml"):
        shutil.copy(rules, records)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
        "BOT_VAR_DIR": str(folder / "var"),
        "BOT_DATA_DIR": str(folder / "data"),
        "BOT_DATABASE_URL": "",
        "BOT_REDIS_URL": "",
        "TELEGRAM_BOT_TOKEN": "",
        # Nobody listens there: degraded mode, which needs no trained model.
        "BOT_RASA_PORT": "1",
        "BOT_MESSAGES_PER_MINUTE": "600",
        "BOT_MAX_UPLOAD_MB": "1",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "bot.main:create_app", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(process, port, log)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"server not up after {START_TIMEOUT_S} s: {log.read_text()[-2000:]}")


@pytest.fixture(scope="package")
def chromium(server: int) -> Iterator[Browser]:
    """The browser. Not pytest-playwright's own: that one lives as long as the session and blocks the async tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def line(server: int) -> Iterator[Line]:
    """The network between browser and server, which a test can cut."""
    with Line(server) as line:
        yield line


@pytest.fixture
def page(chromium: Browser, line: Line) -> Iterator[Page]:
    """The chat page on a phone, opened. A test fails if the page's script does."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        locale="vi-VN",
        reduced_motion="reduce",
        geolocation={"latitude": 10.7769, "longitude": 106.7009},
        permissions=["geolocation"],
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    page.goto(line.url)
    page.wait_for_selector("body.online")
    yield page
    context.close()
    assert errors == []
