"""Pictures become tiles that show what the picture shows, where it belongs."""

import io
import json
import os
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.enums import Resampling
from rasterio.transform import from_origin
from rasterio.vrt import WarpedVRT

from gis_capture.errors import SourceError
from gis_capture.model import BBox
from gis_capture.tiles.archive import Archive, tiles_over
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.raster.building import laid_over
from gis_capture.tiles.raster.children import Asked
from gis_capture.tiles.raster.sheet import Placing
from gis_capture.workspace.rasters import Raster, Rasters
from tests.tiles.raster.pictures import pattern, write_geotiff, write_png, write_points, write_world_file

HALF_M = 20037508.342789244


@pytest.fixture
def rasters(tmp_path: Path) -> Rasters:
    """An empty folder of layers."""
    folder = tmp_path / "rasters"
    folder.mkdir()
    return Rasters(folder, clock=lambda: "2026-11-28T00:00:00Z", max_pixels=10_000_000)


def pixels_of(rasters: Rasters, raster: Raster, tile: Tile) -> NDArray[np.uint8]:
    """A tile as RGBA."""
    with Archive(rasters.folder / raster.file_name) as archive:
        content = archive.get(tile)
    assert content
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"), dtype=np.uint8)


def warped_by_rasterio(path: Path, tile: Tile) -> NDArray[np.uint8]:
    """The same tile by rasterio's own warp."""
    step = 2 * HALF_M / (256 << tile.z)
    corner = from_origin(tile.x * 256 * step - HALF_M, HALF_M - tile.y * 256 * step, step, step)
    with (
        rasterio.open(path) as source,
        WarpedVRT(
            source,
            crs="EPSG:3857",
            transform=corner,
            width=256,
            height=256,
            resampling=Resampling.bilinear,
            add_alpha=True,
        ) as warped,
    ):
        return np.asarray(np.moveaxis(warped.read(), 0, -1))


def middle_of(raster: Raster, zoom: int) -> Tile:
    """The tile in the middle of a layer."""
    west, south, east, north = raster.bounds
    return tile_at((west + east) / 2, (south + north) / 2, zoom)


def make(rasters: Rasters, *paths: Path, **said: str) -> Raster:
    """Makes a layer."""
    rasters.prepare(paths, name="photo", **said)  # type: ignore[arg-type]
    return rasters.build("photo")


