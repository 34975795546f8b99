"""Rasa as a child process: its command line, its environment, and a handle for commands and tests.

The one place that knows how Rasa is started; `bot up`, `bot ask` and the tests share it.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bot.child import Launch, spawn, stop
from bot.errors import ConfigError, DialogueError
from bot.settings import ROOT, Settings

# Loading the model takes 10-20 s on two busy cores; four times that is not slow any more, it is stuck.
READY_TIMEOUT_S = 90.0
# Its tracker database survives a kill; nobody should wait long for a temporary Rasa to say goodbye.
STOP_GRACE_S = 3.0
_POLL_S = 0.2


def door_secret(settings: Settings) -> str:
    """Give the secret that guards Rasa's door and the action endpoint; derived, never configured twice."""
    return hmac.new(settings.secret().encode(), b"rasa-door", hashlib.sha256).hexdigest()


def model_path(settings: Settings) -> Path:
    """Where training leaves the model."""
    return settings.var_dir.resolve() / "models" / "model.tar.gz"


def tracker_url(settings: Settings) -> str:
    """Address of Rasa's trackers: a schema of the same PostgreSQL (nlu/tracker_store.py), else a file of their own."""
    if settings.db_url.startswith("postgresql"):
        return settings.db_url
    return f"sqlite:///{settings.var_dir.resolve() / 'tracker.db'}"


def rasa_launch(settings: Settings, port: int, app_url: str) -> Launch:
    """Say how to start Rasa on loopback ``port``, calling actions at ``app_url``.

    The environment is made from nothing: the application's own secrets stay out of Rasa, and a variable that
    happens to be set on the machine cannot change it.

    Raises:
        ConfigError: If its environment or the model is missing.
    """
    binary = ROOT / "nlu" / ".venv" / "bin" / "rasa"
    if not binary.exists():
        raise ConfigError("chưa cài môi trường của Rasa (nlu/.venv). Chạy: make setup")
    model = model_path(settings)
    if not model.exists():
        raise ConfigError(f"chưa có mô hình {model}. Chạy: make train")
    secret = door_secret(settings)
    command = [
        *(str(binary), "run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(model)),
        *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
    ]
    env = {
        "PATH": f"{binary.parent}{os.pathsep}{os.defpath}",
        "HOME": str(Path.home()),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        # Spinning threads of the encoder make one sentence take 300 ms on a busy machine instead of 30.
        "OMP_WAIT_POLICY": "PASSIVE",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_DOOR_SECRET": secret,
        "ACTION_ENDPOINT_URL": f"{app_url}/rasa/actions",
        "RASA_TRACKER_URL": tracker_url(settings),
        "RASA_REDIS_URL": settings.redis_url,
    }
    return Launch(command, ROOT, env)


async def answers(url: str) -> bool:
    """Say whether a GET of ``url`` (http) gives 200 within two seconds.

    By hand: it is asked several times a second while two processes load, and an HTTP client takes longer to make.
    """
    address = urlsplit(url)
    request = f"GET {address.path or '/'} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(2.0):
            reader, writer = await asyncio.open_connection(address.hostname, address.port or 80)
            try:
                writer.write(request.encode())
                return (await reader.readline()).split()[1:2] == [b"200"]
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


class RasaProcess:
    """One Rasa server. ``async with RasaProcess(settings, port, app_url)`` starts it, waits for it and stops it."""

    def __init__(self, settings: Settings, port: int, app_url: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._settings = settings
        self._port = port
        self._app_url = app_url
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._tail: deque[str] = deque(maxlen=30)

    async def start(self) -> None:
        """Start the server; returns at once.

        Raises:
            ConfigError: If its environment or the model is missing.
        """
        self._process = await spawn(rasa_launch(self._settings, self._port, self._app_url))
        self._reader = asyncio.create_task(self._read(self._process))

    async def wait_ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Wait until the door answers.

        Raises:
            DialogueError: If Rasa ends or does not answer within ``timeout_s`` seconds; names its last lines.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not await answers(f"{self.url}/webhooks/turn/"):
                    if self._process is None or self._process.returncode is not None:
                        if self._reader is not None:
                            await asyncio.wait([self._reader], timeout=1.0)
                        raise DialogueError(f"Rasa đã dừng khi khởi động: {self.tail()}")
                    await asyncio.sleep(_POLL_S)
        except TimeoutError as error:
            raise DialogueError(f"Rasa không trả lời sau {timeout_s:.0f} giây: {self.tail()}") from error

    async def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        if self._process is not None:
            await stop(self._process, STOP_GRACE_S)
        if self._reader is not None:
            with contextlib.suppress(asyncio.CancelledError):
                self._reader.cancel()
                await self._reader
        self._process = self._reader = None

    def tail(self) -> str:
        """Its last lines of output."""
        return " | ".join(self._tail) or "(không có nhật ký)"

    async def __aenter__(self) -> Self:
        """Start and wait until it answers."""
        await self.start()
        try:
            await self.wait_ready()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        # The pipe must be emptied, or Rasa stops when it is full.
        assert process.stdout is not None  # noqa: S101 (opened as a pipe by spawn)
        async for line in process.stdout:
            self._tail.append(line.decode(errors="replace").rstrip())
