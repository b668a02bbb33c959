"""A tablet that takes its first copy of a layer of 100,000 features, over loopback, beside GDAL writing the same lines.

The peers read the same GeoPackage: pyogrio into GeoJSONSeq on disk, and ogr2ogr where it is installed. Ours goes
through the server, gzip and HTTP, and is unpacked and parsed line by line by the client.
"""

import http.client
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import zlib
from pathlib import Path

import orjson
import pyogrio

from benchmarks._serving import LAYER, Served, make_workspace, n_runs, serving

N_FEATURES = 100_000


def main() -> None:
    """Prints seconds of each (median), the ratios, and the server's peak memory beside that of an idle one."""
    n_features = int(os.environ.get("BENCHMARK_FEATURES", N_FEATURES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w"
        make_workspace(path, n_features)
        ours, paged, theirs, ogr = [], [], [], []
        with serving(path) as served:
            idle_mib = served.peak_mib()
            for _ in range(n_runs(3)):
                ours.append(_seconds_of_load(served, n_features, limit=None))
                paged.append(_seconds_of_load(served, n_features, limit=2000))
                theirs.append(_seconds_of_pyogrio(path / "layers.gpkg", Path(folder) / "out.geojsonl"))
                ogr.append(_seconds_of_ogr2ogr(path / "layers.gpkg", Path(folder) / "out.geojsonl"))
            peak_mib = served.peak_mib()
    print(f"{n_features:,} features, median of {len(ours)} runs")
    print(f"gis-capture, one answer        {statistics.median(ours):6.2f} s")
    print(f"gis-capture, pages of 2,000    {statistics.median(paged):6.2f} s")
    for name, seconds in (("pyogrio to GeoJSONSeq", theirs), ("ogr2ogr to GeoJSONSeq", ogr)):
        if seconds[0] is not None:
            median = statistics.median(filter(None, seconds))
            print(f"{name:30} {median:6.2f} s   ours takes {statistics.median(ours) / median:.2f} × the time")
    print(f"server: peak {peak_mib:.0f} MiB, idle {idle_mib:.0f} MiB")


def _seconds_of_load(served: Served, n_features: int, *, limit: int | None) -> float:
    start, n_found, cursor = time.perf_counter(), 0, ""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=300)
    while True:
        query = f"/sync/pull?layers={LAYER}" + (f"&limit={limit}" if limit else "") + cursor
        connection.request("GET", query, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        last = b""
        unpacker, rest = zlib.decompressobj(wbits=31), b""
        while piece := answer.read(65_536):
            *lines, rest = (rest + unpacker.decompress(piece)).split(b"\n")
            for last in lines:
                n_found += orjson.loads(last)["type"] == "feature"
        following = json.loads(last)["next"]
        if following is None:
            break
        cursor = f"&cursor={following}"
    connection.close()
    assert n_found == n_features, n_found
    return time.perf_counter() - start


def _seconds_of_pyogrio(source: Path, target: Path) -> float:
    target.unlink(missing_ok=True)
    start = time.perf_counter()
    pyogrio.write_dataframe(pyogrio.read_dataframe(source, layer=LAYER), target, driver="GeoJSONSeq")
    return time.perf_counter() - start


def _seconds_of_ogr2ogr(source: Path, target: Path) -> float | None:
    program = shutil.which("ogr2ogr")
    if program is None:
        return None
    target.unlink(missing_ok=True)
    start = time.perf_counter()
    subprocess.run([program, "-f", "GeoJSONSeq", str(target), str(source), LAYER], check=True)
    return time.perf_counter() - start
