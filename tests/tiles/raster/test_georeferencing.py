"""A scanned map whose distortion is known comes back to where it belongs."""

import io
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pyproj import CRS, Transformer
from rasterio.control import GroundControlPoint

from gis_capture.errors import SourceError
from gis_capture.tiles.archive import Archive
from gis_capture.tiles.grid import tile_at
from gis_capture.tiles.raster.control import Control, format_annotation, format_points, read_control
from gis_capture.tiles.raster.fitting import METHODS, ControlPoint, Method
from gis_capture.tiles.raster.sheet import Placing, Sheet, find_sheet
from gis_capture.workspace.rasters import Raster, Rasters
from tests.tiles.raster.pictures import write_geotiff

WIDTH, HEIGHT, PIXEL_M = 1100, 900, 0.5
ZOOM = 18
ZONE = "EPSG:6675"
DOTS = [(180, 140), (560, 170), (930, 200), (210, 460), (540, 430), (900, 480), (170, 760), (520, 720), (910, 770)]
"""Where the map is looked at: none of them is a control point."""
CONTROL = [(column, row) for row in (30, 310, 590, 870) for column in (40, 370, 720, 1060)]
TO_DEGREES = Transformer.from_crs(ZONE, 4326, always_xy=True)


def place_of(method: Method, column: float, row: float) -> tuple[float, float]:
    """Where a pixel belongs: a turned sheet, one that shrank in one direction, a bent one, a creased one."""
    u, v = column * PIXEL_M * (1 if method == "similarity" else 0.97), -row * PIXEL_M
    if method in ("polynomial", "tps"):
        u, v = u + 0.03 * (column / 100) ** 2, v + 0.05 * column * row / 10_000
    if method == "tps":
        u += 3 * math.sin(row / HEIGHT * math.pi)
    turn = math.radians(2)
    return 5000 + u * math.cos(turn) - v * math.sin(turn), 16000 + u * math.sin(turn) + v * math.cos(turn)


def draw_scan(path: Path) -> Path:
    """Draws white paper with black dots."""
    picture = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(picture)
    for column, row in DOTS:
        # A pixel is named by its upper left corner, and the last one is drawn, too.
        pen.ellipse((column - 6, row - 6, column + 5, row + 5), fill=0)
    picture.save(path)
    return path


def control_of(method: Method) -> tuple[ControlPoint, ...]:
    """Control points that say the truth."""
    return tuple(ControlPoint(column, row, *place_of(method, column, row)) for column, row in CONTROL)


@pytest.fixture
def rasters(tmp_path: Path) -> Rasters:
    """An empty folder of layers."""
    folder = tmp_path / "rasters"
    folder.mkdir()
    return Rasters(folder, clock=lambda: "2026-11-28T00:00:00Z", max_pixels=10_000_000)


def shown_around(rasters: Rasters, raster: Raster, lon: float, lat: float) -> tuple[NDArray[np.uint8], float, float]:
    """Three by three tiles about a place, RGBA, and the pixel in them that the place is at."""
    first = tile_at(lon, lat, ZOOM)
    whole = Image.new("RGBA", (768, 768))
    with Archive(rasters.folder / raster.file_name) as archive:
        for y in range(3):
            for x in range(3):
                content = archive.get(first._replace(x=first.x + x - 1, y=first.y + y - 1))
                if content:
                    whole.paste(Image.open(io.BytesIO(content)).convert("RGBA"), (x * 256, y * 256))
    n_px = 256 << ZOOM
    world_y = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    return (
        np.asarray(whole),
        (lon + 180) / 360 * n_px - (first.x - 1) * 256,
        world_y * n_px - (first.y - 1) * 256,
    )


def errors_m(rasters: Rasters, raster: Raster, method: Method) -> Iterator[float]:
    """How far each dot is shown from where it belongs, metres on the ground."""
    for dot in DOTS:
        lon, lat = TO_DEGREES.transform(*place_of(method, *dot))
        shown, x, y = shown_around(rasters, raster, lon, lat)
        near = shown[int(y) - 20 : int(y) + 20, int(x) - 20 : int(x) + 20]
        darkness = (255.0 - near[..., 0]) * (near[..., 3] == 255)
        assert darkness.max() > 200, f"no dot near {dot}"
        darkness[darkness < 60] = 0
        rows, columns = np.mgrid[0:40, 0:40] + 0.5
        found_x = (darkness * columns).sum() / darkness.sum() + int(x) - 20
        found_y = (darkness * rows).sum() / darkness.sum() + int(y) - 20
        metres = 2 * math.pi * 6378137 / (256 << ZOOM) * math.cos(math.radians(lat))
        yield math.hypot(found_x - x, found_y - y) * metres


