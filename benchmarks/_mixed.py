"""Three layers with all their attributes, 270,000 features: 300 tiles beside ST_AsMVT, starts, memory, edits."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
from shapely import Point

from benchmarks import _workload
from benchmarks._serving import n_runs, quantile
from benchmarks._started import start
from benchmarks._table import note, skip
from benchmarks._workload import LAYERS, feature_id, find_workload, make_workspace, read_tiles
from gis_capture.store.protocol import Author
from gis_capture.tiles import TileService
from gis_capture.tiles.encoder import load_kernel
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.workspace import Workspace
from tests.postgres import find_programs, running_server

N_EDITS = 200
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def measure() -> None:
    """Prints and notes the figures."""
    workload = find_workload()
    if workload is None:
        skip("three layers, 300 tiles", "the workload is not there")
        return
    tiles = read_tiles(workload)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        path = make_workspace(workload, folder)
        workspace = stack.enter_context(Workspace.open(path))
        n_features = sum(workspace.store.layer_info(key).n_features for key in LAYERS)
        _starts(path, folder, n_features, tiles[len(tiles) // 2])
        load_kernel()
        everything = 10**9
        service = TileService(workspace.store, folder / "cache", max_features=everything, max_bytes=everything)
        service.prepare()
        names = list(dict.fromkeys(field.name for key in LAYERS for field in workspace.store.layer(key).fields))
        ours = _mean_ms(tiles, lambda tile: service.encode([*LAYERS], *tile, fields=names), time.thread_time)
        programs = find_programs()
        if programs is None:
            skip("tile of three layers", "PostGIS is not installed")
        else:
            connection = stack.enter_context(psycopg.connect(stack.enter_context(running_server(programs))))
            statements = _workload.fill_postgis(connection, workspace)
            pid = connection.info.backend_pid

            def ask(tile: Tile) -> None:
                for statement in statements:
                    connection.execute(f"EXECUTE {statement} ({tile.z}, {tile.x}, {tile.y})").fetchone()

            theirs = _mean_ms(tiles, ask, lambda: _worked_s(pid))
            told = (f"ST_AsMVT {theirs:.2f} ms", f"{ours:.2f} ms")
            note("tile of three layers, processor", *told, found=theirs / ours, asked=12)
        edits = [_edit_ms(workspace, service, number) for number in range(N_EDITS)]
        told = ("–", f"p50 {statistics.median(edits):.2f} ms")
        note(f"edit to tile, {n_features:,}", *told, found=quantile(edits, 0.95), asked=5, unit="ms p95", is_most=True)


def _mean_ms(tiles: list[Tile], encode: Callable[[Tile], object], clock: Callable[[], float]) -> float:
    """The mean of the processor's time, after a first round that is not measured."""
    for tile in tiles:
        encode(tile)
    n_rounds, start = n_runs(3), clock()
    for _ in range(n_rounds):
        for tile in tiles:
            encode(tile)
    return (clock() - start) / n_rounds / len(tiles) * 1000


def _starts(path: Path, folder: Path, n_features: int, tile: Tile) -> None:
    """The first start makes the columns, the next one maps them."""
    for name, asked in (("cold", 5.0), ("warm", 1.5)):
        took, worked, kib, _ = start(path, folder / "starts", list(LAYERS), tile)
        ours = f"{worked:.2f} s of the processor"
        note(f"{name} start, {n_features:,}", "–", ours, found=took, asked=asked, unit="s", is_most=True)
    note("resident after it", "–", f"{kib / 1024:.0f} MiB", found=kib * 1024 / n_features / 1000, asked=0.5,
         unit="kB a feature", is_most=True)  # fmt: skip


def _worked_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) * _TICK_S


def _edit_ms(workspace: Workspace, service: TileService, number: int) -> float:
    """Edits a point; gives the milliseconds until its tile is there."""
    key, note_ = "facilities", f"第{number}号"
    feature = workspace.store.feature(key, feature_id(key, number * 397))
    assert feature is not None and isinstance(feature.geometry, Point)
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.update(replace(feature, fields={**feature.fields, "note": note_}))
    tile = tile_at(feature.geometry.x, feature.geometry.y, 16)
    start = time.perf_counter()
    content = service.encode([key], *tile, fields=["note"])
    took = time.perf_counter() - start
    assert note_.encode() in content
    return took * 1000
