"""Real maps and drawings: as many rows, and the CRS, as an independent reader found in them."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from gis_capture.errors import SourceError
from gis_capture.ledger import codes, read_ledger
from tests.ledger.conftest import column

pytestmark = pytest.mark.shared

_LAYER = re.compile(r"(?:layers=\d+: |; )[^:;]+: [A-Z][\w ()]* n=(\d+) srs=([^;|]*?)(?: fields=|$)")
_LIES = 10**9


def described(shared_dir: Path) -> Iterator[tuple[Path, list[tuple[int, str | None]]]]:
    """Files of folders 03, 04 and 07 with rows and EPSG code of each of their layers."""
    with (shared_dir / "corpus" / "INDEX.csv").open(encoding="utf-8-sig", newline="") as file:
        for entry in csv.DictReader(file):
            path = shared_dir / "corpus" / entry["path"]
            if entry["path"][:2] not in ("03", "04", "07") or path.suffix.lower() in (".zip", ".kml", ".gpx"):
                continue
            layers = [
                (int(n), code[0] if (code := re.findall(r"EPSG:\d+", srs)) else None)
                for n, srs in _LAYER.findall(entry["expected_facts"])
            ]
            if layers and all(n < _LIES for n, _ in layers):
                yield path, layers


def test_rows_and_crs_are_those_that_another_reader_finds(shared_dir: Path) -> None:
    """Shapefiles, GeoJSON and GeoPackages of cities and ministries, and edge cases of other projects."""
    n_files, wrong = 0, []
    for path, layers in described(shared_dir):
        tables = read_ledger(path).tables
        found = [(len(table.row_numbers) + len(table.skipped), table.crs) for table in tables]
        n_files += 1
        # Tables that only relate others are listed by some readers and not by others.
        if Counter(layers) - Counter(found):
            wrong.append((path.name, found, layers))
    assert wrong == []
    assert n_files > 25


def test_a_shelter_in_zone_vii_is_read_in_its_zone(shared_dir: Path) -> None:
    """The old `crs` member of GeoJSON counts."""
    (table,) = read_ledger(shared_dir / "corpus/04_geojson_kml_gpx/nanao_shelter_epsg6675.geojson").tables
    assert table.crs == "EPSG:6675"


def test_attributes_in_descriptions_of_a_map_service_are_columns(shared_dir: Path) -> None:
    """One folder per feature is still one table."""
    (table,) = read_ledger(shared_dir / "corpus/04_geojson_kml_gpx/wakayama_road_20150511.KML").tables
    assert len(table.row_numbers) == 90
    assert "日高建設部" in column(table, "所管事務所")


def test_parcels_of_a_map_of_the_ministry_lie_in_their_zone(shared_dir: Path) -> None:
    """屋久島 is in zone II; X is north."""
    tables = {t.name: t for t in read_ledger(shared_dir / "corpus/06_gov_xml_gml/moj_46505-3411-1.zip").tables}
    parcels = tables["筆"]
    assert (len(parcels.row_numbers), parcels.crs) == (8, "EPSG:2444")
    assert parcels.geometries is not None
    west, south, east, north = shapely.total_bounds(list(parcels.geometries)).tolist()
    assert -35_000 < west < east < -33_000
    assert -299_000 < south < north < -297_000


def test_city_models_are_read_in_degrees(shared_dir: Path) -> None:
    """Longitude first, whatever the compound CRS says."""
    folder = shared_dir / "corpus" / "06_gov_xml_gml"
    for name, n_rows, west in (("plateau_kofu*", 27, 138), ("plateau_numazu*", 3, 138)):
        (table,) = read_ledger(next(folder.glob(name))).tables
        assert (len(table.row_numbers), table.crs) == (n_rows, "EPSG:6668")
        assert table.geometries is not None
        assert int(shapely.total_bounds(list(table.geometries))[0]) == west


def test_drawings_are_read_repaired_or_refused_with_the_way_out(shared_dir: Path) -> None:
    """Jw_cad's own format says how to go on; a file without group codes is broken."""
    folder = shared_dir / "corpus" / "08_dxf_cad"
    with pytest.raises(SourceError) as refused:
        read_ledger(folder / "jw_cad_sample1.jww")
    assert "SFC形式で保存" in refused.value.message.ja
    with pytest.raises(SourceError):
        read_ledger(next(folder.glob("*clusterfuzz*")))
    assert codes.DRAWING_REPAIRED in [p.code for p in read_ledger(folder / "gdal_assorted.dxf").problems]
    (table,) = read_ledger(folder / "gdal_utf-8.dxf").tables
    assert table.name == "éven"
