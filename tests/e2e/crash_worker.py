"""The application as a process that a test can kill at any step.

Start it with ``python -m tests.e2e.crash_worker FOLDER PORT RASA_PORT DATABASE_URL``.

While the file ``FOLDER/die_at`` holds the name of a checkpoint, the process kills itself there, once; while
``FOLDER/fail_action`` holds the name of an action, that action raises, once.
"""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn

from bot.main import create_app
from bot.settings import Settings

LEASE = timedelta(seconds=1)


def main(folder: Path, port: int, rasa_port: int, database_url: str) -> None:
    """Serve until killed."""

    def checkpoint(name: str) -> None:
        if _take(folder / "die_at", name):
            os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings(
        _env_file=None, var_dir=folder, port=port, rasa_port=rasa_port, database_url=database_url,
        messages_per_minute=1000,
    )  # fmt: skip
    app = create_app(settings, checkpoint, LEASE)
    executor = app.state.executor
    run = executor.run

    async def run_or_fail(call: dict[str, Any]) -> Any:
        if _take(folder / "fail_action", call["next_action"]):
            raise RuntimeError("this action was told to fail")
        return await run(call)

    executor.run = run_or_fail
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


def _take(file: Path, name: str) -> bool:
    """Tell whether the file names this, and remove it then."""
    if not file.exists() or file.read_text() != name:
        return False
    file.unlink()
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
