"""A CSV of growing length into a GeoPackage: our conversion beside ogr2ogr and geopandas.

The peers do the plain conversion: numbers and texts as they stand, points from two columns. Ours also reads era dates,
units and code spellings, builds the history, and keeps the text of every row. Each runs as a process of its own.
"""

import csv
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

N_ROWS = (10_000, 100_000, 1_000_000)
N_RUNS = 3
HEADER = ("ID", "種別", "口径", "設置年月日", "所在地_連結表記", "緯度", "経度", "管理者", "備考")

OURS = """
import sys, uuid
from pathlib import Path
from gis_capture.convert import convert
from gis_capture.definitions import read_layer
from gis_capture.resources import layers_dir
from gis_capture.store import open_store
from gis_capture.workspace.identity import new_id

store = open_store(Path(sys.argv[2]), create=True)
layer = read_layer(layers_dir() / "fire_hydrant")
done = convert(
    Path(sys.argv[1]), layer=layer, store=store, author="", clock=lambda: "2026-11-23T02:10:00Z", new_id=new_id
)
store.close()
assert done.n_loaded == int(sys.argv[3]), done
"""
GEOPANDAS = """
import sys
import geopandas, pandas
frame = pandas.read_csv(sys.argv[1])
points = geopandas.points_from_xy(frame["経度"], frame["緯度"], crs="EPSG:6668")
geopandas.GeoDataFrame(frame, geometry=points).to_file(sys.argv[2], driver="GPKG")
"""


class Figures(NamedTuple):
    """What a command cost."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def main() -> None:
    """Prints seconds, peak memory and ratios of ours to theirs for growing ledgers, then what a row costs at each."""
    chosen = os.environ.get("BENCHMARK_ROWS")
    of_sizes: dict[int, Mapping[str, Figures]] = {}
    for n_rows in [int(chosen)] if chosen else N_ROWS:
        n_runs = N_RUNS if n_rows < 1_000_000 else 1
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "hydrants.csv", Path(folder) / "out.gpkg"
            write_ledger(source, n_rows)
            commands = {
                "gis-capture": [sys.executable, "-c", OURS, str(source), str(target), str(n_rows)],
                "ogr2ogr": _ogr2ogr(source, target),
                "geopandas": [sys.executable, "-c", GEOPANDAS, str(source), str(target)],
            }
            figures = {name: measure(command, target, n_runs=n_runs) for name, command in commands.items() if command}
        print(f"{n_rows:,} rows × {len(HEADER)} columns, median of {n_runs}")
        tell(figures)
        of_sizes[n_rows] = figures
    tell_growth(of_sizes)


def write_ledger(path: Path, n_rows: int) -> None:
    """Writes a ledger of hydrants as a city keeps it; always the same one."""
    chance = random.Random(2026)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(n_rows):
            year, month, day = chance.randint(40, 63), chance.randint(1, 12), chance.randint(1, 28)
            town, lot = chance.choice(["上町", "下町", "本町", "桜町", "岡本町"]), chance.randint(1, 2000)
            writer.writerow(
                [
                    f"{number:06}",
                    chance.choice(["消火栓", "防火水槽", "防火水そう"]),
                    chance.choice(["75", "100mm", "φ150", ""]),
                    f"S{year}.{month}.{day}",
                    f"見本市{town}{lot}番地",
                    f"{36 + chance.random() / 3:.6f}",
                    f"{137 + chance.random() / 3:.6f}",
                    chance.choice(["見本市", "消防本部", ""]),
                    chance.choice(["", "", "", "標識なし"]),
                ]
            )


def _ogr2ogr(source: Path, target: Path) -> list[str]:
    program = shutil.which("ogr2ogr")
    if program is None:
        print("ogr2ogr is not installed (Debian: gdal-bin); left out")
        return []
    options = ["-oo", "X_POSSIBLE_NAMES=経度", "-oo", "Y_POSSIBLE_NAMES=緯度", "-a_srs", "EPSG:6668"]
    return [program, "-f", "GPKG", str(target), str(source), *options]


def measure(command: list[str], target: Path | None = None, *, n_runs: int) -> Figures:
    """Medians of wall seconds, CPU seconds and peak MiB of a command; what it writes at `target` is removed before."""
    runs = []
    for _ in range(n_runs):
        for left in target.parent.glob(f"{target.stem}.*") if target else ():
            left.unlink()
        start = time.perf_counter()
        pid = os.posix_spawn(command[0], command, os.environ)
        _, status, usage = os.wait4(pid, 0)
        if status:
            sys.exit(f"{Path(command[0]).name} failed with status {status}")
        cpu_s = usage.ru_utime + usage.ru_stime
        runs.append((time.perf_counter() - start, cpu_s, usage.ru_maxrss / 1024))
    return Figures(*map(statistics.median, zip(*runs, strict=True)))


def tell(figures: Mapping[str, Figures]) -> None:
    """Prints the figures; the first are ours."""
    ours = next(iter(figures.values()))
    for name, one in figures.items():
        print(f"{name:12} {one.wall_s:7.2f} s  {one.cpu_s:7.2f} s CPU  {one.peak_mib:6.0f} MiB", end="")
        ratios = (mine / its for mine, its in zip(ours, one, strict=True))
        print(
            "" if one is ours else "  ours is {:.2f} × the time, {:.2f} × the CPU, {:.2f} × the memory".format(*ratios)
        )


def tell_growth(of_sizes: Mapping[int, Mapping[str, Figures]]) -> None:
    """Prints what a row costs at each size, and how the time grew from the size before: linear is as the rows did."""
    sizes = list(of_sizes)
    print(f"\n{'µs a row':12}" + "".join(f"{n_rows:>16,} rows" for n_rows in sizes))
    for name in of_sizes[sizes[0]]:
        line, before = f"{name:12}", None
        for n_rows in sizes:
            wall_s = of_sizes[n_rows][name].wall_s
            growth = "" if before is None else f" (× {wall_s / before:.1f})"
            line, before = line + f"{f'{wall_s / n_rows * 1e6:.1f}{growth}':>21}", wall_s
        print(line)
