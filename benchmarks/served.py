"""Tiles and features over HTTP, one request after the other, beside tipg on PostGIS with the same features.

All give the same three fields; our tiles hold 4,000 features at most, one for a cell of a grid beyond that.
Time is that of the client; processor time is that of every process of the server, the database's among them.
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
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import psycopg

from benchmarks._serving import LAYER, feature_id, quantile, serving
from benchmarks.tiles import TILES, fill_postgis, make_points
from tests.postgres import find_programs, running_server

Ask = Callable[[int], str]
N_REQUESTS = 200
FIELDS = "properties=ledger_number,status,location_note"
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_CHANCE = random.Random(6)
PLACES = [(137 + _CHANCE.random(), 35 + _CHANCE.random()) for _ in range(N_REQUESTS)]
"""Corners of boxes in the thinly settled part."""


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
    items = "/collections/public.lights/items"
    theirs: dict[str, Ask] = {
        "tile, not cached": lambda number: _tile("/collections/public.lights/tiles/WebMercatorQuad", number, ""),
        "page of 100": lambda number: f"{items}?limit=100&offset={number * size // N_REQUESTS}",
        "box, at most 1,000": lambda number: f"{items}?limit=1000&{boxes[number]}",
        "by id": lambda number: f"{items}/{number * size // N_REQUESTS + 1}",
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        workspace = stack.enter_context(make_points(Path(folder) / "w", size))
        peer, programs = os.environ.get("BENCHMARK_TIPG"), find_programs()
        found: dict[str, float] = {}
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
            print("no peer: BENCHMARK_TIPG names no Python with tipg, or there is no PostGIS")
    with tempfile.TemporaryDirectory() as folder:
        make_points(Path(folder) / "w", size).close()
        with serving(Path(folder) / "w") as served:
            # The compiled encoder is loaded in the background.
            time.sleep(15)
            _measure("ours", "start", served.port, [served.pid], ours["tile, cached"])
            for name, ask in ours.items():
                cpu = _measure("ours", name, served.port, [served.pid], ask)
                if name in found:
                    print(f"{'':>28} tipg takes {found[name] / cpu:.1f} × our processor time", flush=True)


def _tile(base: str, number: int, suffix: str) -> str:
    tile = TILES[number % len(TILES)]
    return f"{base}/{tile.z}/{tile.x}/{tile.y}{suffix}"


def _measure(who: str, name: str, port: int, pids: list[int], ask: Ask) -> float:
    """Asks one after the other on one connection; prints and gives the milliseconds of processor time."""
    n_requests = len(TILES) if name == "tile, not cached" else N_REQUESTS
    connection, times, n_bytes = http.client.HTTPConnection("127.0.0.1", port, timeout=60), [], 0
    before = sum(map(_cpu_s, pids))
    for number in range(n_requests):
        start = time.perf_counter()
        connection.request("GET", ask(number), headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        n_bytes += len(answer.read())
        times.append((time.perf_counter() - start) * 1000)
        if answer.status not in (200, 204):
            raise SystemExit(f"{who}: {answer.status} for {ask(number)}")
    cpu = (sum(map(_cpu_s, pids)) - before) / n_requests * 1000
    print(
        f"{who:>5} {name:<22} p50 {statistics.median(times):7.2f} ms, p95 {quantile(times, 0.95):7.2f} ms,"
        f" processor {cpu:7.2f} ms, {n_bytes / n_requests / 1000:,.1f} kB",
        flush=True,
    )
    return max(cpu, _TICK_S * 1000 / n_requests)


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
        for _ in range(300):
            time.sleep(0.1)
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", "/collections?f=json")
                json.loads(connection.getresponse().read())
                break
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)
