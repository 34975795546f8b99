"""Starting Rasa: its command and environment, and the small HTTP question whether it is there."""

import asyncio
from pathlib import Path

import pytest

from bot.child import free_port
from bot.dialogue import process
from bot.dialogue.process import RasaProcess, answers, door_secret, rasa_launch, tracker_url
from bot.errors import ConfigError, DialogueError
from bot.settings import Settings


def _settings(tmp_path: Path, **values: object) -> Settings:
    return Settings(_env_file=None, var_dir=tmp_path, **values)  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        (b"200\r\n", False),
        (b"", False),
    ],
)
async def test_only_a_200_is_an_answer(response: bytes, expected: bool) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(response)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await answers(f"http://127.0.0.1:{port}/healthz") is expected


async def test_nobody_there_is_no_answer() -> None:
    assert not await answers(f"http://127.0.0.1:{free_port()}/healthz")


def test_missing_model_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"make (train|setup)"):
        rasa_launch(_settings(tmp_path), 5005, "http://127.0.0.1:8000")


def test_rasa_sees_its_own_settings_and_none_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nlu" / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "nlu" / ".venv" / "bin" / "rasa").touch()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.tar.gz").touch()
    monkeypatch.setattr(process, "ROOT", tmp_path)
    monkeypatch.setenv("BOT_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:x")
    settings = _settings(tmp_path)
    launch = rasa_launch(settings, 5007, "http://127.0.0.1:8000")
    assert launch.env is not None
    assert launch.env["RASA_DOOR_SECRET"] == door_secret(settings)
    assert launch.env["ACTION_ENDPOINT_URL"] == "http://127.0.0.1:8000/rasa/actions"
    assert launch.env["RASA_TELEMETRY_ENABLED"] == "false"
    assert not {"BOT_SECRET_KEY", "TELEGRAM_BOT_TOKEN"} & set(launch.env)
    assert not any(door_secret(settings) in part for part in launch.command), "a secret in the process list"
    assert ("--interface", "127.0.0.1") in zip(launch.command, launch.command[1:], strict=False)


def test_trackers_are_beside_the_applications_data(tmp_path: Path) -> None:
    assert tracker_url(_settings(tmp_path)) == f"sqlite:///{tmp_path / 'tracker.db'}"
    url = "postgresql+psycopg://bot@127.0.0.1/bot"
    assert tracker_url(_settings(tmp_path, database_url=url)) == url


async def test_rasa_that_ends_at_once_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "nlu" / ".venv" / "bin" / "rasa"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'không mở được cơ sở dữ liệu'\nexit 1\n")
    program.chmod(0o755)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.tar.gz").touch()
    monkeypatch.setattr(process, "ROOT", tmp_path)
    with pytest.raises(DialogueError, match="không mở được cơ sở dữ liệu"):
        async with RasaProcess(_settings(tmp_path), free_port(), "http://127.0.0.1:1"):
            pass
