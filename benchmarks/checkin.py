"""Checking in 1,000 edits of a GeoPackage of 100,000 rows, beside the bare rebase of pygeodiff over the same files.

Two files were cut from one: one has 1,200 edits of others, ours 1,000, and 100 of them clash. pygeodiff rebases ours
on the other: rows by number, no authors, no receipts. We find out which feature each row is, compare, and push the
difference through the same door as a tablet's: checked, merged, with history, conflict records and receipts.
Wall-clock and processor time are both given, because a machine that is shared shows in the first.
"""

import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pygeodiff  # type: ignore[import-untyped]
from shapely import Point

from gis_capture.geopackage.connection import connect
from gis_capture.model import Feature
from gis_capture.store.checkout import read_checkout
from gis_capture.store.protocol import Author
from gis_capture.sync.checkin import plan_checkin
from gis_capture.workspace import Workspace

N_ROWS = 100_000
N_THEIRS, N_MINE, N_BOTH = 1_200, 1_000, 100
N_RUNS = 5
LAYER = "street_light"

Timed = tuple[float, float]
"""Seconds: wall clock, processor."""


def main() -> None:
    """Prints the medians, and the ratio of ours to the rebase."""
    n_rows = int(os.environ.get("BENCHMARK_ROWS", N_ROWS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make(folder, n_rows)
        figures: dict[str, list[Timed]] = {"pygeodiff rebase": [], "gis-capture checkin": [], "  of it comparing": []}
        for _ in range(N_RUNS):
            figures["pygeodiff rebase"].append(_rebase(folder))
            whole, comparing = _check_in(folder)
            figures["gis-capture checkin"].append(whole)
            figures["  of it comparing"].append(comparing)
    print(f"{n_rows:,} rows, {N_MINE:,} edits on {N_THEIRS:,} of others, {N_BOTH} clashing; median of {N_RUNS} runs")
    bare = _medians(figures["pygeodiff rebase"])
    for what, runs in figures.items():
        wall_s, cpu_s = _medians(runs)
        ratio = (
            "" if what.startswith("pygeodiff") else f"  {wall_s / bare[0]:.2f} × / {cpu_s / bare[1]:.2f} × the rebase"
        )
        print(f"{what:20} {wall_s:6.2f} s wall {cpu_s:6.2f} s processor{ratio}")


def _make(folder: Path, n_rows: int) -> None:
    """Makes a workspace, hands a file out twice, edits both, and checks the first one in."""
    with Workspace.create(folder / "workspace") as workspace:
        chance = random.Random(2026)
        lights = (
            Feature(
                LAYER,
                workspace.new_id(),
                Point(137 + chance.random() / 3, 36 + chance.random() / 3),
                {
                    "ledger_number": f"A-{number:06}",
                    "status": "点灯",
                    "power_w": 20.0,
                    "address": f"本町{number % 900}番",
                },
            )
            for number in range(n_rows)
        )
        with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
            transaction.put_layer(workspace.known_layer(LAYER))
            transaction.insert(lights)
        workspace.checkout(folder / "theirs.gpkg", [LAYER])
        workspace.checkout(folder / "mine.gpkg", [LAYER])
        newest = workspace.checkouts.list()[0]
        shutil.copyfile(workspace.checkouts.path_of(newest.checkout_id), folder / "base.gpkg")
        fids = chance.sample(range(1, n_rows + 1), N_THEIRS + N_MINE - N_BOTH)
        _edit(folder / "theirs.gpkg", fids[:N_THEIRS], "撤去")
        _edit(folder / "mine.gpkg", fids[N_THEIRS - N_BOTH :], "球切れ")
        workspace.checkin(folder / "theirs.gpkg")


def _edit(path: Path, fids: list[int], status: str) -> None:
    """Gives each row another status, and every fourth another place."""
    with closing(connect(path)) as connection:
        connection.execute("BEGIN")
        connection.executemany(f"UPDATE {LAYER} SET status = ? WHERE fid = ?", ((status, fid) for fid in fids))
        place = f"(SELECT o.geometry FROM {LAYER} o WHERE o.fid = ?)"
        moves = ((fid % 1000 + 1, fid) for fid in fids[::4])
        connection.executemany(f"UPDATE {LAYER} SET geometry = {place} WHERE fid = ?", moves)
        connection.execute("COMMIT")


def _rebase(folder: Path) -> Timed:
    mine = Path(shutil.copyfile(folder / "mine.gpkg", folder / "rebased.gpkg"))
    differ = pygeodiff.GeoDiff()
    arguments = [str(path) for path in (folder / "base.gpkg", folder / "theirs.gpkg", mine, folder / "conflicts.json")]
    return _timed(lambda: differ.rebase(*arguments))


def _check_in(folder: Path) -> tuple[Timed, Timed]:
    """Checks in into a fresh copy of the workspace; gives the time of all of it and of the comparison alone."""
    copy = folder / "copy"
    shutil.copytree(folder / "workspace", copy)
    try:
        with Workspace.open(copy) as workspace:
            checkout = next(
                one for one in workspace.checkouts.list() if _is_cut_into(folder / "mine.gpkg", one.checkout_id)
            )
            base = workspace.checkouts.path_of(checkout.checkout_id)
            comparing = _timed(lambda: plan_checkin(workspace.store, folder / "mine.gpkg", checkout, base))
            whole = _timed(lambda: workspace.checkin(folder / "mine.gpkg"))
            return whole, comparing
    finally:
        shutil.rmtree(copy)


def _is_cut_into(path: Path, checkout_id: str) -> bool:
    return read_checkout(path).checkout_id == checkout_id


def _timed(work: Callable[[], object]) -> Timed:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall_s, time.process_time() - cpu_s


def _medians(runs: list[Timed]) -> Timed:
    wall_s, cpu_s = zip(*runs, strict=True)
    return statistics.median(wall_s), statistics.median(cpu_s)
