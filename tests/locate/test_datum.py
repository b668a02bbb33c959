"""Datums are changed by the grids, or by a rougher way that is told; never silently."""

import shutil
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
from rasterio.windows import Window

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.crs import datum_of
from gis_capture.locate.datum import transform

LON, LAT = 137.2501231, 36.1401231


@pytest.fixture
def grids_dir(shared_dir: Path) -> Path:
    """The grids of GSI."""
    return shared_dir / "grids"


def locate(crs: str, grids_dir: Path | None = None, layer_crs: str = "EPSG:6668") -> Located:
    """Locates one row in Takayama."""
    return locate_rows({"緯度": [str(LAT)], "経度": [str(LON)]}, crs=crs, layer_crs=layer_crs, grids_dir=grids_dir)


def distance_m(located: Located, lon: float, lat: float) -> float:
    """Metres between the only point and a place."""
    (point,) = located.geometries
    assert point is not None
    return float(np.hypot((point.x - lon) * 90_000, (point.y - lat) * 111_000))


def test_without_the_grid_the_tokyo_datum_is_changed_by_three_parameters_and_says_so() -> None:
    """Neither left where it was (440 m off) nor given out as exact."""
    located = locate("EPSG:4301")
    assert 400 < distance_m(located, LON, LAT) < 480
    assert distance_m(located, 137.247107, 36.143244) < 3
    assert located.accuracies_m[0] is not None and located.accuracies_m[0] >= 9
    (problem,) = [p for p in located.problems if p.code == codes.DATUM_GRID_MISSING]
    assert "TKY2JGD" in problem.message.ja and "国土地理院" in problem.suggestion.ja
    assert "three parameters" in located.operation and "3パラメータ" in (located.notes[0] or "")


DATUMS = {
    "tokyo": (4301, 30161, 30179, 3092),
    "jgd2000": (4612, 2443, 2461, 3100),
    "jgd2011": (6668, 6669, 6687, 6690, 6697),
    "wgs84": (4326, 3857, 32653),
}


@pytest.mark.parametrize(("datum", "crs"), [(datum, crs) for datum, codes in DATUMS.items() for crs in codes])
def test_datums_are_known_by_code(datum: str, crs: int) -> None:
    """Names change from one edition of EPSG to the next."""
    assert datum_of(crs) == datum


@pytest.mark.parametrize("crs", ["EPSG:6668", "EPSG:4326"])
def test_jgd2011_and_wgs84_are_one(crs: str) -> None:
    """Nothing is moved between them."""
    located = locate(crs)
    assert distance_m(located, LON, LAT) == 0 and located.operation == ""


def test_jgd2000_without_a_grid_stays_with_the_error_noted() -> None:
    """At Takayama the ground moved by 0.3 m, in its region by up to 1 m."""
    located = locate("EPSG:4612")
    assert distance_m(located, LON, LAT) == 0
    assert located.accuracies_m == [1.0] and codes.DATUM_GRID_MISSING in {p.code for p in located.problems}


def test_west_of_the_movement_of_2011_jgd2000_is_as_good() -> None:
    """Kagoshima did not move."""
    located = locate_rows({"緯度": ["31.596553"], "経度": ["130.557115"]}, crs="EPSG:4612", layer_crs="EPSG:6668")
    assert located.accuracies_m == [1.0] and located.problems == ()


@pytest.mark.shared
def test_the_grid_reproduces_a_published_point(grids_dir: Path) -> None:
    """The example of GSI's own program, within 0.2 mm."""
    lon, lat = np.array([140.08785504166664]), np.array([36.103774791666666])
    moved = transform(lon, lat, source=4301, target=4612, grids_dir=grids_dir)
    assert abs(moved.x[0] - 140.08457686629436) * 90_000 < 0.0002
    assert abs(moved.y[0] - 36.10696628160147) * 111_000 < 0.0002


@pytest.mark.shared
def test_three_parameters_reproduce_twins_made_with_them(shared_dir: Path, grids_dir: Path) -> None:
    """134 places published in both datums agree within a centimetre; they were made so, and the grid is 3.5 m away."""
    archive = f"/vsizip/{shared_dir}/corpus/03_shapefile_jp/gisoer_sabae.zip/sabae/"
    tokyo, jgd2000 = (
        pyogrio.read_dataframe(f"{archive}sabae_aed_{name}.shp").geometry for name in ("tokyo", "jgd2000")
    )
    errors_m = []
    for folder in (None, grids_dir):
        moved = transform(tokyo.x.to_numpy(), tokyo.y.to_numpy(), source=4301, target=4612, grids_dir=folder)
        errors_m.append(np.hypot((moved.x - jgd2000.x) * 90_000, (moved.y - jgd2000.y) * 111_000).max())
    assert errors_m[0] < 0.01 and 3 < errors_m[1] < 4


