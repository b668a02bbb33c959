"""Clients that are slow, or pretend to be, keep nobody else waiting and are cut off."""

import io
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from gis_capture.server.slow_clients import MAX_BY_ADDRESS, Turnstile, waiting_aside
from gis_capture.workspace import Workspace
from tests.server.test_serving import START, free_port, wait_for

PATIENCE_S = 3
HEAD = b"POST /sync/push HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"


@pytest.fixture
def port(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A real server with two places at work, and little patience."""
    monkeypatch.setenv("GIS_CAPTURE_BLOCKING_THREADS", "2")
    monkeypatch.setenv("GIS_CAPTURE_SLOW_CLIENT_S", str(PATIENCE_S))
    path, port = workspace.path, free_port()
    workspace.close()
    process = subprocess.Popen([sys.executable, "-c", START, str(path), str(port)])
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much a connection has moved")
def test_bodies_that_do_not_come_keep_nobody_waiting_and_are_cut(port: int) -> None:
    """More of them than there are places: the others are answered at once; one that trickles is cut as well."""
    with socket.create_connection(("127.0.0.1", port)) as trickling:
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
        for connection in (*slow, trickling):
            connection.sendall(HEAD)
        began = time.monotonic()
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).status == 200
        assert time.monotonic() - began < 2
        is_cut = False
        while not is_cut and time.monotonic() - began < 6 * PATIENCE_S:
            try:
                trickling.sendall(b" ")
                time.sleep(0.3)
            except OSError:
                is_cut = True
        assert is_cut
        for connection in slow:
            connection.settimeout(3 * PATIENCE_S)
            with suppress(ConnectionError):
                connection.recv(100)
            connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much a connection has moved")
def test_a_steady_body_is_not_cut_though_it_takes_long(port: int) -> None:
    """A tablet on a thin line sends for longer than the patience lasts, and gets its answer."""
    with socket.create_connection(("127.0.0.1", port)) as thin:
        body = b"{" + b" " * 12_000 + b"}"
        thin.sendall(HEAD.replace(b"1000", str(len(body)).encode())[:-1])
        for start in range(0, len(body), 1_000):
            thin.sendall(body[start : start + 1_000])
            time.sleep(2.5 * PATIENCE_S / 12)
        thin.settimeout(10)
        assert thin.recv(12) == b"HTTP/1.1 400"


class Patient(io.RawIOBase):
    """A body that never comes, until it is told to end."""

    def __init__(self) -> None:
        self.is_over = threading.Event()

    def read(self, size: int = -1) -> bytes:
        """Waits."""
        self.is_over.wait(10)
        return b""


def test_an_address_that_keeps_many_waiting_gets_no_more() -> None:
    """Others do, and so does what has no body."""
    said: list[str] = []

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read(1)
        start("200 OK", [])
        return [b"read"]

    turnstile = Turnstile(app, n_places=1, patience_s=30)
    bodies = [Patient() for _ in range(MAX_BY_ADDRESS)]

    def ask(address: str, body: Any, **more: str) -> Iterable[bytes]:
        environ: dict[str, Any] = {"REMOTE_ADDR": address, "wsgi.input": body, "CONTENT_LENGTH": "9", **more}
        return turnstile(environ, lambda status, headers: said.append(status))

    threads = [threading.Thread(target=ask, args=("10.0.0.9", body)) for body in bodies]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while len(turnstile.slow()) < MAX_BY_ADDRESS and time.monotonic() < deadline:
        time.sleep(0.05)

    refused = b"".join(ask("10.0.0.9", io.BytesIO(b"x")))
    assert said == ["503 Unavailable"] and "しばらく".encode() in refused
    assert (ask("10.0.0.8", io.BytesIO(b"x")), said[-1]) == ([b"read"], "200 OK")
    assert ask("10.0.0.9", io.BytesIO(b""), CONTENT_LENGTH="0") == [b"read"]
    for body in bodies:
        body.is_over.set()
    for thread in threads:
        thread.join()
    assert (turnstile.slow(0), len(said)) == ([], MAX_BY_ADDRESS + 3)


def test_who_waits_for_another_process_leaves_its_place() -> None:
    """A tile that takes seconds to warp keeps no form from being saved; all else than the wait takes a place."""
    is_over, begun = threading.Event(), threading.Event()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            with waiting_aside(environ):
                begun.set()
                is_over.wait(20)
        start("200 OK", [])
        return [b"done"]

    turnstile = Turnstile(app, n_places=1, patience_s=30)
    answers: list[Iterable[bytes]] = []

    def ask(path: str) -> None:
        answers.append(turnstile({"PATH_INFO": path}, lambda *_: None))

    slow = [threading.Thread(target=ask, args=("/slow",)) for _ in range(3)]
    for thread in slow:
        thread.start()
    assert begun.wait(10)
    quick = threading.Thread(target=ask, args=("/quick",), daemon=True)
    quick.start()
    quick.join(10)
    assert (answers, turnstile.slow(0)) == ([[b"done"]], [])
    is_over.set()
    for thread in slow:
        thread.join(10)
    assert answers == [[b"done"]] * 4
    with waiting_aside({}):
        pass
