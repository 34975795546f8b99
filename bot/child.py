"""Child processes that never outlive us: own process group, killed by the kernel when their parent dies."""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
# A log line longer than this is cut by the reader, not the process.
LINE_LIMIT_BYTES = 1 << 20
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Launch:
    """What to start. ``env`` None inherits ours; otherwise the child sees only what it names."""

    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str] | None = None


def _die_with_parent() -> None:
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


async def spawn(launch: Launch) -> asyncio.subprocess.Process:
    """Start a child with standard output and error on one pipe.

    Call it from the main thread: the kernel ties the child's life to the thread that started it.

    Raises:
        OSError: If the program cannot be started.
    """
    return await asyncio.create_subprocess_exec(
        *launch.command,
        cwd=launch.cwd,
        env=launch.env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_die_with_parent,
        limit=LINE_LIMIT_BYTES,
    )


async def stop(process: asyncio.subprocess.Process, grace_s: float = 8.0) -> None:
    """Ask the child's group to end, kill it after ``grace_s`` seconds, and wait until it is gone."""
    if process.returncode is None:
        signal_group(process, signal.SIGTERM)
        try:
            async with asyncio.timeout(grace_s):
                await process.wait()
        except TimeoutError:
            signal_group(process, signal.SIGKILL)
            await process.wait()
    # Whatever it started and left behind.
    signal_group(process, signal.SIGKILL)


def signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal to the child and everything it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def is_port_free(host: str, port: int) -> bool:
    """Say whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do: a port that only waits for its last connections to time out counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Give a port of the loopback interface that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