@pytest.mark.shared
def test_both_grids_are_used_from_a_folder_with_blanks_and_japanese(tmp_path: Path, grids_dir: Path) -> None:
    """The way of the position is on record."""
    folder = tmp_path / "座標 補正"
    shutil.copytree(grids_dir, folder)
    located = locate("EPSG:4301", folder)
    assert located.accuracies_m == [1.0] and "TKY2JGD.tif" in located.operation and "touhoku" in located.operation
    assert distance_m(located, 137.247109, 36.143243) < 0.2


@pytest.mark.shared
def test_where_the_grid_holds_zeros_its_nothing_is_not_believed(grids_dir: Path) -> None:
    """At sea and on coasts the file holds zeros: a null shift of 440 m."""
    moved = transform(np.array([137.0]), np.array([34.0]), source=4301, target=4612, grids_dir=grids_dir)
    assert moved.is_gap.all() and moved.accuracies_m[0] == 9
    assert np.hypot((moved.x[0] - 137) * 92_000, (moved.y[0] - 34) * 111_000) > 400


@pytest.mark.shared
def test_there_and_back_is_the_identity(grids_dir: Path) -> None:
    """The inverse of each step is the step backwards."""
    lon, lat = np.array([137.25, 141.3, 130.5]), np.array([36.14, 38.4, 31.6])
    there = transform(lon, lat, source=4301, target=6668, grids_dir=grids_dir)
    back = transform(there.x, there.y, source=6668, target=4301, grids_dir=grids_dir)
    assert np.abs(back.x - lon).max() < 1e-7 and np.abs(back.y - lat).max() < 1e-7


def parameters(lon: float, lat: float, shifts: dict[tuple[int, int], tuple[float, float]]) -> str:
    """A parameter file of third meshes around a corner; `shifts` by (north, east) steps, in seconds (lat, lon)."""
    lines = ["JGD2000-TokyoDatum Ver.2.1.2", "MeshCode   dB(sec)   dL(sec)"]
    for (north, east), (d_lat, d_lon) in shifts.items():
        row, column = round(lat * 120) + north, round(lon * 80) + east
        first = f"{row // 80:02d}{column // 80 - 100:02d}"
        lines.append(f"{first}{row % 80 // 10}{column % 80 // 10}{row % 10}{column % 10} {d_lat:9.5f} {d_lon:9.5f}")
    return "\r\n".join(lines) + "\r\n"


def test_parameter_files_are_interpolated_between_their_corners(tmp_path: Path) -> None:
    """A quarter of the way east, half of the way north; beyond the last corner three parameters are used and told."""
    shifts = {(0, 0): (11.0, -11.0), (0, 1): (11.4, -11.0), (1, 0): (11.0, -11.4), (1, 1): (11.4, -11.4)}
    (tmp_path / "TKY2JGD.par").write_text(parameters(137.25, 36.125, shifts), encoding="cp932")
    lon, lat = np.array([137.25 + 0.25 / 80, 137.25]), np.array([36.125 + 0.5 / 120, 36.2])
    moved = transform(lon, lat, source=4301, target=4612, grids_dir=tmp_path)
    assert moved.x[0] - lon[0] == pytest.approx(-11.2 / 3600, abs=1e-12)
    assert moved.y[0] - lat[0] == pytest.approx(11.1 / 3600, abs=1e-12)
    assert moved.is_gap.tolist() == [False, True] and np.isfinite(moved.x).all()
    back = transform(moved.x[:1], moved.y[:1], source=4612, target=4301, grids_dir=tmp_path)
    assert (back.x[0], back.y[0]) == pytest.approx((lon[0], lat[0]), abs=1e-9)


