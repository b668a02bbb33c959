"""Tiles and features over HTTP, on 16 connections at once, beside tipg on PostGIS with the same features.

All give the same three fields; our tiles hold 4,000 features at most, one for a cell of a grid beyond that.
Time is that of the client; processor time is that of every process of the server, the database's among them. What takes
little is asked by wrk where it is installed, of all alike, as a client in Python would be what is measured.
A tile that is kept is compared with nginx, which sends the same bytes from a file by one process.
`BENCHMARK_TIPG` names the Python of an environment with tipg and uvicorn; without it there is no peer.
"""

import contextlib
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg

from benchmarks import _serving
from benchmarks._hammer import NGINX, WRK, hammer, static_file
from benchmarks._points import TILES, fill_postgis, make_points
from benchmarks._serving import LAYER, START_LIMIT_S, feature_id, quantile, serving
from benchmarks._table import note, skip
from tests.postgres import find_programs, running_server

Ask = Callable[[int], str]
N_REQUESTS, N_CONNECTIONS = 200, 16
COLLECTION = "public.lights"
QUICK = ("tile, cached", "by id")
FIELDS = "properties=ledger_number,status,location_note"
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_CHANCE = random.Random(6)
ASKED = {"tile, not cached": 15, "page of 100": 20, "box, at most 1,000": 8, "by id": 10}
"""How many times as much the peer shall take."""
PLACES = [(137 + _CHANCE.random(), 35 + _CHANCE.random()) for _ in range(N_REQUESTS)]
"""Corners of boxes in the thinly settled part."""


class Measured(NamedTuple):
    """Milliseconds of the processor for an answer, and answers a second."""

    cpu_ms: float
    rate: float


