"""Vector tiles of a layer of points, encoded and packed, beside ST_AsMVT of PostGIS on the same features and tiles.

The tiles hold the same 10,000 features whatever the size of the layer, so that growth shows what the rest of it costs.
All attributes are in the tiles of both. PostGIS packs nothing; its time is that of one connection, prepared.
A pyramid of them as one file is made beside tippecanoe. What the other benchmarks of tiles and features find is told
with it in one table at the end. `BENCHMARK_FEATURES` names the largest size; ten million, which are not given to the
peers, take ten minutes and 10 GB of the disk.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import psycopg
from shapely import Point

from benchmarks import _mixed, _pyramid, raster, served
from benchmarks._points import MOST_OF_PEERS, TILES, boxes_of_thousand, fill_postgis, make_points
from benchmarks._serving import LAYER, answer, feature_id, n_runs, quantile
from benchmarks._started import start
from benchmarks._table import note
from gis_capture.server import create_app
from gis_capture.store.protocol import Author
from gis_capture.tiles import TileService
from gis_capture.tiles.encoder import load_kernel
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.packing import pack
from gis_capture.workspace import Workspace
from tests.postgres import find_programs, running_server

Asked = TypeVar("Asked")
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
MVT = """
SELECT ST_AsMVT(t, 'l', 4096, 'geom', 'fid') FROM (
  SELECT fid, feature_id, ledger_number, status, location_note,
    ST_AsMVTGeom(geom, ST_TileEnvelope(%s, %s, %s), 4096, 64) AS geom
  FROM lights WHERE geom && ST_TileEnvelope(%s, %s, %s, margin => 64.0 / 4096)) t
