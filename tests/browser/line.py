"""A TCP line between browser and server that a test can cut and mend, like a phone in a lift."""

import contextlib
import socket
import threading
from types import TracebackType


class Line:
    """Forwards 127.0.0.1:port to the server; use as a context manager.

    Attributes:
        port: Where the browser connects.
        is_deaf: While true, what the browser sends arrives, but the answer is lost.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.port = 0
        self.is_deaf = False

    @property
    def url(self) -> str:
        """Address of the page through this line."""
        return f"http://127.0.0.1:{self.port}/"

    def mend(self) -> None:
        """Accept connections (again)."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        with self._lock:
            sockets, self._open = self._open, set()
            listener, self._listener = self._listener, None
        for each in (listener, *sockets):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()

    def __enter__(self) -> "Line":
        self.mend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                browser, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                return
            with self._lock:
                if self._listener is not listener:
                    browser.close()
                    server.close()
                    return
                self._open |= {browser, server}
            threading.Thread(target=self._copy, args=(browser, server, False), daemon=True).start()
            threading.Thread(target=self._copy, args=(server, browser, True), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_answer and self.is_deaf:
                    break
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        with self._lock:
            self._open -= {source, target}