def test_tiles_are_those_of_rasterios_own_warp(rasters: Rasters, tmp_path: Path) -> None:
    """At the finest zoom but for the loss of WebP; a zoom below it is the average of four."""
    path = write_geotiff(tmp_path / "a.tif", pattern())
    raster = make(rasters, path)
    assert raster.max_zoom == 18 and raster.sheets == ("a.tif",)
    tile = middle_of(raster, 18)
    ours, theirs = pixels_of(rasters, raster, tile), warped_by_rasterio(path, tile)
    assert (ours[..., 3] == theirs[..., 3]).all()
    assert np.abs(ours[..., :3].astype(int) - theirs[..., :3])[theirs[..., 3] > 0].mean() < 4
    below = Tile(17, tile.x // 2, tile.y // 2)
    ours, theirs = pixels_of(rasters, raster, below), warped_by_rasterio(path, below)
    inside = (theirs[..., 3] == 255) & (ours[..., 3] == 255)
    assert inside.any() and np.abs(ours[..., :3].astype(int) - theirs[..., :3])[inside].mean() < 8


def test_a_line_drawing_is_kept_to_the_pixel(rasters: Rasters, tmp_path: Path) -> None:
    """Few colours are stored without loss: what is black stays black."""
    bands = (pattern()[:1] > 100).astype(np.uint8)
    raster = make(rasters, write_geotiff(tmp_path / "a.tif", bands, nbits=1))
    shown = pixels_of(rasters, raster, middle_of(raster, raster.max_zoom))
    assert {0, 255} <= set(np.unique(shown[..., 0]))


@pytest.mark.parametrize("kind", ["world_file", "points", "said_points"])
def test_what_lies_beside_a_picture_says_where_it_belongs(kind: str, rasters: Rasters, tmp_path: Path) -> None:
    """A PNG with a world file or control points of QGIS lies where the GeoTIFF lies."""
    reference = make(rasters, write_geotiff(tmp_path / "a.tif", pattern()))
    path = write_png(tmp_path / "図面.png", pattern())
    placing = Placing()
    if kind == "world_file":
        write_world_file(tmp_path / "図面.pgw")
        placing = Placing(crs="EPSG:6675")
    elif kind == "points":
        write_points(tmp_path / "図面.points", 700)
    else:
        placing = Placing(points=write_points(tmp_path / "other.points", 700))
    (seen,) = rasters.prepare([path], name="scan", placing=placing)
    made = rasters.build("scan")
    assert made.bounds == pytest.approx(reference.bounds, abs=1e-6)
    assert kind == "world_file" or max(one["error_m"] for one in seen["points"]) < 0.01
    tile = middle_of(reference, 18)
    difference = pixels_of(rasters, made, tile).astype(int) - pixels_of(rasters, reference, tile)
    assert np.abs(difference).mean() < 3


def test_sheets_become_one_layer_and_later_ones_lie_above(rasters: Rasters, tmp_path: Path) -> None:
    """Nodata of the upper sheet lets the lower one through."""
    lower = write_geotiff(tmp_path / "lower.tif", np.full((3, 700, 700), 200, dtype=np.uint8))
    bands = np.full((3, 700, 700), 50, dtype=np.uint8)
    bands[:, :, 350:] = 0
    upper = write_geotiff(tmp_path / "upper.tif", bands, nodata=0)
    raster = make(rasters, lower, upper)
    with Archive(rasters.folder / raster.file_name) as archive:
        pictures = [archive.get(tile) for tile in tiles_over(BBox(*raster.bounds), raster.max_zoom)]
    shown = np.concatenate([np.asarray(Image.open(io.BytesIO(one)).convert("RGBA")) for one in pictures if one])
    values = shown[shown[..., 3] == 255][:, 0]
    assert {50, 200} <= set(np.unique(values)) and 0.4 < (values < 100).mean() < 0.6


def test_a_sheet_that_shows_through_lies_over_others() -> None:
    """Half over half hides three quarters; where the lower one is empty the upper one keeps its colour."""
    lower, upper = np.zeros((256, 256, 4), dtype=np.uint8), np.zeros((256, 256, 4), dtype=np.uint8)
    lower[:, :128], upper[:128] = (200, 0, 100, 128), (0, 200, 100, 128)
    lower[:64, :64, 3], upper[:32, :32, 3] = 255, 255
    found = laid_over(upper, lower)
    expected = Image.alpha_composite(Image.fromarray(lower, "RGBA"), Image.fromarray(upper, "RGBA"))

    assert np.abs(found.astype(int) - np.asarray(expected).astype(int)).max() <= 1
    assert found[100, 100, 3] == 192 and found[100, 200].tolist() == [0, 200, 100, 128]


def test_what_is_no_number_is_not_drawn(rasters: Rasters, tmp_path: Path) -> None:
    """A model of heights seldom says that NaN is nothing; it is drawn as if it did."""
    heights = np.linspace(0, 900, 700 * 700, dtype=np.float32).reshape(1, 700, 700)
    heights[:, :, 350:] = np.nan
    drawn = []
    for nodata in (None, np.nan):
        raster = make(rasters, write_geotiff(tmp_path / f"{nodata}.tif", heights, nodata=nodata))
        with Archive(rasters.folder / raster.file_name) as archive:
            drawn.append([archive.get(tile) for tile in tiles_over(BBox(*raster.bounds), raster.max_zoom)])
    assert drawn[0] == drawn[1]
    pictures = [np.asarray(Image.open(io.BytesIO(one)).convert("RGBA")) for one in drawn[0] if one]
    # Half of it is there; tiles at its edges are part empty.
    assert 0.2 < (np.concatenate(pictures)[..., 3] == 255).mean() < 0.8


@pytest.mark.parametrize(
    ("defect", "code"),
    [("no_crs", "raster_no_crs"), ("no_place", "raster_no_place"), ("text", "raster_broken"), ("cut", "raster_broken")],
)
def test_what_cannot_be_used_is_told(defect: str, code: str, rasters: Rasters, tmp_path: Path) -> None:
    """With the name of the file and what to do; nothing is left."""
    path = tmp_path / "図面.tif"
    if defect == "no_crs":
        write_geotiff(path, pattern(64), crs=None)
    elif defect == "no_place":
        path = write_png(tmp_path / "図面.png", pattern(64))
    elif defect == "text":
        path.write_text("台帳")
    else:
        write_geotiff(path, pattern(300))
        path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SourceError, match="図面") as caught:
        rasters.prepare([path], name="photo")
    assert caught.value.subject["code"] == code and not list(rasters.folder.iterdir())


