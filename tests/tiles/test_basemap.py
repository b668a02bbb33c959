"""The base map pack, read back with GDAL's own PMTiles reader."""

import json
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from shapely.geometry import Point

from gis_capture.errors import SourceError
from gis_capture.tiles.basemap import build_basemap_pack

HERE = (137.25, 36.14)


def write_layer(folder: Path, name: str, *features: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Writes one GeoJSON file of (geometry, properties)."""
    members = [{"type": "Feature", "geometry": geometry, "properties": properties} for geometry, properties in features]
    document = {"type": "FeatureCollection", "features": members}
    (folder / f"{name}.geojson").write_text(json.dumps(document), encoding="utf-8")


def square(half: float) -> list[list[float]]:
    """A ring around the middle, degrees."""
    return [[HERE[0] + x * half, HERE[1] + y * half] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of a wood with a clearing, a street in it and a name."""
    write_layer(
        tmp_path, "landuse", ({"type": "Polygon", "coordinates": [square(0.1), square(0.01)]}, {"kind": "forest"})
    )
    line = {"type": "LineString", "coordinates": [[137.245, 36.14], [137.255, 36.141]]}
    write_layer(tmp_path, "road", (line, {"kind": "street", "name": "市道1号線", "bridge": False}))
    write_layer(tmp_path, "place", ({"type": "Point", "coordinates": HERE}, {"kind": "town", "name": "見本町"}))
    build_basemap_pack(tmp_path, tmp_path / "map.pmtiles")
    return tmp_path / "map.pmtiles"


def test_each_file_is_a_source_layer_with_its_properties(pack: Path) -> None:
    """Names and kinds come through in Japanese, places within half a metre at zoom 15."""
    assert sorted(name for name, _ in pyogrio.list_layers(pack)) == ["landuse", "place", "road"]
    (place,) = pyogrio.read_dataframe(pack, layer="place").to_crs(4326).itertuples()
    assert (place.name, place.kind) == ("見本町", "town")
    assert place.geometry.distance(Point(HERE)) < 5e-6


def test_holes_stay_holes(pack: Path) -> None:
    """The clearing is no forest; a wrong winding order would fill it."""
    forest = pyogrio.read_dataframe(pack, layer="landuse").to_crs(4326).geometry
    assert forest.is_valid.all()
    assert not forest.contains(Point(HERE)).any()
    assert forest.contains(Point(HERE[0] + 0.05, HERE[1])).any()


@pytest.mark.parametrize(("zoom", "n_roads"), [(10, 0), (11, 0), (13, 1)])
def test_small_things_are_left_out_of_small_scales(zoom: int, n_roads: int, pack: Path) -> None:
    """A street is drawn from zoom 12."""
    layers = {name for name, _ in pyogrio.list_layers(pack)}
    assert "road" in layers
    roads = pyogrio.read_dataframe(pack, layer="road", ZOOM_LEVEL=zoom)
    assert bool(len(roads)) == bool(n_roads)


def test_the_pack_is_the_same_every_time(pack: Path, tmp_path: Path) -> None:
    """Its hash is in its address."""
    build_basemap_pack(tmp_path, tmp_path / "again.pmtiles")
    assert (tmp_path / "again.pmtiles").read_bytes() == pack.read_bytes()


def test_a_folder_without_files_is_named(tmp_path: Path) -> None:
    """And nothing is written."""
    with pytest.raises(SourceError, match="no base map files"):
        build_basemap_pack(tmp_path, tmp_path / "map.pmtiles")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["{", '{"features": [{"geometry": {"type": "Point"}, "properties": {}}]}', "[]"])
def test_a_file_that_is_no_geojson_is_named(content: str, tmp_path: Path) -> None:
    """The old pack stays."""
    (tmp_path / "road.geojson").write_text(content, encoding="utf-8")
    (tmp_path / "map.pmtiles").write_bytes(b"old")
    with pytest.raises(SourceError, match=r"road\.geojson.* cannot be read as GeoJSON"):
        build_basemap_pack(tmp_path, tmp_path / "map.pmtiles")
    assert (tmp_path / "map.pmtiles").read_bytes() == b"old"