@pytest.mark.shared
def test_parameter_files_and_tiffs_agree(tmp_path: Path, grids_dir: Path) -> None:
    """The corners of one, written as the other, give the same places within a millimetre."""
    steps = [(north, east) for north in range(6) for east in range(6)]
    corners = np.array([(137.25 + east / 80, 36.125 + north / 120) for north, east in steps])
    at = transform(corners[:, 0], corners[:, 1], source=4301, target=4612, grids_dir=grids_dir)
    seconds = np.column_stack([at.y - corners[:, 1], at.x - corners[:, 0]]) * 3600
    text = parameters(137.25, 36.125, {step: (d[0], d[1]) for step, d in zip(steps, seconds.tolist(), strict=True)})
    (tmp_path / "tky2jgd.par").write_text(text, encoding="cp932")
    lon, lat = np.random.default_rng(1).uniform((137.25, 36.125), (137.31, 36.16), (50, 2)).T
    ours, theirs = (transform(lon, lat, source=4301, target=4612, grids_dir=path) for path in (tmp_path, grids_dir))
    assert np.hypot((ours.x - theirs.x) * 90_000, (ours.y - theirs.y) * 111_000).max() < 0.001


def test_a_broken_grid_is_as_good_as_none(tmp_path: Path) -> None:
    """An HTML page saved under the name of the grid."""
    for name in ("TKY2JGD.tif", "TKY2JGD.par"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text("<html>404</html>", encoding="utf-8")
        assert codes.DATUM_GRID_MISSING in {problem.code for problem in locate("EPSG:4301", folder).problems}


@pytest.mark.shared
def test_grids_in_ntv2_agree_with_those_in_tiff(tmp_path: Path, grids_dir: Path) -> None:
    """A .gsb counts longitudes to the west; the same cells give the same place."""
    window = Window(1100, 1000, 80, 160)  # around Takayama
    with rasterio.open(grids_dir / "TKY2JGD.tif") as grid:
        shifts, place = grid.read(window=window), grid.window_transform(window)
    flat = np.full(shifts.shape[1:], 0.1, np.float32)
    options = {"driver": "NTv2", "width": 80, "height": 160, "count": 4, "dtype": "float32", "crs": "EPSG:4301"}
    with rasterio.open(tmp_path / "TKY2JGD.gsb", "w", transform=place, **options) as file:
        file.write(np.stack([shifts[0], -shifts[1], flat, flat]))
    lon, lat = np.array([LON]), np.array([LAT])
    found = [transform(lon, lat, source=4301, target=4612, grids_dir=folder) for folder in (tmp_path, grids_dir)]
    assert np.hypot((found[0].x - found[1].x) * 90_000, (found[0].y - found[1].y) * 111_000)[0] < 0.001
    assert "TKY2JGD.gsb" in found[0].operations[0]


@pytest.mark.shared
def test_the_note_of_a_row_names_only_the_changes_of_datum_of_that_row(grids_dir: Path) -> None:
    """A row in the new datum is not said to have been changed from the old one."""
    columns = {"緯度": [str(LAT)] * 2, "経度": [str(LON)] * 2, "測地系": ["日本測地系", "世界測地系"]}
    located = locate_rows(columns, crs=None, layer_crs="EPSG:6668", grids_dir=grids_dir)
    assert "TKY2JGD" in (located.notes[0] or "")
    assert located.notes[1] is None


@pytest.mark.shared
def test_rows_outside_the_grid_of_2011_are_not_said_to_have_been_changed_by_it(grids_dir: Path) -> None:
    """Sendai moved, Kyoto did not; without the grid, too, each row says what holds for it."""
    columns = {"緯度": ["38.268123", "35.011123"], "経度": ["140.872123", "135.768123"]}
    with_grid, without = (
        locate_rows(columns, crs="EPSG:4612", layer_crs="EPSG:6668", grids_dir=folder).notes
        for folder in (grids_dir, None)
    )
    assert "touhokutaiheiyouoki2011.tif）" in (with_grid[0] or "") and "補正なし" not in (with_grid[0] or "")
    assert "補正なし、touhokutaiheiyouoki2011.tifに値のない場所" in (with_grid[1] or "")
    assert "補正なし" in (without[0] or "")


def test_west_of_the_movement_of_2011_nothing_is_missing() -> None:
    """Hiroshima needs no grid, also in a table with rows that do."""
    columns = {"緯度": ["38.268123", "34.385123"], "経度": ["140.872123", "132.455123"]}
    located = locate_rows(columns, crs="EPSG:4612", layer_crs="EPSG:6668")
    assert "補正の対象外" in (located.notes[1] or "") and "補正なし" in (located.notes[0] or "")
    assert located.accuracies_m[1] == 1.0 and located.accuracies_m[0] is not None