def bomb() -> bytes:
    """A PNG of a few kilobytes that claims 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(rasters: Rasters, tmp_path: Path) -> None:
    """The header alone tells: its pixels, which are not all there, would be a broken picture."""
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb())
    write_world_file(tmp_path / "bomb.pgw")
    with pytest.raises(SourceError, match="too many pixels") as caught:
        rasters.prepare([path], name="photo", placing=Placing(crs="EPSG:6675"))
    assert caught.value.subject["code"] == "raster_pixels"


@pytest.mark.parametrize(("n_points", "message"), [(2, "2 usable"), (0, "0 usable")])
def test_too_few_control_points_are_told(n_points: int, message: str, rasters: Rasters, tmp_path: Path) -> None:
    """Points that are switched off do not count."""
    path = write_png(tmp_path / "a.png", pattern(64))
    write_points(tmp_path / "a.points", 64, enabled=n_points)
    with pytest.raises(SourceError, match=message):
        rasters.prepare([path], name="photo")


def test_a_killed_build_leaves_the_old_layer_and_can_be_begun_again(rasters: Rasters, tmp_path: Path) -> None:
    """Kill the process in the middle: the layer is served as before, the job says that it stopped."""
    old = make(rasters, write_geotiff(tmp_path / "a.tif", pattern()))
    rasters.prepare([write_geotiff(tmp_path / "b.tif", 255 - pattern(3000))], name="photo")
    program = (
        "import sys; from pathlib import Path; from gis_capture.workspace.rasters import Rasters;"
        "Rasters(Path(sys.argv[1]), clock=str, max_pixels=1).build('photo', on_progress=lambda s: print(s, flush=True))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(rasters.folder)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout and child.stdout.readline()
    (job,) = rasters.jobs()
    assert job["state"] == "building"
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    (job,) = rasters.jobs()
    assert job["state"] == "stopped" and rasters.ready() == [old]
    new = rasters.build("photo")
    assert new.sha256 != old.sha256 and rasters.jobs() == []
    assert sorted(path.suffix for path in rasters.folder.iterdir()) == [".former", ".json", ".pmtiles"]
    rasters.remove("photo")
    assert not list(rasters.folder.iterdir())


def test_tiles_are_warped_while_the_archive_is_made(rasters: Rasters, tmp_path: Path) -> None:
    """What is asked for meanwhile is what the archive will hold."""
    path = write_geotiff(tmp_path / "a.tif", pattern())
    rasters.prepare([path], name="photo")
    asked = Asked(rasters.job_folder("photo") / "job.json")
    try:
        (job,) = rasters.jobs()
        west, south, east, north = job["bounds"]
        tile = tile_at((west + east) / 2, (south + north) / 2, 18)
        content = asked.tile(tile)
        assert asked.tile(Tile(18, 0, 0)) == b""
    finally:
        asked.close()
    meanwhile = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA")).astype(int)
    raster = rasters.build("photo")
    assert np.abs(meanwhile - pixels_of(rasters, raster, tile)).mean() < 1


def test_real_scans_with_sidecars_of_other_programs(shared_dir: Path, rasters: Rasters) -> None:
    """Control points of ArcGIS in .aux.xml count; a scan without a place is told."""
    folder = shared_dir / "corpus/13_raster_scan"
    (seen,) = rasters.prepare([folder / "gdal_arcgis_gcp.jpg"], name="photo")
    assert len(seen["points"]) == 4 and seen["crs"] == "EPSG:26712"
    assert rasters.build("photo").bounds[0] == pytest.approx(-112.4, abs=0.1)
    with pytest.raises(SourceError) as caught:
        rasters.prepare([folder / "sabae_oldmap_006.jpg"], name="map")
    assert caught.value.subject["code"] == "raster_no_place"
    assert json.dumps(seen)


def test_a_workspace_of_before_has_no_layers(tmp_path: Path) -> None:
    """Without the folder there is nothing, and nothing fails."""
    rasters = Rasters(tmp_path / "rasters", clock=str, max_pixels=1)
    assert rasters.ready() == [] and rasters.jobs() == []
