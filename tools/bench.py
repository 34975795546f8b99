"""Measures speed, memory and crash safety and writes docs/benchmarks.md: ``make bench``.

Single parts: ``python -m tools.bench PART…``.

Parts: turn, memory, warm, train, search, kills, cold (a clean clone with an empty package cache; needs the network).
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from bot.child import free_port
from bot.settings import ROOT
from tests.e2e import crash
from tests.e2e.model import prepare
from tests.e2e.postgres import own_database
from tools.bench_search import bench_search

RESULTS = ROOT / "docs" / "benchmarks.json"
PAGE = ROOT / "docs" / "benchmarks.md"
QUESTIONS = (
    "làm khai sinh cho con cần giấy tờ gì",
    "còn lệ phí thì sao",
    "đăng ký tạm trú ở đâu vậy em",
    "cấp lại căn cước mất bao nhiêu tiền",
    "tra giúp tôi hồ sơ H29.12-261102-0001",
    "sang tên xe máy cần gì",
    "chung thuc ban sao bao nhieu tien",
    "em là ai vậy",
    "mấy ngày có kết quả",
    "danh mục",
)
N_WARM_UP = 20
N_TURNS = 200
N_KILLS = 30
PATIENCE_S = 900


@contextmanager
def system(folder: Path, *, port: int, rasa_port: int) -> Iterator[psutil.Process]:
    """Run ``bot up`` as an administrator would, on free ports and a folder of its own."""
    environment = {
        **os.environ,
        "BOT_VAR_DIR": str(folder),
        "BOT_PORT": str(port),
        "BOT_RASA_PORT": str(rasa_port),
        "BOT_MESSAGES_PER_MINUTE": "100000",
    }
    with (folder / "bench.log").open("wb") as log:
        running = subprocess.Popen([ROOT / ".venv/bin/bot", "up"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield psutil.Process(running.pid)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)


def wait_until(url: str, started: float) -> float:
    """Seconds from ``started`` until ``url`` answers 200."""
    while time.monotonic() - started < PATIENCE_S:
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return time.monotonic() - started
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise TimeoutError(url)


def bench_turn() -> dict[str, Any]:
    """Full turn, web POST to stored reply, one citizen; then the memory of both processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        started = time.monotonic()
        with system(folder, port=port, rasa_port=free_port()) as supervisor:
            warm = {"page_s": wait_until(f"{url}/", started), "full_s": wait_until(f"{url}/readyz", started)}
            took_ms = list(_turns(url, folder / "app.db"))[N_WARM_UP:]
            resident_mb = [child.memory_info().rss / 2**20 for child in supervisor.children(recursive=True)]
    took_ms.sort()
    return {
        "n": len(took_ms),
        "p50_ms": statistics.median(took_ms),
        "p95_ms": took_ms[int(len(took_ms) * 0.95)],
        "max_ms": took_ms[-1],
        "resident_mb": sum(resident_mb),
        **warm,
    }


def _turns(url: str, database: Path) -> Iterator[float]:
    headers = {"Sec-Fetch-Site": "same-origin", "X-Requested-With": "chat"}
    done = "SELECT count(*) FROM turns WHERE status = 'done'"
    with httpx.Client(base_url=url, headers=headers, timeout=30) as http, closing(sqlite3.connect(database)) as rows:
        http.get("/")
        for number in range(N_WARM_UP + N_TURNS):
            form = {"text": QUESTIONS[number % len(QUESTIONS)], "event_id": f"bench-{number:06d}-0123456789"}
            started = time.perf_counter()
            http.post("/web/messages", data=form).raise_for_status()
            while rows.execute(done).fetchone()[0] <= number:
                time.sleep(0.001)
            yield (time.perf_counter() - started) * 1000
            # A citizen reads before writing again; by then the answer is delivered.
            while rows.execute("SELECT count(*) FROM outbox WHERE status <> 'sent'").fetchone()[0]:
                time.sleep(0.005)
            _progress(number + 1, N_WARM_UP + N_TURNS)