@pytest.mark.parametrize("method", METHODS)
def test_a_known_map_comes_back_to_its_place(method: Method, rasters: Rasters, tmp_path: Path) -> None:
    """Dots between the control points are shown within 20 cm, less than half a pixel of the scan.

    Of a creased sheet within 60 cm: no spline knows of a crease what its points do not tell.
    """
    sheet = Sheet(draw_scan(tmp_path / "scan.png"), ZONE, control_of(method), method)
    (seen,) = rasters.prepare_sheets([sheet], name="scan", title="図面")
    assert max(one["error_m"] for one in seen["points"]) < 0.05
    errors = list(errors_m(rasters, rasters.build("scan"), method))
    assert len(errors) == len(DOTS) and max(errors) < (0.6 if method == "tps" else 0.2)


@pytest.mark.parametrize("method", ["polynomial", "tps"])
def test_what_is_no_number_is_not_drawn(method: Method, rasters: Rasters, tmp_path: Path) -> None:
    """In a picture of heights that is bent, too: NaN is nothing, whether its file says so or not."""
    heights = np.linspace(100, 900, WIDTH * HEIGHT, dtype=np.float32).reshape(1, HEIGHT, WIDTH)
    heights[:, :, WIDTH // 2 :] = np.nan
    drawn = []
    for nodata in (None, np.nan):
        path = write_geotiff(tmp_path / f"{nodata}.tif", heights, nodata=nodata)
        path.with_suffix(".points").write_text(format_points(control_of(method), ZONE), encoding="utf-8")
        rasters.prepare([path], name="heights", placing=Placing(method=method))
        raster = rasters.build("heights")
        drawn.append(shown_around(rasters, raster, *TO_DEGREES.transform(*place_of(method, 550, 430)))[0])
    assert (drawn[0] == drawn[1]).all() and 0.3 < (drawn[0][..., 3] == 255).mean() < 0.6


@pytest.mark.parametrize("n_unplaced", [1, 14])
def test_a_place_that_is_no_number_says_nothing(n_unplaced: int, rasters: Rasters, tmp_path: Path) -> None:
    """Of control points in a GeoTIFF the others count; with too few of them a place is asked for."""
    points = [GroundControlPoint(row=p.row, col=p.column, x=p.x, y=p.y) for p in control_of("affine")]
    for point in points[:n_unplaced]:
        point.x = math.nan
    path, form = tmp_path / "a.tif", {"width": WIDTH, "height": HEIGHT, "count": 1, "dtype": "uint8"}
    with rasterio.open(path, "w", driver="GTiff", gcps=points, crs=ZONE, **form) as target:
        target.write(np.full((1, HEIGHT, WIDTH), 200, dtype=np.uint8))
    if len(points) - n_unplaced >= 3:
        assert rasters.prepare([path], name="a")
        return
    with pytest.raises(SourceError) as caught:
        rasters.prepare([path], name="a")
    assert caught.value.subject["code"] == "raster_no_place"


def test_a_method_too_simple_for_the_paper_does_not_hide_it(rasters: Rasters, tmp_path: Path) -> None:
    """A bent sheet laid flat is metres off, and what is told of its control points says so."""
    sheet = Sheet(draw_scan(tmp_path / "scan.png"), ZONE, control_of("tps"), "similarity")
    (seen,) = rasters.prepare_sheets([sheet], name="scan", title="図面")
    assert max(errors_m(rasters, rasters.build("scan"), "tps")) > 2
    assert max(one["left_out_m"] for one in seen["points"]) > 2


@pytest.mark.parametrize("method", ["affine", "tps"])
def test_what_is_outside_the_mask_is_not_shown(method: Method, rasters: Rasters, tmp_path: Path) -> None:
    """So that the margins of a sheet do not cover its neighbour; the layer is as large as the mask."""
    sheet = Sheet(draw_scan(tmp_path / "scan.png"), ZONE, control_of(method), method)
    whole = rasters.prepare_sheets([sheet], name="scan", title="図面")[0]["bounds"]
    mask = ((100, 100), (700, 100), (700, 600), (100, 600))
    rasters.prepare_sheets([replace(sheet, mask=mask)], name="scan", title="図面")
    raster = rasters.build("scan")
    assert (raster.bounds[2] - raster.bounds[0]) < 0.7 * (whole[2] - whole[0])
    for column, row, is_shown in ((540, 430, True), (110, 350, True), (90, 350, False), (710, 350, False)):
        shown, x, y = shown_around(rasters, raster, *TO_DEGREES.transform(*place_of(method, column, row)))
        assert bool(shown[int(y), int(x), 3]) is is_shown


def test_sheets_of_a_map_join_by_their_names(rasters: Rasters, tmp_path: Path) -> None:
    """Two neighbours become one layer without a gap, and each lies where its name says."""
    for name, grey in (("09LD3500", 90), ("09LD3501", 180)):
        Image.new("L", (800, 600), grey).save(tmp_path / f"{name}.png")
    files = [tmp_path / "09LD3500.png", tmp_path / "09LD3501.png"]
    rasters.prepare(files, name="plan", placing=Placing(map_sheet="file"))
    raster = rasters.build("plan")
    to_degrees = Transformer.from_crs("EPSG:6677", 4326, always_xy=True)
    for east, grey in ((-19_990, 90), (-19_605, 90), (-19_595, 180), (-19_210, 180)):
        shown, x, y = shown_around(rasters, raster, *to_degrees.transform(east, -39_150))
        assert shown[int(y), int(x), 3] == 255 and abs(int(shown[int(y), int(x), 0]) - grey) < 12
    west, south = to_degrees.transform(-20_000, -39_300)
    assert raster.bounds[:2] == pytest.approx((west, south), abs=2e-5)


def test_corners_in_a_scan_with_margins(tmp_path: Path) -> None:
    """The corners of the frame are said, the margins are cut off."""
    path = draw_scan(tmp_path / "scan.png")
    corners = ((51, 60), (1040, 55), (1043, 850), (54, 856))
    sheet = find_sheet(path, Placing(map_sheet="07MH352C", corners=corners))
    assert sheet.crs == ZONE and sheet.mask == corners
    assert [point[:2] for point in sheet.points] == list(corners)
    assert {point.x for point in sheet.points} == {141_600.0, 142_400.0}
    with pytest.raises(SourceError) as caught:
        find_sheet(path, Placing(map_sheet="file"))
    assert caught.value.subject["code"] == "map_sheet_unknown"


@pytest.mark.parametrize("method", METHODS)
def test_an_annotation_says_it_all_again(method: Method, tmp_path: Path) -> None:
    """Points, method and mask come back from what was written, to a centimetre; also of a copy half as large."""
    path = draw_scan(tmp_path / "scan.png")
    mask = ((100.0, 100.0), (700.0, 100.0), (700.0, 600.5))
    written = Control(control_of(method), ZONE, method, mask)
    document = format_annotation(written, name="scan.png", size=(WIDTH, HEIGHT))
    (tmp_path / "scan.georef.json").write_text(json.dumps(document), encoding="utf-8")
    sheet = find_sheet(path)
    assert (sheet.method, sheet.mask) == (method, mask)
    back = Transformer.from_crs(CRS(sheet.crs), ZONE, always_xy=True)
    for point, said in zip(sheet.points, written.points, strict=True):
        assert point[:2] == said[:2] and back.transform(point.x, point.y) == pytest.approx(said[2:], abs=0.01)
    Image.open(path).resize((WIDTH // 2, HEIGHT // 2)).save(path)
    assert find_sheet(path).points[5].column == written.points[5].column / 2


def test_points_of_qgis_come_back(tmp_path: Path) -> None:
    """As they were written."""
    path = tmp_path / "a.points"
    path.write_text(format_points(control_of("affine"), ZONE), encoding="utf-8")
    read = read_control(path)
    assert read.points == control_of("affine") and CRS(read.crs).to_epsg() == 6675


def annotation(features: object) -> str:
    """An annotation with features of any kind."""
    return json.dumps({"type": "Annotation", "target": "x", "body": {"features": features}})


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "[" * 100_000),
        '{"type": "Annotation", "target": {}, "body": {}}',
        '{"type": "AnnotationPage"}',
        annotation([{"properties": {}, "geometry": None}]),
        annotation([{"properties": {"resourceCoords": [1e99, 0]}, "geometry": {"coordinates": [137, 36]}}]),
        annotation(7),
    ],
)
def test_broken_annotations_are_told(text: str, tmp_path: Path) -> None:
    """Never a traceback."""
    path = tmp_path / "a.georef.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_control(path)
    assert caught.value.subject["code"] == "raster_points_unusable"
