"""Raster tiles of 256 pixels: TiTiler and rio-tiler beside us, the same photograph, the same tiles.

The peers read a web-aligned COG (GoogleMapsCompatible, WebP), the best they can be given; they are installed into an
environment of their own for the run. Both applications are called in their process as a server calls them (WSGI, ASGI),
without a network between, so that the figures are the work for a tile: CPU seconds by `time.process_time`.
"""

import json
import math
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.transform import from_origin

from benchmarks._peers import TITILER, PeerMissingError, python_with
from benchmarks._serving import answer
from benchmarks._table import note, skip
from gis_capture.model import BBox
from gis_capture.server import create_app
from gis_capture.server.archives import open_archive
from gis_capture.tiles.archive import tiles_over
from gis_capture.tiles.grid import Tile
from gis_capture.workspace import Workspace

EDGE_PX = 8192
MAX_TILES = 200
_HALF_WORLD_M = 20037508.342789244
_PEER = """
import asyncio, json, statistics, sys, time
from fastapi import FastAPI
from rio_tiler.io import Reader
from titiler.core.factory import TilerFactory

path, tiles = sys.argv[1], json.loads(sys.argv[2])

def median_ms(ask):
    spent = []
    for tile in tiles:
        start = time.process_time()
        ask(*tile)
        spent.append(time.process_time() - start)
    return 1000 * statistics.median(spent)

app = FastAPI()
app.include_router(TilerFactory().router)
loop = asyncio.new_event_loop()

def request(z, x, y):
    address, sent = f"/tiles/WebMercatorQuad/{z}/{x}/{y}.webp", []
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}
    async def send(message):
        sent.append(message)
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": address, "raw_path": address.encode(), "root_path": "", "query_string": f"url={path}".encode(),
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }
    loop.run_until_complete(app(scope, receive, send))
    assert sent[0]["status"] == 200 and any(message.get("body") for message in sent), sent

def read(z, x, y):
    assert source.tile(x, y, z).render(img_format="WEBP")

request(*tiles[0])
with Reader(path) as source:
    print(json.dumps({"titiler.core, request": median_ms(request), "rio-tiler, open handle": median_ms(read)}))
"""