"""


def main() -> None:
    """Prints milliseconds of a tile for each size, those of PostGIS, of a start, and from an edit to its tile."""
    largest = int(os.environ.get("BENCHMARK_FEATURES", SIZES[1]))
    load_kernel()
    programs, found = find_programs(), []
    for size in (one for one in SIZES if one <= largest):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            found.append((size, _measure(size, folder, stack, programs)))
    # In the smallest layer a box holds fewer than a thousand.
    for kind, first in (("tile", 0), ("box of 1,000", 1), ("by id", 0)):
        few, many = found[min(first, len(found) - 1)], found[-1]
        grown = (f"{few[0]:,}: {few[1][kind]:.2f} ms", f"{many[0]:,}: {many[1][kind]:.2f} ms")
        note(f"growth, {kind}", *grown, found=many[1][kind] / few[1][kind], asked=1.5, is_most=True)
    # What is smaller is one piece, of which less is needed.
    peaks = [(size, figures["peak"]) for size, figures in found if size >= 1_000_000]
    if len(peaks) > 1:
        told = [f"{size:,}: {mib:.0f} MiB" for size, mib in peaks]
        note("memory to make columns", *told[:2], found=peaks[1][1] / peaks[0][1], asked=1.5, is_most=True)
    _mixed.measure()
    served.main()
    raster.main()


def _measure(size: int, folder: str, stack: ExitStack, programs: Path | None) -> dict[str, float]:
    """Prints the figures of one size; gives milliseconds of the processor by kind, and MiB of a start as `peak`."""
    began = time.perf_counter()
    workspace = stack.enter_context(make_points(Path(folder) / "w", size))
    filled = time.perf_counter() - began
    cold, warm = (start(Path(folder) / "w", Path(folder) / "cache", [LAYER], TILES[0]) for _ in range(2))
    everything = 10**9
    cache = Path(folder) / "cache"
    service = TileService(workspace.store, cache, max_features=everything, max_bytes=everything)
    names = [field.name for field in workspace.store.layer(LAYER).fields]
    ours = _mean_ms(lambda tile: service.encode([LAYER], *tile, fields=names))
    packed = _mean_ms(lambda tile: pack(service.encode([LAYER], *tile, fields=names)))
    edits, worked = zip(*(_edit_ms(workspace, service, number) for number in range(200)), strict=True)
    print(
        f"{size:>10,} features, filled in {filled:.0f} s: tile {ours:.3f} ms, packed {packed:.3f} ms;"
        f" start {cold.took_s:.2f} s with at most {cold.peak_kib / 1024:.0f} MiB, again {warm.took_s:.2f} s, resident"
        f" {warm.resident_kib / 1024:.0f} MiB, {warm.resident_kib * 1024 / size:.0f} bytes a feature;"
        f" edit to tile p50 {statistics.median(edits):.2f} ms, p95 {quantile([*edits], 0.95):.2f} ms,"
        f" of the processor {statistics.median(worked):.2f} and {quantile([*worked], 0.95):.2f} ms;"
        f" {_n_bytes(cache) / size:.0f} bytes a feature in the columns",
        flush=True,
    )
    app, base, boxes = create_app(workspace), f"/layers/{LAYER}/features", boxes_of_thousand(size)
    ids = [feature_id(number * size // len(boxes)) for number in range(len(boxes))]
    figures = {
        "tile": _cpu_ms(TILES, lambda tile: service.encode([LAYER], *tile, fields=names)),
        "box of 1,000": _cpu_ms(boxes, lambda box: answer(app, base, f"{box}&limit=1000")),
        "by id": _cpu_ms(ids, lambda one: answer(app, f"{base}/{one}")),
    }
    told = ", ".join(f"{kind} {ms:.3f} ms" for kind, ms in figures.items())
    print(f"{'':>10} of the processor: {told}", flush=True)
    figures["peak"] = cold.peak_kib / 1024
    _pyramid.measure(workspace, Path(folder))
    if programs is None or size > MOST_OF_PEERS:
        print("PostGIS is not installed" if programs is None else f"{'':>10} without PostGIS, tippecanoe and servers")
        return figures
    connection = stack.enter_context(psycopg.connect(stack.enter_context(running_server(programs))))
    fill_postgis(connection, workspace)
    theirs = _mean_ms(lambda tile: connection.execute(MVT, (*tile, *tile), prepare=True).fetchone())
    print(f"{'':>10} PostGIS ST_AsMVT {theirs:.3f} ms, {theirs / ours:.1f} × ours", flush=True)
    return figures


def _mean_ms(encode: Callable[[Tile], object]) -> float:
    """The mean over the tiles of the best of some runs."""
    best = []
    for tile in TILES:
        times = []
        for _ in range(n_runs(3)):
            start = time.perf_counter()
            encode(tile)
            times.append(time.perf_counter() - start)
        best.append(min(times) * 1000)
    return statistics.mean(best)


def _cpu_ms(asked: Sequence[Asked], ask: Callable[[Asked], object]) -> float:
    """The mean of the processor's time, the best of some rounds."""
    rounds = []
    for _ in range(n_runs(3)):
        start = time.process_time()
        for one in asked:
            ask(one)
        rounds.append((time.process_time() - start) / len(asked) * 1000)
    return min(rounds)


def _n_bytes(cache: Path) -> int:
    """The size of the columns, which are mapped into memory."""
    return sum(path.stat().st_size for path in cache.glob("*.columns"))


def _edit_ms(workspace: Workspace, service: TileService, number: int) -> tuple[float, float]:
    """Edits a feature; gives the milliseconds until its tile is there, and those of the processor."""
    feature = workspace.store.feature(LAYER, feature_id(number))
    assert feature is not None and isinstance(feature.geometry, Point)
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.update(replace(feature, fields={**feature.fields, "location_note": f"第{number}号"}))
    tile = tile_at(feature.geometry.x, feature.geometry.y, 16)
    start, worked = time.perf_counter(), time.thread_time()
    content = service.encode([LAYER], *tile, fields=["location_note"])
    seconds, worked = time.perf_counter() - start, time.thread_time() - worked
    assert f"第{number}号".encode() in content
    return seconds * 1000, worked * 1000
