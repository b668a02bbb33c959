"""Files beside a picture as they come from offices, and pictures whose place is said oddly."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from pyproj import CRS
from rasterio.transform import from_origin

from gis_capture.errors import SourceError
from gis_capture.ledger.apart import Ended, run_apart
from gis_capture.tiles.grid import MAX_LATITUDE, Tile
from gis_capture.tiles.raster import children
from gis_capture.tiles.raster.fitting import ControlPoint
from gis_capture.tiles.raster.looking import look
from gis_capture.tiles.raster.sheet import BESIDE, Placing, Sheet, find_sheet
from gis_capture.tiles.raster.warping import OpenSheet
from tests.tiles.raster.pictures import pattern, write_geotiff, write_png, write_points, write_world_file

MANY = 10**9
pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


@pytest.mark.parametrize("points", [False, True])
def test_names_in_capitals_belong_together(points: bool, tmp_path: Path) -> None:
    """PLAN.PNG, PLAN.PGW and PLAN.PRJ, as programs of old and Windows write them."""
    reference = look(find_sheet(write_geotiff(tmp_path / "a.tif", pattern())), MANY)
    picture = write_png(tmp_path / "plan.png", pattern()).rename(tmp_path / "PLAN.PNG")
    if points:
        write_points(tmp_path / "plan.points", 700).rename(tmp_path / "PLAN.POINTS")
    else:
        write_world_file(tmp_path / "PLAN.PGW")
        (tmp_path / "PLAN.PRJ").write_text(CRS.from_epsg(6675).to_wkt("WKT1_ESRI"), encoding="ascii")

    assert look(find_sheet(picture), MANY)["bounds"] == pytest.approx(reference["bounds"], abs=1e-6)


def test_a_mask_of_its_own_hides_what_it_hides(tmp_path: Path) -> None:
    """GDAL puts it into a file with .msk at its end, which is taken with the picture."""
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": 64, "height": 64, "count": 3, "dtype": "uint8", "crs": "EPSG:6675"}
    shown = np.zeros((64, 64), dtype=np.uint8)
    shown[:, 32:] = 255
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False),
        rasterio.open(path, "w", transform=from_origin(-20_000, -15_000, 1, 1), **profile) as target,
    ):
        target.write(pattern(64))
        target.write_mask(shown)
    (beside,) = set(tmp_path.iterdir()) - {path}

    n_shown = []
    for _ in range(2):
        with OpenSheet(find_sheet(path)) as sheet:
            _, left, top = sheet.warped(17)
            pixels = sheet.read(Tile(17, left // 256, top // 256), 2)
        assert pixels is not None
        n_shown.append(int((pixels[..., 3] == 255).sum()))
        beside.unlink(missing_ok=True)
    assert beside.suffix in BESIDE
    assert n_shown[0] == pytest.approx(n_shown[1] / 2, rel=0.1)


def test_two_points_place_a_sheet_that_is_only_turned_and_scaled(tmp_path: Path) -> None:
    """The method asks for no more."""
    reference = look(find_sheet(write_geotiff(tmp_path / "a.tif", pattern())), MANY)
    picture = write_png(tmp_path / "plan.png", pattern())
    write_points(tmp_path / "plan.points", 700, enabled=2)

    found = look(find_sheet(picture, Placing(method="similarity")), MANY)

    assert found["bounds"] == pytest.approx(reference["bounds"], abs=1e-6)


def test_a_picture_of_the_whole_earth_ends_where_the_map_does(tmp_path: Path) -> None:
    """Its poles are beyond the square world; all else is shown."""
    path = tmp_path / "earth.tif"
    profile = {"driver": "GTiff", "width": 360, "height": 180, "count": 3, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", transform=from_origin(-180, 90, 1, 1), **profile) as target:
        target.write(np.full((3, 180, 360), 90, dtype=np.uint8))

    found = look(find_sheet(path), MANY)

    assert found["bounds"] == pytest.approx([-180, -MAX_LATITUDE, 180, MAX_LATITUDE])
    with OpenSheet(find_sheet(path)) as sheet:
        pixels = sheet.read(Tile(0, 0, 0))
    assert pixels is not None and (pixels[4:-4, 4:-4] == (90, 90, 90, 255)).all()


def test_many_sheets_are_looked_at_by_few_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order; one that breaks the process, or takes all of its time, is told by its name."""
    sheets = [find_sheet(write_geotiff(tmp_path / f"{number}.tif", pattern(40 + number))) for number in range(4)]
    begun: list[Sequence[str]] = []

    def run(command: Sequence[str], **limits: Any) -> Ended:
        begun.append(command)
        return run_apart(command, **limits)

    monkeypatch.setattr(children, "run_apart", run)
    monkeypatch.setattr(children, "_SHEETS_AT_ONCE", 2)
    found = children.look_at_all(sheets, max_pixels=MANY)
    assert ([one["width"] for one in found], len(begun)) == ([40, 41, 42, 43], 2)

    def cut(command: Sequence[str], **limits: Any) -> Ended:
        ended = run(command, **limits)
        return Ended(-9, b"\n".join(ended.output.splitlines()[:1]) + b'\n{"wid', "", is_late=True)

    monkeypatch.setattr(children, "run_apart", cut)
    begun.clear()
    assert children.look_at_all(sheets[:2], max_pixels=MANY) == found[:2]
    assert len(begun) == 2

    (tmp_path / "3.tif").write_bytes(b"II*\0nothing")
    with pytest.raises(SourceError, match=r"3\.tif"):
        children.look_at_all(sheets, max_pixels=MANY)


def test_thousands_of_control_points_are_looked_at(tmp_path: Path) -> None:
    """They are more than a command line holds."""
    picture = write_png(tmp_path / "plan.png", pattern())
    to_place = from_origin(-20_000, -15_000, 1, 1)
    places = [(column, row, *(to_place * (column, row))) for column in range(0, 700, 10) for row in range(0, 700, 10)]
    sheet = Sheet(picture, "EPSG:6675", tuple(ControlPoint(*place) for place in places))

    assert len(children.look_at(sheet, max_pixels=MANY)["points"]) == len(places)
