"""Vector tiles of a layer of points, encoded and packed, beside ST_AsMVT of PostGIS on the same features and tiles.

The tiles hold the same 10,000 features whatever the size of the layer, so that growth shows what the rest of it costs.
All attributes are in the tiles of both. PostGIS packs nothing; its time is that of one connection, prepared.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
from shapely import Point

from benchmarks._serving import LAYER, feature_id, n_runs, quantile
from gis_capture.model import Feature
from gis_capture.store.protocol import Author
from gis_capture.tiles import TileService
from gis_capture.tiles.encoder import load_kernel
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.service import pack
from gis_capture.workspace import Workspace
from tests.postgres import find_programs, running_server

N_SEEN = 10_000
SIZES = (10_000, 100_000, 1_000_000)
TILES = sorted({tile_at(137.2 + i / 300, 36.1 + j / 300, z) for z in range(11, 17) for i in range(3) for j in range(3)})
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
    programs, means = find_programs(), []
    for size in (one for one in SIZES if one <= largest):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            means.append(_measure(size, folder, stack, programs))
    print(f"the largest layer takes {means[-1] / means[0]:.2f} × the time of the smallest")


def _measure(size: int, folder: str, stack: ExitStack, programs: Path | None) -> float:
    """Prints the figures of one size; gives the milliseconds of a tile."""
    workspace = stack.enter_context(make_points(Path(folder) / "w", size))
    start = time.perf_counter()
    _service(workspace, folder).encode([LAYER], *TILES[0])
    cold = time.perf_counter() - start
    start = time.perf_counter()
    service = _service(workspace, folder)
    service.encode([LAYER], *TILES[0])
    warm = time.perf_counter() - start
    names = [field.name for field in workspace.store.layer(LAYER).fields]
    ours = _mean_ms(lambda tile: service.encode([LAYER], *tile, fields=names))
    packed = _mean_ms(lambda tile: pack(service.encode([LAYER], *tile, fields=names)))
    edits = [_edit_ms(workspace, service, number) for number in range(100)]
    print(
        f"{size:>9,} features: tile {ours:.3f} ms, packed {packed:.3f} ms; start {cold:.2f} s, again {warm:.2f} s;"
        f" edit to tile p50 {statistics.median(edits):.2f} ms, p95 {quantile(edits, 0.95):.2f} ms",
        flush=True,
    )
    if programs is None:
        print("PostGIS is not installed")
        return ours
    connection = stack.enter_context(psycopg.connect(stack.enter_context(running_server(programs))))
    fill_postgis(connection, workspace)
    theirs = _mean_ms(lambda tile: connection.execute(MVT, (*tile, *tile), prepare=True).fetchone())
    print(f"{'':>9} PostGIS ST_AsMVT {theirs:.3f} ms, {theirs / ours:.1f} × ours", flush=True)
    return ours


def _service(workspace: Workspace, folder: str) -> TileService:
    everything = 10**9
    return TileService(workspace.store, Path(folder) / "cache", max_features=everything, max_bytes=everything)


def make_points(path: Path, n_features: int) -> Workspace:
    """Makes a workspace with a layer of points, the first ones in a town."""
    chance = random.Random(2026)

    def place(number: int) -> Point:
        west, south = (137.2, 36.1) if number < N_SEEN else (138.0, 35.0)
        width = 0.01 if number < N_SEEN else 1.0
        return Point(west + chance.random() * width, south + chance.random() * width)

    lights = (
        Feature(
            LAYER,
            feature_id(number),
            place(number),
            {"ledger_number": f"A-{number:07d}", "status": "点灯", "location_note": f"見本市本町{number % 900}番地"},
        )
        for number in range(n_features)
    )
    workspace = Workspace.create(path, name="見本市")
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.put_layer(workspace.known_layer(LAYER))
        transaction.insert(lights)
    return workspace


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


def _edit_ms(workspace: Workspace, service: TileService, number: int) -> float:
    feature = workspace.store.feature(LAYER, feature_id(number))
    assert feature is not None and isinstance(feature.geometry, Point)
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.update(replace(feature, fields={**feature.fields, "location_note": f"第{number}号"}))
    tile = tile_at(feature.geometry.x, feature.geometry.y, 16)
    start = time.perf_counter()
    content = service.encode([LAYER], *tile, fields=["location_note"])
    seconds = time.perf_counter() - start
    assert f"第{number}号".encode() in content
    return seconds * 1000


def fill_postgis(connection: psycopg.Connection[tuple[object, ...]], workspace: Workspace) -> None:
    """Copies the points into a table of PostGIS."""
    connection.execute(
        "CREATE TABLE lights (fid bigint, feature_id text, ledger_number text, status text, location_note text,"
        " geom geometry(Point, 3857))"
    )
    connection.execute("CREATE TEMP TABLE raw (LIKE lights INCLUDING ALL)")
    connection.execute("ALTER TABLE raw ALTER COLUMN geom TYPE geometry(Point, 4326) USING NULL")
    names = ("ledger_number", "status", "location_note")
    with connection.cursor() as cursor, cursor.copy("COPY raw FROM STDIN") as copy:
        for fid, feature in workspace.store.numbered_features(LAYER):
            values = [feature.fields[name] for name in names]
            copy.write_row((fid, feature.feature_id, *values, f"SRID=4326;{feature.geometry}"))
    connection.execute("INSERT INTO lights SELECT fid, feature_id, ledger_number, status, location_note,"
                       " ST_Transform(geom, 3857) FROM raw")  # fmt: skip
    connection.execute("CREATE INDEX ON lights USING gist (geom)")
    connection.execute("SET jit = off")
    connection.execute("ANALYZE lights")
