"""Lines of a pull that are made of rows are those that are made of features, to the byte."""

import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import Geometry, Point

from gis_capture.geopackage.connection import connect
from gis_capture.model import Attachment, BBox, Feature, Layer, Text, wkb_to_geojson
from gis_capture.store import GeoPackageStore
from gis_capture.store.lines import LAST_RANK, LineScope, merged_lines
from tests.store.lamps import AT, LAMPS, OFFICE

LAYER = Layer("lamp", Text("場所", "Places"), "Geometry", LAMPS.fields, allows_any_position=True)
WKTS = (
    "POINT (137.25 36.14)",
    "POINT Z (137.25 36.14 5)",
    "POINT M (137.25 36.14 7)",
    "POINT ZM (137.25 36.14 5 7)",
    "LINESTRING (137 36, 137.5 36.5, 138 36)",
    "POLYGON ((137 36, 138 36, 138 37, 137 36), (137.4 36.2, 137.6 36.2, 137.6 36.4, 137.4 36.2))",
    "MULTIPOINT (137 36, 138 37)",
    "MULTIPOLYGON Z (((1 1 1, 2 1 1, 2 2 1, 1 1 1)))",
    "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 1, 2 2))",
    "POINT EMPTY",
)
SCOPES = (
    LineScope({"lamp": frozenset()}),
    LineScope({"lamp": frozenset({LAMPS.fields[0].name})}),
    LineScope({"lamp": frozenset()}, BBox(136, 35, 139, 38)),
    LineScope({"lamp": frozenset()}, BBox(136, 35, 139, 38), whole_until=1),
)


@pytest.fixture
def filled(store: GeoPackageStore, path: Path) -> GeoPackageStore:
    """Every kind of geometry, one feature without, one with a photo; two that another program wrote its own way."""
    geometries: list[Geometry | None] = [*map(shapely.from_wkt, WKTS), None]
    photo = Attachment("a" * 64, "a.jpg", 5, "image/jpeg", "2026-11-23T02:10:00Z")
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAYER)
        transaction.insert(Feature("lamp", f"f{n}", place, {}) for n, place in enumerate(geometries))
        transaction.insert([Feature("lamp", "photo", Point(1, 2), {}, attachments=(photo,))])
    with closing(connect(path)) as database:
        for order, fid in ((0, 1), (1, 5)):
            wkb = shapely.to_wkb(Point(137.5, 36.5, 9), byte_order=order, flavor="extended")
            blob = b"GP\x00" + struct.pack("<Bi", 1, 6668) + wkb
            database.execute("UPDATE lamp SET geometry = ? WHERE fid = ?", (blob, fid))
    with store.transact(OFFICE, at=AT) as transaction:
        moved = transaction.feature("lamp", "f6")
        assert moved is not None
        transaction.update(Feature("lamp", "f6", Point(10, 10), moved.fields))
    return store


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("limit", [None, 1, 4, 100])
def test_rows_and_features_give_the_same_lines(filled: GeoPackageStore, scope: LineScope, limit: int | None) -> None:
    """Whatever the geometry and whoever wrote it, with hidden fields, in an area, in pages."""
    with filled.snapshot() as snapshot:
        query: dict[str, Any] = {"after": (0, LAST_RANK, 0), "limit": limit}
        of_rows = list(snapshot.lines(scope, **query))
        assert of_rows == list(merged_lines(snapshot, scope, **query))
        assert sum(lines.n_lines for lines in of_rows) == min(limit or 100, sum(one.n_lines for one in of_rows))


@pytest.mark.parametrize("wkb", [b"", b"\x01", shapely.to_wkb(Point(1, 2), byte_order=0), b"\x01" + b"\xff" * 20])
def test_wkb_of_another_kind_is_refused(wkb: bytes) -> None:
    """The caller reads it the long way then."""
    with pytest.raises(ValueError):
        wkb_to_geojson(wkb)
