"""Old maps lie where the official grids put them, as what is imported does."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin

from gis_capture.locate.datum import transform
from gis_capture.tiles.raster.shifting import shifted_crs
from gis_capture.workspace.rasters import Rasters
from tests.locate.test_datum import parameters
from tests.tiles.raster.pictures import pattern

ZONE_7_TOKYO, MIDDLE = 30167, (137.2531, 36.1281)
_M_PER_DEG = np.array([90_000, 111_000])


@pytest.fixture
def grids_dir(tmp_path: Path) -> Path:
    """A grid about a place in Takayama, some metres off what three parameters give."""
    folder = tmp_path / "grids"
    folder.mkdir()
    shifts = {(north, east): (11.4, -11.1) for north in range(-4, 5) for east in range(-4, 5)}
    (folder / "TKY2JGD.par").write_text(parameters(137.25, 36.125, shifts), encoding="cp932")
    return folder


@pytest.mark.parametrize("has_grid", [True, False])
def test_a_map_of_the_tokyo_datum_lies_where_the_grid_says(has_grid: bool, grids_dir: Path, tmp_path: Path) -> None:
    """Within decimetres over all of it; without the grid where three parameters say, some metres beside."""
    path, half_m = tmp_path / "old.tif", 350.0
    east, north = Transformer.from_crs(4301, ZONE_7_TOKYO, always_xy=True).transform(*MIDDLE)
    profile = {"driver": "GTiff", "width": 700, "height": 700, "count": 3, "dtype": "uint8", "crs": "EPSG:30167"}
    place = from_origin(east - half_m, north + half_m, 1, 1)
    with rasterio.open(path, "w", transform=place, **profile) as target:
        target.write(pattern())
    rasters = Rasters(tmp_path / "rasters", clock=str, max_pixels=10**9, grids_dir=grids_dir if has_grid else None)
    rasters.folder.mkdir()

    (seen,) = rasters.prepare([path], name="old")

    corners = np.array([east - half_m, east + half_m]), np.array([north - half_m, north + half_m])
    moved = transform(*corners, source=ZONE_7_TOKYO, target=6668, grids_dir=grids_dir)
    off_m = (np.array(seen["bounds"]).reshape(2, 2) - np.column_stack([moved.x, moved.y])) * _M_PER_DEG
    # A box in degrees is a little larger than its corners in the plane.
    assert np.abs(off_m).max() < 0.6 if has_grid else np.abs(off_m).max() > 4
    assert seen["crs"] == "EPSG:30167"


@pytest.mark.parametrize("crs", ["EPSG:6675", "EPSG:4301", "EPSG:32653", "EPSG:26712", "EPSG:2449"])
def test_what_no_grid_is_about_stays(crs: str, grids_dir: Path) -> None:
    """JGD2011 is that of the map; control points in degrees have a way of their own; there is no grid of 2011 here."""
    assert shifted_crs(crs, MIDDLE, grids_dir) is None
    assert shifted_crs("EPSG:30167", (130.5, 31.6), grids_dir) is None
