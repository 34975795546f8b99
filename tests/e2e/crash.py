"""Drives a conversation through a process that dies: like the page, it sends again what was not confirmed."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import Engine, create_engine, text

from bot.child import free_port
from bot.dialogue.process import READY_TIMEOUT_S, rasa_launch
from bot.settings import ROOT, Settings

# Between every two steps of the path, in its order (bot/conversations: inbox, turn, outbox).
CHECKPOINTS = ("received", "claimed", "answered", "written", "sending", "sent", "noted")
PATIENCE_S = 60
N_STEPS = 8
# What differs between two runs that say the same.
_VARYING = re.compile(r"PA-\d{6}-[0-9A-Z]{6}|\d{2}:\d{2} \d{2}/\d{2}/\d{4}")


@dataclass
class Worker:
    """One application process on a fixed port, started again whenever it is found dead."""

    folder: Path
    port: int
    rasa_port: int
    database_url: str
    n_kills: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.e2e.crash_worker"]
        arguments = [str(self.folder), str(self.port), str(self.rasa_port), self.database_url]
        with (self.folder / "worker.log").open("ab") as log:
            self._process = subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if _answers(f"{self.url}/healthz"):
                return
            assert self._process.poll() is None, (self.folder / "worker.log").read_text()[-3000:]
            time.sleep(0.1)
        raise AssertionError("the worker did not start")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def revive(self) -> None:
        """Start it again if it died."""
        if self._process is not None and self._process.poll() is not None:
            assert self._process.returncode == -signal.SIGKILL, (self.folder / "worker.log").read_text()[-3000:]
            self.n_kills += 1
            self.start()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextmanager
def worker(folder: Path, database_url: str, port: int, rasa_port: int) -> Iterator[Worker]:
    """A running worker, stopped at the end."""
    running = Worker(folder, port, rasa_port, database_url)
    try:
        running.start()
        yield running
    finally:
        running.stop()


class Page:
    """A browser: keeps its cookie, sends again what was not confirmed, waits for the answer."""

    def __init__(self, running: Worker, engine: Engine) -> None:
        self._worker = running
        self._engine = engine
        self._http = httpx.Client(base_url=running.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=10)
        self._open()
        self._n_sent = 0
        self.conversation_id = ""

    def _open(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            # It may have died after the last conversation was through.
            self._worker.revive()
            try:
                self._http.get("/").raise_for_status()
                return
            except httpx.HTTPError:
                assert time.monotonic() < end, "the page does not open"
                time.sleep(0.1)

    def close(self) -> None:
        self._http.close()

    def say(self, words: str) -> None:
        self._send({"text": words})

    def tap(self, title: str) -> None:
        rows = self._rows(
            "SELECT key FROM buttons WHERE conversation_id = :c AND title = :t ORDER BY created_at DESC", t=title
        )
        assert rows, f"no button {title!r}"
        self._send({"payload": rows[0][0]})

    def _send(self, form: dict[str, str]) -> None:
        self._n_sent += 1
        form = {**form, "event_id": f"step-{self._n_sent:04d}-{'x' * 12}"}
        end = time.monotonic() + PATIENCE_S
        while True:
            assert time.monotonic() < end, f"not answered: {form}"
            self._worker.revive()
            try:
                answer = self._http.post("/web/messages", data=form, headers={"X-Requested-With": "chat"})
                assert answer.status_code == 202, answer.text
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        if not self.conversation_id:
            with self._engine.connect() as connection:
                newest = "SELECT id FROM conversations ORDER BY created_at DESC LIMIT 1"
                self.conversation_id = connection.execute(text(newest)).scalar_one()
        while not self._is_settled():
            assert time.monotonic() < end, f"not settled: {form}"
            self._worker.revive()
            time.sleep(0.05)

    def _is_settled(self) -> bool:
        done = """SELECT count(*) FROM inbox_events e JOIN turns t ON t.id = e.turn_id
                  WHERE e.conversation_id = :c AND t.status = 'done'"""
        unsent = "SELECT count(*) FROM outbox WHERE conversation_id = :c AND status <> 'sent'"
        return self._rows(done)[0][0] == self._n_sent and self._rows(unsent)[0][0] == 0

    def transcript(self) -> list[tuple[str, str]]:
        """Everything said, with codes and times made alike."""
        rows = self._rows("SELECT author, text FROM messages WHERE conversation_id = :c ORDER BY id")
        return [(author, _VARYING.sub("*", said)) for author, said in rows]

    def count(self, table: str) -> int:
        return int(self._rows(f"SELECT count(*) FROM {table} WHERE conversation_id = :c")[0][0])

    def n_sends(self) -> int:
        """How often a message was handed to the channel."""
        return int(self._rows("SELECT coalesce(sum(attempts), 0) FROM outbox WHERE conversation_id = :c")[0][0])

    def _rows(self, query: str, **values: str) -> list[tuple[str, ...]]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), {"c": self.conversation_id, **values})]


def file_a_complaint(page: Page, folder: Path, plan: dict[int, str]) -> None:
    """Report a pothole from greeting to status; before step ``n`` of ``plan`` the worker is told where to die."""
    steps = [
        (page.say, "làm khai sinh cho con cần giấy gì vậy em"),
        (page.say, "tôi muốn phản ánh ổ gà"),
        (page.say, "ổ gà to lắm, xe máy té hoài"),
        (page.say, "trước số 12 đường Lê Văn Sỹ"),
        (page.say, "bỏ qua"),
        (page.tap, "Gửi ẩn danh"),
        (page.tap, "Gửi"),
        (page.say, "phản ánh của tôi tới đâu rồi"),
    ]
    assert len(steps) == N_STEPS
    for number, (act, words) in enumerate(steps):
        if number in plan:
            (folder / "die_at").write_text(plan[number])
        act(words)


@contextmanager
def rasa(folder: Path, port: int, rasa_port: int, database_url: str) -> Iterator[None]:
    """A Rasa beside the worker, for callers without an event loop."""
    settings = Settings(_env_file=None, var_dir=folder, port=port, rasa_port=rasa_port, database_url=database_url)
    launch = rasa_launch(settings, rasa_port, f"http://127.0.0.1:{port}")
    with (folder / "rasa.log").open("wb") as log:
        running = subprocess.Popen(launch.command, cwd=launch.cwd, env=launch.env, stdout=log, stderr=log)
    try:
        end = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < end and not _answers(f"{settings.rasa_base_url}/webhooks/turn/"):
            time.sleep(0.2)
        yield
    finally:
        running.terminate()
        running.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def sync_engine(database_url: str) -> Engine:
    """A plain connection for looking into the worker's database."""
    return create_engine(database_url.replace("+aiosqlite", ""))


def ports() -> tuple[int, int]:
    """Two free ports: the application's and Rasa's."""
    return free_port(), free_port()
