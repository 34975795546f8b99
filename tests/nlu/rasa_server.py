"""A real Rasa process and a real tiny action server that tests can break. Imports nothing of Rasa."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SECRET = "tests-only-secret"
START_TIMEOUT_S = 240


def wait_for(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    """Wait until the condition holds, or fail."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "condition did not come true in time"
        pause.wait(0.02)


def free_port() -> int:
    """Give a loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class ActionServer:
    """Answers Rasa's action calls; ``behaviour`` maps an action's name to a function that gives (status, body)."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.behaviour: dict[str, Callable[[dict[str, Any]], tuple[int, Any]]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.calls.append(body)
                outer.paths.append(self.path)
                status, content = outer.answer(body)
                encoded = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(encoded)))
                self.end_headers()
                self.wfile.write(encoded)

            def log_message(self, *_: Any) -> None:
                return

        self._handler = Handler
        self._port = 0
        self.open()
        self.url = f"http://127.0.0.1:{self._port}/rasa/actions"

    def open(self) -> None:
        """Listen, after the first time on the same port."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Give the answer that the test asked for, else the usual one."""
        name = body["next_action"]
        if name in self.behaviour:
            return self.behaviour[name](body)
        if name == "action_thing":
            command = {"command": {"name": "ask_human", "args": {"reason": "asked"}}}
            responses = [{"text": "Cần giấy chứng sinh.\n\nNộp ở phường."}, {"custom": command}]
            return 200, {"events": [{"event": "slot", "name": "checked", "value": "yes"}], "responses": responses}
        if name == "validate_report_form":
            return 200, {"events": [e for e in body["tracker"]["events"][-1:] if e["event"] == "slot"], "responses": []}
        if name == "action_spin":
            return 200, {"events": [{"event": "followup", "name": "action_spin"}], "responses": []}
        return 500, {"error": "broken", "action_name": name}

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@dataclass
class RasaServer:
    """Rasa as a process, with the paths of the door as methods."""

    model: Path
    tracker_url: str
    action_url: str
    log: Path
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting."""
        command = [sys.executable, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(self.port)]
        command += ["--model", str(self.model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "OMP_WAIT_POLICY": "PASSIVE",
            "RASA_DOOR_SECRET": SECRET,
            "ACTION_ENDPOINT_URL": self.action_url,
            "RASA_TRACKER_URL": self.tracker_url,
            **self.extra,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        return self.process

    def start(self) -> "RasaServer":
        """Start and wait until the door answers."""
        self.spawn()
        wait_for(self._is_up, START_TIMEOUT_S)
        return self

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        return self.get().status_code == 200

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process and wait for it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)

    def get(self) -> Any:
        """Ask for the state."""
        import requests

        return requests.get(f"http://127.0.0.1:{self.port}/webhooks/turn/", timeout=30)

    def post(self, path: str, body: Any = None, secret: str = SECRET, raw: bytes | None = None) -> Any:
        """Post to the door."""
        import requests

        data = raw if raw is not None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {secret}"}
        return requests.post(
            f"http://127.0.0.1:{self.port}/webhooks/turn/{path}", data=data, headers=headers, timeout=60
        )

    def say(self, sender: str, event_id: str, message: str, **more: Any) -> dict[str, Any]:
        """Run a turn that must succeed."""
        body = {"sender": sender, "event_id": event_id, "message": message, "channel": "web", "metadata": {}, **more}
        response = self.post("webhook", body)
        assert response.status_code == 200, (response.status_code, response.text)
        answer: dict[str, Any] = response.json()
        return answer
