"""A bad network: a proxy on loopback that loses, repeats, cuts, delays and slows down what tablets and server say.

Each request says in a header what is to happen to it, so that a run is decided by its seed and not by the proxy.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable

FAULTS = (
    "good",
    "lost request",
    "lost answer",
    "cut request",
    "cut answer",
    "reset",
    "twice",
    "twice at once",
    "late",
    "slow",
)
"""What may happen to a request; "late" ones arrive when somebody calls `deliver_late`."""
HEADER = "X-Fault"
TIMEOUT_S = 60
_RESET = struct.pack("ii", 1, 0)


class Network:
    """The proxy; tablets talk to its port."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._late: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def deliver_late(self) -> None:
        """Lets what was held up arrive, the newest first; nobody hears the answers."""
        late, self._late = self._late[::-1], []
        for request in late:
            with contextlib.suppress(OSError):
                self._ask(request)

    def _listen(self) -> None:
        while True:
            try:
                tablet, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(tablet,), daemon=True).start()

    def _handle(self, tablet: socket.socket) -> None:
        tablet.settimeout(TIMEOUT_S)
        with contextlib.suppress(OSError), tablet:
            head, body = _read_request(tablet)
            fault, head = _take_fault(head)
            _ACTIONS[fault](self, tablet, head, body)

    def _ask(self, request: bytes, *, pause_s: float = 0) -> bytes:
        """Gives the server's answer, whole."""
        with socket.create_connection(("127.0.0.1", self._server_port), timeout=TIMEOUT_S) as server:
            step = max(len(request) // 8, 1) if pause_s else len(request)
            for start in range(0, len(request), step):
                server.sendall(request[start : start + step])
                time.sleep(pause_s)
            return _read_all(server)

    def _good(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        tablet.sendall(self._ask(head + body))

    def _slow(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        tablet.sendall(self._ask(head + body, pause_s=0.003))

    def _lost_request(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        pass

    def _lost_answer(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        self._ask(head + body)

    def _cut_request(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._server_port), timeout=TIMEOUT_S) as server:
            server.sendall(head + body[: len(body) // 2])
            server.shutdown(socket.SHUT_WR)
            server.settimeout(2)
            with contextlib.suppress(OSError):
                server.recv(1)

    def _cut_answer(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        answer = self._ask(head + body)
        tablet.sendall(answer[: len(answer) * 2 // 3])

    def _reset(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        answer = self._ask(head + body)
        tablet.sendall(answer[: len(answer) // 3])
        tablet.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _twice(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        self._ask(head + body)
        self._good(tablet, head, body)

    def _twice_at_once(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        other = threading.Thread(target=lambda: _quietly(lambda: self._ask(head + body)))
        other.start()
        self._good(tablet, head, body)
        other.join()

    def _put_off(self, tablet: socket.socket, head: bytes, body: bytes) -> None:
        self._late.append(head + body)


_ACTIONS = {
    "good": Network._good,
    "lost request": Network._lost_request,
    "lost answer": Network._lost_answer,
    "cut request": Network._cut_request,
    "cut answer": Network._cut_answer,
    "reset": Network._reset,
    "twice": Network._twice,
    "twice at once": Network._twice_at_once,
    "late": Network._put_off,
    "slow": Network._slow,
}


def _quietly(ask: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):
        ask()


def _read_request(connection: socket.socket) -> tuple[bytes, bytes]:
    """Reads one request: its head, and as many bytes as the head says."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            raise ConnectionError("no request")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    n_bytes = int(lengths[0]) if lengths else 0
    while len(body) < n_bytes:
        piece = connection.recv(65_536)
        if not piece:
            raise ConnectionError("half a request")
        body += piece
    return head + b"\r\n\r\n", body


def _take_fault(head: bytes) -> tuple[str, bytes]:
    lines = head.split(b"\r\n")
    mark = HEADER.lower().encode() + b":"
    faults = [line.partition(b":")[2].strip().decode() for line in lines if line.lower().startswith(mark)]
    kept = [line for line in lines if not line.lower().startswith(mark)]
    return (faults or ["good"])[0], b"\r\n".join(kept)


def _read_all(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(65_536):
        pieces.append(piece)
    return b"".join(pieces)
