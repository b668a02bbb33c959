"""GDAL reads our tiles, and PostGIS makes the same ones."""

import math
import random
from pathlib import Path

import mapbox_vector_tile
import psycopg
import pyogrio
import shapely
from shapely import Geometry, LineString, Point, Polygon
from shapely.geometry import shape

from gis_capture.tiles.columns import Columns
from gis_capture.tiles.encoder import encode_features, encode_layer, load_kernel
from gis_capture.tiles.grid import BUFFER, EXTENT, Tile, tile_at
from tests.tiles.drawing import box_of, columns_of, draw

PLACE = (137.25, 36.14)
MVT = """
SELECT ST_AsMVT(t, 'park', 4096, 'geom', 'fid') FROM (
  SELECT fid, ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(%s, %s, %s), 4096, 64) AS geom FROM parity) t
"""


def city() -> list[Geometry]:
    """Some hundred lamps, lots and roads; always the same ones."""
    chance = random.Random(2026)
    made: list[Geometry] = []
    for _ in range(200):
        x, y = PLACE[0] + chance.uniform(-0.02, 0.02), PLACE[1] + chance.uniform(-0.02, 0.02)
        n, radius = chance.randint(4, 30), chance.uniform(0.0001, 0.003)
        turns = [2 * math.pi * i / n for i in range(n)]
        ring = [(x + radius * math.cos(a) * chance.uniform(0.6, 1), y + radius * math.sin(a)) for a in turns]
        steps = [(x + i * radius / 3, y + chance.uniform(0, radius)) for i in range(n)]
        made += [Point(x, y), Polygon(ring), LineString(steps)]
    return made


def encoded(columns: Columns, tile: Tile) -> bytes:
    """A tile with all attributes."""
    load_kernel()
    rows = columns.rows_in(box_of(tile))
    part = encode_features(columns, rows, tile, chosen=range(len(columns.names)), counts=None, first_value=0)
    return encode_layer("park", columns.names, [part])


def test_gdal_reads_what_we_draw(tmp_path: Path) -> None:
    """Every feature with its attributes, at its place."""
    columns, tile = columns_of(city()), tile_at(*PLACE, 14)
    path = tmp_path / "tile.mvt"
    path.write_bytes(encoded(columns, tile))
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


def test_postgis_draws_the_same(database_url: str) -> None:
    """The same features but for those at the edge of the buffer, and every shape within one unit but for rounding."""
    columns = columns_of(city())
    inner = shapely.box(-BUFFER + 2, -BUFFER + 2, EXTENT + BUFFER - 2, EXTENT + BUFFER - 2)
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TEMP TABLE parity (fid bigint, geom geometry(Geometry, 4326))")
        rows = [(number, shapely.to_wkb(geometry, hex=True)) for number, geometry in enumerate(city(), 1)]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO parity VALUES (%s, ST_SetSRID(%s::geometry, 4326))", rows)
        for z in (12, 13, 14, 15, 16):
            tile = tile_at(*PLACE, z)
            found = connection.execute(MVT, tile).fetchone()
            assert found is not None
            decoded = mapbox_vector_tile.decode(found[0], default_options={"y_coord_down": True})
            theirs = {one["id"]: shape(one["geometry"]) for one in decoded["park"]["features"]}
            ours = {one["id"]: shape(one["geometry"]) for one in draw(columns, tile, is_compiled=True)}

            assert {one for one in ours if ours[one].intersects(inner)} == {
                one for one in theirs if theirs[one].intersects(inner)
            }
            for number, geometry in ours.items():
                assert geometry.is_valid
                if number in theirs:
                    # Both round; lines and areas are simplified by half a unit besides.
                    other = theirs[number]
                    assert other.buffer(2).covers(geometry & inner) and geometry.buffer(2).covers(other & inner)
