"""Keeps clients that are slow, or pretend to be, from keeping all others waiting.

A thread that waits for bytes of a request, or for a client to take its answer, leaves its place at work to another
one, as does one that says that it waits for another process. An address that already keeps several waiting gets no
more; and who moves hardly a byte is cut off.
"""

import json
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from gis_capture.cores import LongWork
from gis_capture.server.errors import TITLES, problem_body
from gis_capture.text import Text

N_WAITING = 24
"""Threads beyond those at work, which can wait for clients."""
MAX_BY_ADDRESS = N_WAITING // 3
SLOW_AFTER_S = 2.0
"""A wait that is longer counts as one for a slow client."""
N_LOOKS = 3
"""How often it is looked within that time."""
LEAST_BYTES = 1_000
"""Who moves fewer of them within the time that is given to slow clients is cut off."""
_ASIDE = "gis_capture.aside"
_BUSY = Text(
    "この端末からの通信が多すぎます。しばらくしてから、もう一度送ってください。",
    "Too many slow requests come from this address: send it again in a while.",
)
# struct tcp_info of Linux: two counters of 64 bits, of what the other side has got and of what came from it.
_COUNTERS = (slice(120, 128), slice(128, 136))
_TCP_INFO_BYTES = 136
Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Turnstile:
    """Stands before an app, and lets so many threads work at once.

    Args:
        app: What answers.
        n_places: How many may work.
        patience_s: How long a client may move hardly a byte.
    """

    def __init__(self, app: Wsgi, *, n_places: int, patience_s: float) -> None:
        self._app, self.patience_s = app, patience_s
        # A semaphore of `threading` is code of the interpreter, which costs more than all the rest of a kept answer.
        self._places = queue.SimpleQueue[None]()
        for _ in range(n_places):
            self._places.put(None)
        self._work = LongWork()
        self._waits: dict[int, tuple[str, float]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answers a request when there is a place."""
        address = environ.get("REMOTE_ADDR") or ""
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            if self.slow().count(address) >= MAX_BY_ADDRESS:
                return _refused(start_response)
            environ["wsgi.input"] = _Body(environ["wsgi.input"], self, address)
        environ[_ASIDE] = self.aside
        self._enter()
        try:
            answer = self._app(environ, start_response)
        finally:
            self._leave()
        return answer if isinstance(answer, list) else _Answer(answer, self, address)

    def slow(self, for_s: float = SLOW_AFTER_S) -> list[str]:
        """The addresses of all clients that have been waited for so long, each as often as it is."""
        before_s = time.monotonic() - for_s
        return [address for address, since_s in list(self._waits.values()) if since_s <= before_s]

    def note_wait(self, key: object, address: str) -> None:
        """Somebody, known by the `key`, waits for a client from now on."""
        self._waits[id(key)] = address, time.monotonic()

    def end_wait(self, key: object) -> None:
        """It waits no longer."""
        self._waits.pop(id(key), None)

    @contextmanager
    def waiting(self, key: object, address: str) -> Iterator[None]:
        """Leaves the place of the present thread while it waits for a client."""
        self._leave()
        self.note_wait(key, address)
        try:
            yield
        finally:
            self.end_wait(key)
            self._enter()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leaves the place of the present thread while it waits for something else than a client."""
        self._leave()
        try:
            yield
        finally:
            self._enter()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Takes a place."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        self._places.get()
        self._work.begin()

    def _leave(self) -> None:
        self._work.end()
        self._places.put(None)

    def watch(self) -> None:
        """Begins to cut off who moves hardly a byte, and to spread long work, where the system can (Linux)."""
        self._work.watch()
        if sys.platform == "linux":
            threading.Thread(target=self._watch, name="slow-clients", daemon=True).start()

    def _watch(self) -> None:
        seen: list[dict[int, int]] = [{}] * N_LOOKS
        while True:
            time.sleep(self.patience_s / N_LOOKS)
            seen = [*seen[1:], self._look(seen[0], set(self.slow(self.patience_s)))]

    @staticmethod
    def _look(before: dict[int, int], slow: set[str]) -> dict[int, int]:
        """Cuts those off that keep somebody waiting and have not moved since; gives what each has moved so far."""
        moved = {}
        for key, n_bytes, peer, connection in _connections():
            moved[key] = n_bytes
            if peer in slow and key in before and n_bytes - before[key] < LEAST_BYTES:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        return moved


def waiting_aside(environ: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Lets others work while the thread of a request waits for another process in the block."""
    aside: Callable[[], AbstractContextManager[None]] = environ.get(_ASIDE, nullcontext)
    return aside()


class _Body:
    """The body of a request; waiting for it takes no place."""

    def __init__(self, body: Any, turnstile: Turnstile, address: str) -> None:
        self._body, self._turnstile, self._address = body, turnstile, address

    def read(self, size: int = -1) -> bytes:
        """Reads so many bytes, fewer where the body ends."""
        with self._turnstile.waiting(self, self._address):
            return bytes(self._body.read(size) if size >= 0 else self._body.read())

    def readline(self, size: int = -1) -> bytes:
        """Reads a line."""
        with self._turnstile.waiting(self, self._address):
            return bytes(self._body.readline(size) if size >= 0 else self._body.readline())

    def __iter__(self) -> Iterator[bytes]:
        """Gives the lines."""
        return iter(self.readline, b"")


class _Answer:
    """An answer in pieces; making one takes a place, waiting until it is taken does not."""

    def __init__(self, pieces: Iterable[bytes], turnstile: Turnstile, address: str) -> None:
        self._pieces, self._turnstile, self._address = pieces, turnstile, address
        self._next = iter(pieces).__next__

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._turnstile.end_wait(self)
        with self._turnstile.working():
            piece = self._next()
        self._turnstile.note_wait(self, self._address)
        return piece

    def close(self) -> None:
        """Ends it."""
        self._turnstile.end_wait(self)
        if close := getattr(self._pieces, "close", None):
            close()


def _connections() -> Iterator[tuple[int, int, str, socket.socket]]:
    """The connections of this process: a key, bytes both ways so far, the peer's address, and a handle of its own."""
    for name in Path("/proc/self/fd").iterdir():
        with suppress(OSError, ValueError):
            if not str(name.readlink()).startswith("socket:"):
                continue
            with socket.fromfd(int(name.name), socket.AF_INET6, socket.SOCK_STREAM) as connection:
                key, peer = hash(name.readlink()), connection.getpeername()
                if not isinstance(peer, tuple):
                    # Of this machine alone, between processes.
                    continue
                told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
                n_bytes = sum(int.from_bytes(told[part], sys.byteorder) for part in _COUNTERS)
                yield key, n_bytes, str(peer[0]), connection


def _refused(start_response: Start) -> list[bytes]:
    body = json.dumps(problem_body(503, "too_many_slow", _BUSY, "ja"), ensure_ascii=False).encode()
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    start_response(f"503 {TITLES[503].en}", [*headers, ("Retry-After", "30"), ("Cache-Control", "no-store")])
    return [body]