def main() -> None:
    """Prints milliseconds of CPU a tile and how many times ours the peers take."""
    edge_px = int(os.environ.get("BENCHMARK_EDGE_PX", EDGE_PX))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        picture = _make_picture(folder / "photo.tif", edge_px)
        with Workspace.create(folder / "w") as workspace:
            workspace.rasters.prepare([picture], name="photo")
            start = time.perf_counter()
            raster = workspace.rasters.build("photo")
            built_s = time.perf_counter() - start
            archive = open_archive(workspace.folder.rasters_dir / raster.file_name)
            inside = [
                tile for z in range(raster.max_zoom - 3, raster.max_zoom + 1) for tile in _inside(raster.bounds, z)
            ]
            tiles = inside[:: max(len(inside) // MAX_TILES, 1)]
            app = create_app(workspace)
            ours = {
                "ours, request": _median_ms(tiles, lambda t: answer(app, f"/rasters/photo/{t.z}/{t.x}/{t.y}.webp")),
                "ours, archive": _median_ms(tiles, archive.get),
            }
        start = time.perf_counter()
        cog = folder / "cog.tif"
        options = {"TILING_SCHEME": "GoogleMapsCompatible", "COMPRESS": "WEBP", "BLOCKSIZE": 256, "QUALITY": 85}
        rasterio.shutil.copy(picture, cog, driver="COG", ALIGNED_LEVELS=4, NUM_THREADS=2, **options)
        cog_s = time.perf_counter() - start
        print(f"import of {edge_px:,}² pixels: ours {built_s:.1f} s, {raster.size_bytes / 1e6:.1f} MB;", end=" ")
        print(f"GDAL's COG driver {cog_s:.1f} s, {cog.stat().st_size / 1e6:.1f} MB")
        ours |= _blocks(cog, tiles)
        peers = _peers(cog, tiles)
    for title, spent_ms in (ours | peers).items():
        print(f"{title:<26} {spent_ms:9.4f} ms CPU a tile, {len(tiles)} tiles")
    if peers:
        request, read = peers["titiler.core, request"], peers["rio-tiler, open handle"]
        told = (f"titiler.core {request:.2f} ms", f"{ours['ours, request']:.4f} ms")
        note("raster tile, processor", *told, found=request / ours["ours, request"], asked=100)
        print(f"rio-tiler {read / ours['ours, archive']:,.0f} × that of our archive")


def _blocks(cog: Path, tiles: list[Tile]) -> dict[str, float]:
    """What giving blocks of the COG as they lie in the file takes; prints how many of the tiles have such a block."""
    with rasterio.open(cog) as source, open(cog, "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        side_m = source.transform.a * source.block_shapes[0][0]
        max_zoom = round(math.log2(2 * _HALF_WORLD_M / side_m))
        left, top = (source.transform.c + _HALF_WORLD_M) / side_m, (_HALF_WORLD_M - source.transform.f) / side_m

        def read(tile: Tile) -> bytes:
            n_levels = max_zoom - tile.z
            column, row = (place - edge / 2**n_levels for place, edge in ((tile.x, left), (tile.y, top)))
            if n_levels < 0 or max(abs(column - round(column)), abs(row - round(row))) > 1e-6:
                return b""
            level = {"ovr": n_levels - 1} if n_levels else {}
            offset, size = (
                source.get_tag_item(f"BLOCK_{kind}_{round(column)}_{round(row)}", "TIFF", bidx=1, **level)
                for kind in ("OFFSET", "SIZE")
            )
            found = content[int(offset) : int(offset) + int(size)] if offset else b""
            return found if found[:4] == b"RIFF" else b""

        whole = [tile for tile in tiles if read(tile)]
        print(f"{len(whole)} of {len(tiles)} tiles are blocks of the COG that are pictures of their own")
        return {"block of the COG as it lies": _median_ms(whole, read)} if whole else {}


def _make_picture(path: Path, edge_px: int) -> Path:
    """Noise that is smooth as a photograph is."""
    random = np.random.default_rng(6)
    coarse = random.integers(0, 255, (3, edge_px // 16 + 1, edge_px // 16 + 1)).astype(np.uint8)
    described = {"width": edge_px, "height": edge_px, "count": 3, "dtype": "uint8", "crs": "EPSG:6675"}
    place = from_origin(5000, 16000, 0.5, 0.5)
    with rasterio.open(path, "w", driver="GTiff", transform=place, tiled=True, **described) as target:
        for band, values in enumerate(coarse, 1):
            fine = np.kron(values, np.ones((16, 16), dtype=np.uint8))[:edge_px, :edge_px]
            target.write(fine // 2 + random.integers(0, 24, fine.shape).astype(np.uint8), band)
    return path


def _inside(bounds: tuple[float, float, float, float], zoom: int) -> list[Tile]:
    west, south, east, north = bounds
    return [
        tile
        for tile in tiles_over(BBox(*bounds), zoom)
        if (box := tile.bbox()).min_x > west and box.max_x < east and box.min_y > south and box.max_y < north
    ]


def _median_ms(tiles: Iterable[Tile], ask: Callable[[Tile], object]) -> float:
    spent = []
    for tile in tiles:
        start = time.process_time()
        assert ask(tile)
        spent.append(time.process_time() - start)
    return 1000 * statistics.median(spent)


def _peers(cog: Path, tiles: list[Tile]) -> dict[str, float]:
    try:
        python = python_with(*TITILER) / "python"
    except PeerMissingError as error:
        skip("raster tile", str(error))
        return {}
    command = [str(python), "-c", _PEER, str(cog), json.dumps(tiles)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode:
        print(f"titiler.core and rio-tiler: not measured ({done.stderr.strip().splitlines()[-1][:200]})")
        return {}
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