def main() -> None:
    """Prints milliseconds of each kind of request, ours and the peer's, with their ratio."""
    size = int(os.environ.get("BENCHMARK_FEATURES", 100_000))
    base, corner = f"/layers/{LAYER}/features", (1_000 / size) ** 0.5
    boxes = [f"bbox={x + 1:.4f},{y:.4f},{x + 1 + corner:.4f},{y + corner:.4f}" for x, y in PLACES]
    ours: dict[str, Ask] = {
        "tile, not cached": lambda number: _tile(f"/tiles/{LAYER}", number, ".mvt"),
        "tile, cached": lambda number: _tile(f"/tiles/{LAYER}", 0, ".mvt"),
        "page of 100": lambda number: f"{base}?{FIELDS}&limit=100&after={number * size // N_REQUESTS}",
        "box, at most 1,000": lambda number: f"{base}?{FIELDS}&limit=1000&{boxes[number]}",
        "by id": lambda number: f"{base}/{feature_id(number * size // N_REQUESTS)}",
    }
    items = f"/collections/{COLLECTION}/items"
    theirs: dict[str, Ask] = {
        "tile, not cached": lambda number: _tile(f"/collections/{COLLECTION}/tiles/WebMercatorQuad", number, ""),
        "page of 100": lambda number: f"{items}?limit=100&offset={number * size // N_REQUESTS}",
        "box, at most 1,000": lambda number: f"{items}?limit=1000&{boxes[number]}",
        "by id": lambda number: f"{items}/{number * size // N_REQUESTS + 1}",
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        workspace = stack.enter_context(make_points(Path(folder) / "w", size))
        peer, programs = os.environ.get("BENCHMARK_TIPG"), find_programs()
        found: dict[str, Measured] = {}
        if peer and programs:
            url = stack.enter_context(running_server(programs))
            with psycopg.connect(url) as connection:
                fill_postgis(connection, workspace)
                connection.execute("ALTER TABLE lights ADD PRIMARY KEY (fid)")
                (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            postmaster = int(Path(data, "postmaster.pid").read_text().split()[0])
            with _tipg(peer, url) as (port, pid):
                found = {name: _measure("tipg", name, port, [pid, postmaster], ask) for name, ask in theirs.items()}
        else:
            skip("requests", "BENCHMARK_TIPG names no Python with tipg, or there is no PostGIS")
    with tempfile.TemporaryDirectory() as folder:
        make_points(Path(folder) / "w", size).close()
        with serving(Path(folder) / "w") as served:
            # The compiled encoder is loaded in the background.
            time.sleep(15)
            _measure("ours", "start", served.port, [served.pid], ours["tile, cached"])
            for name, ask in ours.items():
                measured = _measure("ours", name, served.port, [served.pid], ask)
                if name in found:
                    _compare(name, measured, found[name])
            if WRK and NGINX:
                taken = {"Accept-Encoding": "gzip"}
                status, content = _serving.ask(served.port, "GET", ours["tile, cached"](0), headers=taken)
                assert status == 200
                with static_file(content) as (port, pid):
                    file = _measure("nginx", "tile, cached", port, [pid], lambda number: "/tile")
                # Measured again: the machine may be busier than it was.
                kept = _measure("ours", "tile, cached", served.port, [served.pid], ours["tile, cached"])
                note("tile, cached, processor", *_told(kept, file, "nginx"), found=file.cpu_ms / kept.cpu_ms, asked=0.4)
                note("tile, cached, a second", *_rates(kept, file, "nginx"), found=kept.rate / file.rate, asked=0.4)
            else:
                skip("tile, cached", "nginx or wrk is not installed")
            skip("tile, cached", "tileserver-gl-light is not among what is run here")


def _compare(name: str, ours: Measured, theirs: Measured) -> None:
    note(f"{name}, processor", *_told(ours, theirs, "tipg"), found=theirs.cpu_ms / ours.cpu_ms, asked=ASKED[name])
    note(f"{name}, a second", *_rates(ours, theirs, "tipg"), found=ours.rate / theirs.rate, asked=ASKED[name])


def _told(ours: Measured, theirs: Measured, who: str) -> tuple[str, str]:
    return f"{who} {theirs.cpu_ms:.3f} ms", f"{ours.cpu_ms:.3f} ms"


def _rates(ours: Measured, theirs: Measured, who: str) -> tuple[str, str]:
    return f"{who} {theirs.rate:,.0f}/s", f"{ours.rate:,.0f}/s"


def _tile(base: str, number: int, suffix: str) -> str:
    tile = TILES[number % len(TILES)]
    return f"{base}/{tile.z}/{tile.x}/{tile.y}{suffix}"


def _measure(who: str, name: str, port: int, pids: list[int], ask: Ask) -> Measured:
    """Asks on some connections at once; prints and gives what it took."""
    if WRK and name in QUICK:
        return _hammered(who, name, port, pids, ask)
    # A tile is not cached but once; what takes little is asked often.
    n_requests = len(TILES) if name == "tile, not cached" else N_REQUESTS * (10 if name in QUICK else 1)
    local, before, start = threading.local(), sum(map(_cpu_s, pids)), time.perf_counter()

    def answer(number: int) -> tuple[float, int]:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asked = time.perf_counter()
        local.connection.request("GET", ask(number % N_REQUESTS), headers={"Accept-Encoding": "gzip"})
        got = local.connection.getresponse()
        n_bytes = len(got.read())
        if got.status not in (200, 204):
            raise SystemExit(f"{who}: {got.status} for {ask(number % N_REQUESTS)}")
        return (time.perf_counter() - asked) * 1000, n_bytes

    with ThreadPoolExecutor(N_CONNECTIONS) as askers:
        times, sizes = zip(*askers.map(answer, range(n_requests)), strict=True)
    took_s = time.perf_counter() - start
    cpu = (sum(map(_cpu_s, pids)) - before) / n_requests * 1000
    print(
        f"{who:>5} {name:<22} p50 {statistics.median(times):7.2f} ms, p95 {quantile([*times], 0.95):7.2f} ms,"
        f" processor {cpu:7.2f} ms, {n_requests / took_s:7.1f}/s, {sum(sizes) / n_requests / 1000:,.1f} kB",
        flush=True,
    )
    return Measured(max(cpu, _TICK_S * 1000 / n_requests), n_requests / took_s)


def _hammered(who: str, name: str, port: int, pids: list[int], ask: Ask) -> Measured:
    before = sum(map(_cpu_s, pids))
    n_answers, took_s = hammer(port, [ask(number) for number in range(N_REQUESTS)])
    cpu = (sum(map(_cpu_s, pids)) - before) / n_answers * 1000
    print(f"{who:>5} {name:<22} by wrk: processor {cpu:7.3f} ms, {n_answers / took_s:9.1f}/s", flush=True)
    return Measured(cpu, n_answers / took_s)


def _cpu_s(pid: int) -> float:
    """Processor time of a process, of its children, and of those that are gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) * _TICK_S + sum(_cpu_s(int(child)) for child in children)


@contextlib.contextmanager
def _tipg(python: str, url: str) -> Iterator[tuple[int, int]]:
    """Runs tipg over a database; gives its port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        # It takes the folder of a socket for a host in this form alone.
        "DATABASE_URL": f"postgresql://gis@{quote(url.partition('host=')[2], safe='')}/gis",
        "TIPG_TILE_BUFFER": "64",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
    }
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while not _answers(port):
            if process.poll() is not None:
                raise SystemExit(f"tipg ended by itself ({process.returncode}): what it said stands above")
            if time.monotonic() > deadline:
                raise SystemExit(f"tipg gives no collection {COLLECTION} after {START_LIMIT_S} s")
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    """Whether tipg runs and has found the collection."""
    try:
        status, content = _serving.ask(port, "GET", f"/collections/{COLLECTION}?f=json")
        return status == 200 and json.loads(content)["id"] == COLLECTION
    except (OSError, http.client.HTTPException, ValueError):
        return False
