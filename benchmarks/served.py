"""Tiles and features over HTTP, on 16 connections at once, beside tipg and pygeoapi on PostGIS with the same features.

All give the same three fields; our tiles hold 4,000 features at most, one for a cell of a grid beyond that.
Time is that of the client; processor time is that of every process of the server, the database's among them. What takes
little is asked by wrk where it is installed, of all alike, as a client in Python would be what is measured. A tile that
is not cached is asked of a server of ours that keeps none (`_keeping_nothing`); tipg never does.
Tiles that are kept are compared with nginx, which sends the same bytes from files by one process, and with
tileserver-gl-light, which finds them in a PMTiles file: those of all zooms in turn, and one of 9 kB alone, for which
what is sent counts for least. The peers but nginx are installed for the run (`_peers`).
"""

import http.client
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg

from benchmarks import _serving
from benchmarks._hammer import NGINX, WRK, hammer, static_files
from benchmarks._peer_servers import COLLECTION, PYGEOAPI_COLLECTION, pygeoapi, tileserver, tipg
from benchmarks._peers import PYGEOAPI, TILESERVER, TIPG, PeerMissingError, node_with, python_with
from benchmarks._points import MOST_OF_PEERS, TILES, boxes_of_thousand, fill_postgis, make_points
from benchmarks._serving import LAYER, START_LIMIT_S, Served, feature_id, quantile, serving
from benchmarks._table import note, skip
from gis_capture.tiles.archive import ArchiveWriter
from gis_capture.tiles.grid import Tile
from gis_capture.workspace import Workspace
from tests.postgres import find_programs, running_server

Ask = Callable[[int], str]
N_REQUESTS, N_CONNECTIONS = 200, 16
IDLE_S = 5
PEERS = {"tipg": (TIPG, tipg, COLLECTION), "pygeoapi": (PYGEOAPI, pygeoapi, PYGEOAPI_COLLECTION)}
CACHED = {"tile, cached": TILES, "small tile, cached": TILES[:1]}
UNCACHED = "tile, not cached"
QUICK = (*CACHED, "by id")
BY_WRK = (*QUICK, UNCACHED)
FIELDS = "properties=ledger_number,status,location_note"
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
ASKED = {UNCACHED: 15, "page of 100": 20, "box, at most 1,000": 8, "by id": 10}
"""How many times as much the peer shall take."""


class Measured(NamedTuple):
    """Milliseconds of the processor for an answer, and answers a second."""

    cpu_ms: float
    rate: float


