"""A real server over a workspace of street lights, and what its processes use."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from shapely import Point

from gis_capture.model import Feature, PositionQuality
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace

LAYER = "street_light"
START_LIMIT_S = 60


def make_workspace(path: Path, n_features: int) -> None:
    """Makes a workspace with a layer of so many lights; always the same ones."""
    chance = random.Random(2026)
    with Workspace.create(path, name="見本市") as workspace:
        lights = (
            Feature(
                LAYER,
                feature_id(number),
                Point(137 + chance.random() / 3, 36 + chance.random() / 3),
                {
                    "ledger_number": f"A-{number:07d}",
                    "status": "点灯",
                    "location_note": f"見本市本町{number % 900}番地",
                },
                position=PositionQuality("coordinates", 1.0),
            )
            for number in range(n_features)
        )
        with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
            transaction.put_layer(workspace.known_layer(LAYER))
            transaction.insert(lights)


def feature_id(number: int) -> str:
    """The id of a light."""
    return str(uuid.UUID(int=number, version=4))


@contextlib.contextmanager
def serving(path: Path, program: str = "gis_capture") -> Iterator["Served"]:
    """Serves a workspace by `gis-capture serve` for a block; `program` is the module that is run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", program, "serve", "--workspace", str(path), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            with contextlib.suppress(OSError):
                ask(port, "GET", "/health")
                break
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the server did not start")
            time.sleep(0.1)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


class Served:
    """A server that runs."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid

    def peak_mib(self) -> float:
        """Peak memory of the process that serves, in MiB; NaN where the system does not tell."""
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            return max(_peak_kib(pid) for pid in [str(self.pid), *children]) / 1024
        except OSError:
            return float("nan")

    def reset_peak(self) -> None:
        """Begins to measure the peak anew."""
        with contextlib.suppress(OSError):
            for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
                Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_kib(pid: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def ask(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Makes one request; gives status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def answer(app: Flask, path: str, query: str = "") -> bytes:
    """Asks an app in its own process, as a server calls it; gives the body."""
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_ACCEPT_ENCODING": "gzip"}
    environ |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "wsgi.url_scheme": "http"}
    seen: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], failed: object = None) -> Callable[[bytes], object]:
        seen.append(status)
        return lambda content: None

    body = b"".join(app.wsgi_app(environ, start))
    assert seen == ["200 OK"], seen
    return body


def quantile(values: list[float], share: float) -> float:
    """The value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1))]


def n_runs(default: int) -> int:
    """How often to measure; `BENCHMARK_RUNS` says otherwise."""
    return int(os.environ.get("BENCHMARK_RUNS", default))
