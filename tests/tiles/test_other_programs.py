"""GDAL reads our tiles."""

from pathlib import Path

import pyogrio
import shapely
from shapely.geometry import shape

from gis_capture.tiles.grid import EXTENT, tile_at
from tests.tiles.drawing import PLACE, city, columns_of, draw, encoded


def test_gdal_reads_what_we_draw(tmp_path: Path) -> None:
    """Every feature with its attributes, at its place."""
    columns, tile = columns_of(city()), tile_at(*PLACE, 14)
    path = tmp_path / "tile.mvt"
    path.write_bytes(encoded(columns, tile, is_compiled=True))
    read = pyogrio.read_dataframe(path, layer="park", CLIP="NO")
    drawn = draw(columns, tile, is_compiled=True)

    assert sorted(read["feature_id"]) == sorted(one["properties"]["feature_id"] for one in drawn)
    by_id = {one["properties"]["feature_id"]: one for one in drawn}
    assert len(by_id) > 100
    for row in read.itertuples():
        other = by_id[row.feature_id]
        assert row.size == other["properties"]["size"]
        # GDAL counts y upwards from the lower edge.
        flipped = shapely.transform(row.geometry, lambda xy: xy * [1, -1] + [0, EXTENT])
        assert flipped.hausdorff_distance(shape(other["geometry"])) == 0
