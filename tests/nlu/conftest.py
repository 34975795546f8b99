"""Fixtures for tests that need Rasa: a tiny trained model, a running server, an action server."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.nlu.rasa_server import ActionServer, RasaServer  # noqa: E402 - the repository's root must be found first

MINI = Path(__file__).parent / "mini"

# These run in Rasa's environment (nlu/.venv); in the application's they are not collected.
if importlib.util.find_spec("rasa") is None:
    collect_ignore_glob = ["test_turn_channel*.py", "test_tracker_store.py", "test_importer.py", "test_train.py"]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train the tiny model with the project's own config.yml; seven intents are easily told apart: a high threshold."""
    folder = tmp_path_factory.mktemp("mini")
    shutil.copytree(MINI, folder / "project")
    config = re.sub(r"(?m)^    threshold: .*$", "    threshold: 0.9", (ROOT / "config.yml").read_text())
    # A few examples give few steps an epoch.
    config = config.replace("    balance: 0.5\n", "    balance: 0.5\n    epochs: 200\n")
    (folder / "project" / "config.yml").write_text(config)
    command = [sys.executable, "-m", "rasa", "train", "--config", "config.yml"]
    command += ["--domain", "domain.yml", "--data", "data", "--out", str(folder), "--fixed-model-name", "model"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(folder / "cache"),
    }
    done = subprocess.run(command, cwd=folder / "project", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return folder / "model.tar.gz"


@pytest.fixture(scope="session")
def session_actions() -> Iterator[ActionServer]:
    """One action server for the session's Rasa server."""
    server = ActionServer()
    yield server
    server.close()


@pytest.fixture
def actions(session_actions: ActionServer) -> ActionServer:
    """The action server in its usual state."""
    session_actions.behaviour.clear()
    session_actions.calls.clear()
    session_actions.paths.clear()
    return session_actions


@pytest.fixture(scope="session")
def rasa(model: Path, session_actions: ActionServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    """A running Rasa with the tiny model; each test uses its own sender."""
    folder = tmp_path_factory.mktemp("rasa")
    server = RasaServer(model, f"sqlite:///{folder / 'tracker.db'}", session_actions.url, folder / "rasa.log").start()
    yield server
    server.stop()