def main() -> None:
    """Prints milliseconds of each kind of request, ours and the peer's, with their ratio."""
    size = min(int(os.environ.get("BENCHMARK_FEATURES", 100_000)), MOST_OF_PEERS)
    base, boxes = f"/layers/{LAYER}/features", boxes_of_thousand(size)
    ours: dict[str, Ask] = {
        **{name: partial(_tile, f"/tiles/{LAYER}", suffix=".mvt", tiles=tiles) for name, tiles in CACHED.items()},
        "page of 100": lambda number: f"{base}?{FIELDS}&limit=100&after={number * size // N_REQUESTS}",
        "box, at most 1,000": lambda number: f"{base}?{FIELDS}&limit=1000&{boxes[number]}",
        "by id": lambda number: f"{base}/{feature_id(number * size // N_REQUESTS)}",
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        workspace = stack.enter_context(make_points(Path(folder) / "w", size))
        found = _measure_peers(workspace, size, boxes)
    with tempfile.TemporaryDirectory() as folder:
        make_points(Path(folder) / "w", size).close()
        with serving(Path(folder) / "w") as served:
            _measure("ours", "start", served.port, [served.pid], ours["small tile, cached"])
            _wait_until_idle(served.pid)
            for name, ask in ours.items():
                measured = _measure("ours", name, served.port, [served.pid], ask)
                if name in found:
                    _compare(name, measured, found[name])
            _compare_kept(Path(folder), served, ours)
        with serving(Path(folder) / "w", "benchmarks._keeping_nothing") as served:
            _wait_until_idle(served.pid)
            measured = _measure("ours", UNCACHED, served.port, [served.pid], ours["tile, cached"])
            if UNCACHED in found:
                _compare(UNCACHED, measured, found[UNCACHED])


def _measure_peers(workspace: Workspace, size: int, boxes: list[str]) -> dict[str, dict[str, Measured]]:
    """What each of the servers of features takes, by kinds of requests and their names."""
    found: dict[str, dict[str, Measured]] = {}
    programs = find_programs()
    if programs is None:
        skip("requests", "PostGIS is not installed")
        return found
    with ExitStack() as stack:
        url = stack.enter_context(running_server(programs))
        with psycopg.connect(url) as connection:
            fill_postgis(connection, workspace)
            connection.execute("ALTER TABLE lights ADD PRIMARY KEY (fid)")
            (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        postmaster = int(Path(data, "postmaster.pid").read_text().split()[0])
        for who, (packages, serve, collection) in PEERS.items():
            asks = _asks_of_peer(f"/collections/{collection}/items", size, boxes)
            if who == "tipg":
                tiles = f"/collections/{collection}/tiles/WebMercatorQuad"
                asks |= {UNCACHED: partial(_tile, tiles, suffix="")}
            try:
                with serve(python_with(*packages), url) as (port, pid):
                    for name, ask in asks.items():
                        measured = _measure(who, name, port, [pid, postmaster], ask)
                        found.setdefault(name, {})[who] = measured
            except PeerMissingError as error:
                skip(f"requests, {who}", str(error))
    return found


def _asks_of_peer(items: str, size: int, boxes: list[str]) -> dict[str, Ask]:
    return {
        "page of 100": lambda number: f"{items}?limit=100&offset={number * size // N_REQUESTS}",
        "box, at most 1,000": lambda number: f"{items}?limit=1000&{boxes[number]}",
        "by id": lambda number: f"{items}/{number * size // N_REQUESTS + 1}",
    }


def _compare_kept(folder: Path, served: Served, ours: dict[str, Ask]) -> None:
    """Compares tiles that are kept with programs that send them from files."""
    if not WRK:
        skip("tile, cached", "wrk is not installed")
        return
    contents = []
    for number in range(len(TILES)):
        asked = ours["tile, cached"](number)
        status, content = _serving.ask(served.port, "GET", asked, headers={"Accept-Encoding": "gzip"})
        assert status == 200
        contents.append(content)

    def compare(who: str, named: str, port: int, pid: int, ask: Callable[..., str], least: float) -> None:
        for name, tiles in CACHED.items():
            theirs = _measure(who, name, port, [pid], partial(ask, tiles=tiles))
            # Measured again each time: the machine may be busier than it was.
            kept = _measure("ours", name, served.port, [served.pid], ours[name])
            note(f"{name}, processor", *_told(kept, theirs, named), found=theirs.cpu_ms / kept.cpu_ms, asked=least)
            note(f"{name}, a second", *_rates(kept, theirs, named), found=kept.rate / theirs.rate, asked=least)

    try:
        packages = node_with(*TILESERVER)
        archive = folder / "tiles.pmtiles"
        with ArchiveWriter(archive, tile_type="mvt") as writer:
            for tile, content in zip(TILES, contents, strict=True):
                writer.add(tile, content)
            told = {"name": "l", "format": "pbf", "vector_layers": [{"id": LAYER, "fields": {}}]}
            writer.finish(bounds=TILES[0].bbox(), metadata=told)
        with tileserver(packages, archive) as (port, pid):
            compare("light", "tileserver-gl-light", port, pid, partial(_tile, "/data/l", suffix=".pbf"), 80)
    except PeerMissingError as error:
        skip("tile, cached, tileserver-gl-light", str(error))
    if not NGINX:
        skip("tile, cached, nginx", "nginx is not installed")
        return
    with static_files(contents) as (port, pid):
        compare("nginx", "nginx", port, pid, lambda number, tiles: f"/{number % len(tiles)}", 0.4)


def _compare(name: str, ours: Measured, peers: dict[str, Measured]) -> None:
    """Notes the ratio to the best of the peers."""
    who, theirs = min(peers.items(), key=lambda one: one[1].cpu_ms)
    note(f"{name}, processor", *_told(ours, theirs, who), found=theirs.cpu_ms / ours.cpu_ms, asked=ASKED[name])
    who, theirs = max(peers.items(), key=lambda one: one[1].rate)
    note(f"{name}, a second", *_rates(ours, theirs, who), found=ours.rate / theirs.rate, asked=ASKED[name])


def _told(ours: Measured, theirs: Measured, who: str) -> tuple[str, str]:
    return f"{who} {theirs.cpu_ms:.3f} ms", f"{ours.cpu_ms:.3f} ms"


def _rates(ours: Measured, theirs: Measured, who: str) -> tuple[str, str]:
    return f"{who} {theirs.rate:,.0f}/s", f"{ours.rate:,.0f}/s"


def _tile(base: str, number: int, suffix: str, tiles: Sequence[Tile] = TILES) -> str:
    tile = tiles[number % len(tiles)]
    return f"{base}/{tile.z}/{tile.x}/{tile.y}{suffix}"


def _measure(who: str, name: str, port: int, pids: list[int], ask: Ask) -> Measured:
    """Asks on some connections at once; prints and gives what it took."""
    if WRK and name in BY_WRK:
        return _hammered(who, name, port, pids, ask)
    # What takes little is asked often.
    n_requests = N_REQUESTS * (10 if name in QUICK else 1)
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


def _wait_until_idle(pid: int) -> None:
    """Waits until the compiled encoder is loaded, in the background: a server that nobody asks does nothing else."""
    n_idle, deadline = 0, time.monotonic() + START_LIMIT_S
    while n_idle < IDLE_S and time.monotonic() < deadline:
        before = _cpu_s(pid)
        time.sleep(1)
        n_idle = n_idle + 1 if _cpu_s(pid) - before <= _TICK_S else 0


def _cpu_s(pid: int) -> float:
    """Processor time of a process, of its children, and of those that are gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # As Linux numbers the clock of a process; what it tells of itself is in hundredths of a second.
        own = time.clock_gettime(~pid << 3 | 2)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return own + sum(map(int, fields[13:15])) * _TICK_S + sum(_cpu_s(int(child)) for child in children)
