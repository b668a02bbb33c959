"""PostGIS makes the same tiles: of a small city, and of the common workload where it is there."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from shapely import Geometry
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from benchmarks._workload import LAYERS, find_workload, make_source, read_tiles
from gis_capture.tiles.columns import Columns
from gis_capture.tiles.grid import BUFFER, EXTENT, SIMPLIFY_UNITS, Tile, tile_at
from tests.tiles.drawing import PLACE, city, columns_of, draw

MVT = """
SELECT ST_AsMVT(t, 'park', 4096, 'geom', 'fid') FROM (
  SELECT fid, ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64) AS geom FROM parity
  WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)) t
"""
INNER = shapely.box(-BUFFER + 2, -BUFFER + 2, EXTENT + BUFFER - 2, EXTENT + BUFFER - 2)
shapely.prepare(INNER)
Drawn = dict[int, BaseGeometry]


def fill(connection: psycopg.Connection[Any], geometries: Sequence[Geometry]) -> None:
    """Makes the table of PostGIS."""
    connection.execute("CREATE TEMP TABLE parity (fid bigint, geom geometry)")
    with connection.cursor() as cursor, cursor.copy("COPY parity FROM STDIN") as copy:
        written = shapely.to_wkb(shapely.set_srid(geometries, 4326), hex=True, include_srid=True)
        for row in enumerate(written, 1):
            copy.write_row(row)
    connection.execute("UPDATE parity SET geom = ST_Transform(geom, 3857)")
    connection.execute("CREATE INDEX ON parity USING gist (geom)")
    connection.execute("ANALYZE parity")


def both(connection: psycopg.Connection[Any], columns: Columns, tile: Tile) -> tuple[Drawn, Drawn]:
    """What we draw and what PostGIS does, by fid, but for what lies at the edge of the buffer alone."""
    found = connection.execute(MVT, tile._asdict()).fetchone()
    assert found is not None
    decoded = mapbox_vector_tile.decode(bytes(found[0] or b""), default_options={"y_coord_down": True})
    features = (draw(columns, tile, is_compiled=True), decoded.get("park", {"features": []})["features"])
    ours, theirs = ({one["id"]: shape(one["geometry"]) for one in drawn} for drawn in features)
    assert all(geometry.is_valid for geometry in ours.values())
    # Some of theirs are not.
    theirs = {number: shapely.make_valid(geometry) for number, geometry in theirs.items()}
    return seen(ours), seen(theirs)


def seen(drawn: Drawn) -> Drawn:
    """What of it lies not at the edge of the buffer alone."""
    return {number: geometry for number, geometry in drawn.items() if geometry.intersects(INNER)}


def is_near(one: BaseGeometry, other: BaseGeometry, units: float) -> bool:
    """Whether each vertex of one shape that is seen has the other one within so many units along both axes."""
    x, y = (xy := shapely.get_coordinates(one))[shapely.intersects_xy(INNER, xy)].T
    return bool(shapely.intersects(shapely.box(x - units, y - units, x + units, y + units), other).all())


def is_same(ours: BaseGeometry, theirs: BaseGeometry) -> bool:
    """Whether points are the same, and vertices of ours one unit from theirs at most.

    Of theirs, which has all vertices, what simplifying has left out may be as much farther from ours.
    """
    if ours.geom_type.endswith("Point"):
        return bool(shapely.equals(ours, theirs))
    return is_near(ours, theirs, 1) and is_near(theirs, ours, 1 + SIMPLIFY_UNITS)


def test_postgis_draws_the_same(database_url: str) -> None:
    """The same features but for those at the edge of the buffer, and the same shapes."""
    columns = columns_of(city())
    with psycopg.connect(database_url) as connection:
        fill(connection, city())
        for z in (12, 13, 14, 15, 16):
            ours, theirs = both(connection, columns, tile_at(*PLACE, z))
            assert ours.keys() == theirs.keys()
            assert [number for number in ours if not is_same(ours[number], theirs[number])] == []


@pytest.fixture(scope="module", name="workload")
def _workload(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Tile]]]:
    """The file of the workload and every twelfth of its tiles."""
    folder = find_workload()
    if folder is None:
        pytest.skip("the common workload is not there: BENCHMARK_WORKLOAD names its folder")
    yield make_source(folder, tmp_path_factory.mktemp("workload")), read_tiles(folder)[::12]


@pytest.mark.parametrize("key", LAYERS)
def test_postgis_draws_the_same_workload(database_url: str, workload: tuple[Path, list[Tile]], key: str) -> None:
    """The same points to the unit, the same lines, and the same areas but for a few of hardly a unit."""
    source, tiles = workload
    geometries = pyogrio.read_dataframe(source, layer=key, columns=[]).geometry.to_numpy()
    columns, n_compared, others = columns_of(geometries), 0, []
    with psycopg.connect(database_url) as connection:
        fill(connection, geometries)
        for tile in tiles:
            ours, theirs = both(connection, columns, tile)
            for number in ours.keys() | theirs.keys():
                n_compared += 1
                one, other = ours.get(number), theirs.get(number)
                if one is None or other is None or not is_same(one, other):
                    others.append(float(np.nanmax(shapely.area([one, other]))))
    assert n_compared > 10_000
    # Rounding closes such an area, or it crosses itself then: each makes it valid in its own way.
    assert len(others) <= (0.005 * n_compared if key == "parcels" else 0)
    assert max(others, default=0) < 12
