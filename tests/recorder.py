"""A capture of HTTP/1.1 on loopback: counts the bytes of each request and of its response."""

import re
import selectors
import socket
import threading
from collections import Counter
from types import TracebackType
from typing import Self

REQUEST = re.compile(rb"(?:GET|POST) (\S+) HTTP/1\.1\r\n")


class Recorder:
    """A context manager that relays connections to a port, and counts bytes by path.

    What follows a request on its connection belongs to the request, in both directions.
    """

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.up: Counter[str] = Counter()
        self.down: Counter[str] = Counter()
        self.received: dict[str, bytes] = {}  # what came back for each path
        self._selector = selectors.DefaultSelector()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(timeout=0.1):
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    key.data.pump(key.fileobj)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        pair = Pair(self, client, socket.create_connection(self._target))
        for end in (pair.client, pair.server):
            self._selector.register(end, selectors.EVENT_READ, pair)

    def forget(self, *ends: socket.socket) -> None:
        """Close both ends of a connection."""
        for end in ends:
            self._selector.unregister(end)
            end.close()


class Pair:
    """The two ends of a relayed connection."""

    def __init__(self, recorder: Recorder, client: socket.socket, server: socket.socket) -> None:
        self._recorder = recorder
        self.client, self.server = client, server
        self._path = ""

    def pump(self, source: socket.socket) -> None:
        """Relay what one end sent, and count it."""
        if source.fileno() < 0:
            return  # closed while this event was waiting
        try:
            data = source.recv(1 << 16)
            (self.server if source is self.client else self.client).sendall(data)
        except OSError:
            data = b""
        if not data:
            self._recorder.forget(self.client, self.server)
        elif source is self.client:
            if match := REQUEST.match(data):
                self._path = match[1].decode().partition("?")[0]
            self._recorder.up[self._path] += len(data)
        else:
            self._recorder.down[self._path] += len(data)
            received = self._recorder.received
            received[self._path] = received.get(self._path, b"") + data