def bench_warm() -> dict[str, Any]:
    """A second ``make run``: seconds until the page is served and until everything answers."""
    port, rasa_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "BOT_PORT": str(port), "BOT_RASA_PORT": str(rasa_port)}
    started = time.monotonic()
    with tempfile.TemporaryFile() as log:
        running = subprocess.Popen(["make", "run"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            return {"page_s": wait_until(f"{url}/", started), "full_s": wait_until(f"{url}/readyz", started)}
        finally:
            _interrupt(running)


def bench_train() -> dict[str, Any]:
    """Train from nothing, without Rasa's cache."""
    import yaml

    examples = 0
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        for block in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" in block:
                examples += len(block["examples"].strip().splitlines())
    shutil.rmtree(ROOT / "var" / "cache" / "rasa", ignore_errors=True)
    started = time.monotonic()
    command = [ROOT / "nlu/.venv/bin/python", "nlu/train.py", "--force"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    seconds = time.monotonic() - started
    return {"examples": examples, "seconds": seconds, "seconds_per_2000": seconds * 2000 / examples}


def bench_kills() -> dict[str, Any]:
    """Kill the application between two steps, 30 times a database, and compare with an undisturbed conversation."""
    return {kind: _kills(kind) for kind in ("sqlite", "postgres")}


def _kills(kind: str) -> dict[str, Any]:
    chance = random.Random(20261121)  # noqa: S311 - a plan that can be repeated
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        port, rasa_port = crash.ports()
        counts = {"kills": 0, "conversations": 0, "lost": 0, "doubled_sends": 0, "complaints_doubled": 0}
        with (
            own_database(kind, folder) as url,
            crash.rasa(folder, port, rasa_port, url),
            crash.worker(folder, url, port, rasa_port) as worker,
        ):
            engine = crash.sync_engine(url)
            expected = _conversation(worker, engine, folder, {}, counts)
            while worker.n_kills < N_KILLS:
                steps = chance.sample(range(crash.N_STEPS), 3)
                plan = {step: chance.choice(crash.CHECKPOINTS) for step in steps}
                said = _conversation(worker, engine, folder, plan, counts)
                counts["lost"] += said != expected
                _progress(worker.n_kills, N_KILLS)
            counts["kills"] = worker.n_kills
            engine.dispose()
        return counts


def _conversation(
    worker: crash.Worker, engine: Any, folder: Path, plan: dict[int, str], counts: dict[str, int]
) -> list[tuple[str, str]]:
    with closing(crash.Page(worker, engine)) as page:
        crash.file_a_complaint(page, folder, plan)
        worker.revive()
        counts["conversations"] += 1
        counts["doubled_sends"] += page.n_sends() - page.count("outbox")
        counts["complaints_doubled"] += page.count("complaints") - 1
        return page.transcript()


def bench_cold() -> dict[str, Any]:
    """Clean clone to running, with an empty package cache."""
    with tempfile.TemporaryDirectory() as name:
        clone, port = Path(name) / "clone", free_port()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        cache = {"UV_CACHE_DIR": f"{name}/uv", "PIP_CACHE_DIR": f"{name}/pip"}
        environment = {**os.environ, **cache, "BOT_PORT": str(port), "BOT_RASA_PORT": str(free_port())}
        started = time.monotonic()
        with (Path(name) / "log").open("wb") as log:
            running = subprocess.Popen(["make", "run"], cwd=clone, env=environment, stdout=log, stderr=log)
            try:
                url = f"http://127.0.0.1:{port}"
                return {"page_s": wait_until(f"{url}/", started), "full_s": wait_until(f"{url}/readyz", started)}
            finally:
                _interrupt(running)


def _interrupt(running: subprocess.Popen[bytes]) -> None:
    """Ctrl-C: the whole family of processes gets it, as at a terminal."""
    for process in [psutil.Process(running.pid), *psutil.Process(running.pid).children(recursive=True)][:2]:
        process.send_signal(signal.SIGINT)
    running.wait(30)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r  {done}/{total}", end="", file=sys.stderr, flush=True)


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "turn": bench_turn,
    "warm": bench_warm,
    "train": bench_train,
    "search": bench_search,
    "kills": bench_kills,
    "cold": bench_cold,
}
ROWS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("turn", "Full turn, POST to stored reply, one citizen: p50 (goal ≤ 60 ms)", lambda r: f"{r['p50_ms']:.0f} ms"),
    ("turn", "the same, p95 (goal ≤ 150 ms)", lambda r: f"{r['p95_ms']:.0f} ms"),
    ("turn", "App + Rasa + supervisor, resident (goal ≤ 1.6 GB)", lambda r: f"{r['resident_mb'] / 1024:.2f} GB"),
    ("warm", "Second `make run`: page served (goal 5 s)", lambda r: f"{r['page_s']:.1f} s"),
    ("warm", "Second `make run`: everything answers (goal 40 s)", lambda r: f"{r['full_s']:.1f} s"),
    (
        "cold",
        "Clean clone to everything answering, empty caches (goal ≤ 6 min)",
        lambda r: f"{r['full_s'] / 60:.1f} min",
    ),
    ("train", "Training, seconds per 2,000 examples (goal ≤ 60 s)", lambda r: f"{r['seconds_per_2000']:.0f} s"),
    ("search", "Search over 2,600 procedures: p50 (goal ≤ 30 ms)", lambda r: f"{r['p50_ms']:.0f} ms"),
    ("search", "the same, p99 (goal ≤ 80 ms)", lambda r: f"{r['p99_ms']:.0f} ms"),
    ("search", "Index for 2,600 from nothing (goal ≤ 6 min)", lambda r: f"{r['build_s'] / 60:.1f} min"),
    ("search", "Start with that index (goal ≤ 2 s)", lambda r: f"{r['load_s']:.1f} s"),
    ("search", "Memory for it (goal ≤ 400 MB)", lambda r: f"{r['resident_mb']:.0f} MB"),
    ("kills", "Kills on SQLite: changed / doubled sends", lambda r: _kill_row(r["sqlite"])),
    ("kills", "Kills on PostgreSQL: the same", lambda r: _kill_row(r["postgres"])),
)


def _kill_row(counts: dict[str, int]) -> str:
    sends = counts["doubled_sends"]
    return f"{counts['kills']} kills: {counts['lost']} of {counts['conversations']} / {sends} (at most one a kill)"


def main(parts: list[str]) -> int:
    """Measure the named parts (without a name all but ``cold``), keep the figures of the others, write the page."""
    if unknown := set(parts) - PARTS.keys():
        print(f"Không có phần {', '.join(sorted(unknown))}. Có: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for part in parts or [part for part in PARTS if part != "cold"]:
        print(f"── {part} …", flush=True)
        started = time.monotonic()
        load = os.getloadavg()[0]
        figures = PARTS[part]()
        now = datetime.now(UTC).date().isoformat()
        results[part] = {**figures, "date": now, "load_before": round(load, 1)}
        print(json.dumps(results[part]), f"({time.monotonic() - started:.0f} s)", flush=True)
        RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    PAGE.write_text(page(results), encoding="utf-8")
    return 0


def page(results: dict[str, Any]) -> str:
    """Render docs/benchmarks.md."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (`python -m tools.bench PART…`; `cold` only by name); do not edit.",
        f"Machine: {os.cpu_count()} cores. Other work may have run beside it: the load before each part is given.",
        "",
        "| what | measured | date | load |",
        "|---|---|---|---|",
    ]
    for part, title, show in ROWS:
        if part in results:
            found = results[part]
            lines.append(f"| {title} | {show(found)} | {found['date']} | {found['load_before']} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
