"""The lines that the database makes say what those of a file say, value for value and bit for bit."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_capture.model import Attachment, BBox, Feature, FieldType, Layer, PositionQuality, Text
from gis_capture.store import Store, open_store
from gis_capture.store.postgis import PostgisStore
from gis_capture.sync.pull import pull
from tests.store.lamps import AT, OFFICE, make_field
from tests.sync.tablets import lines_of

NUMBERS = itertools.count(1)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
REALS = st.floats(allow_nan=False, allow_infinity=False)
PLACES = st.floats(-1e7, 1e7) | st.sampled_from([0.1 + 0.2, 1e-9, 137.25000000000003, 1e22, -0.0, 5e-324])
FIELDS = {
    "name": st.none() | TEXTS,
    "height": st.none() | REALS,
    "number": st.none() | st.integers(-(2**63), 2**63 - 1),
    "is_led": st.none() | st.booleans(),
    "since": st.none() | st.dates().map(str),
    "seen_at": st.none()
    | st.datetimes().map(
        lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000).isoformat("T", "milliseconds") + "Z"
    )
    | st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat() + "Z"),
    "owner": st.none() | TEXTS,
}
TYPES = dict(
    zip(
        FIELDS,
        (
            FieldType.TEXT,
            FieldType.REAL,
            FieldType.INTEGER,
            FieldType.BOOLEAN,
            FieldType.DATE,
            FieldType.DATETIME,
            FieldType.TEXT,
        ),
        strict=True,
    )
)


@st.composite
def geometries(draw: st.DrawFn) -> Any:
    """Points, lines, areas and collections, with and without Z and M, also empty ones."""
    kind = draw(
        st.sampled_from(["none", "Point", "LineString", "Polygon", "MultiPoint", "MultiPolygon", "empty", "collection"])
    )
    if kind == "none":
        return None
    if kind == "empty":
        return shapely.from_wkt(draw(st.sampled_from(["POINT EMPTY", "POLYGON EMPTY", "MULTILINESTRING EMPTY"])))
    dims = draw(st.sampled_from(["", " Z", " M", " ZM"]))
    size = 2 + len(dims.strip())

    def position() -> str:
        return " ".join(repr(draw(PLACES)) for _ in range(size))

    point, line = f"({position()})", f"({position()}, {position()}, {position()})"
    first = position()
    ring = f"(({first}, {position()}, {position()}, {first}))"
    texts = {
        "Point": f"POINT{dims} {point}",
        "LineString": f"LINESTRING{dims} {line}",
        "Polygon": f"POLYGON{dims} {ring}",
        "MultiPoint": f"MULTIPOINT{dims} ({point}, ({position()}))",
        "MultiPolygon": f"MULTIPOLYGON{dims} ({ring})",
        "collection": f"GEOMETRYCOLLECTION{dims} (POINT{dims} {point}, LINESTRING{dims} {line})",
    }
    return shapely.from_wkt(texts[kind])


FEATURES = st.lists(
    st.builds(
        lambda geometry, fields, note, photos: Feature(
            "thing",
            f"t{next(NUMBERS)}",
            geometry,
            fields,
            position=PositionQuality("gps", 0.1 + 0.2, note),
            attachments=(Attachment("ab" * 32, '写真"\\.jpg', 9, "image/jpeg", AT, {"lon": 0.1}),) * photos,
        ),
        geometries(),
        st.fixed_dictionaries(FIELDS),
        st.none() | TEXTS,
        st.integers(0, 1),
    ),
    max_size=12,
)


def _layer() -> Layer:
    fields = tuple(make_field(name, TYPES[name], is_personal=name == "owner") for name in FIELDS)
    return Layer("thing", Text("もの", "Things"), "Geometry", fields, crs="EPSG:6668")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files are."""
    return tmp_path_factory.mktemp("lines")


@pytest.fixture
def pair(folder: Path, database: PostgisStore) -> Iterator[tuple[Store, Store]]:
    """A store of each kind, with the same layer."""
    file = open_store(folder / f"{next(NUMBERS)}.gpkg", create=True)
    for store in (file, database):
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.put_layer(_layer())
    yield file, database
    file.close()


def _pulled(store: Store, **query: Any) -> list[Any]:
    lines = lines_of(pull(store, layers=["thing"], clock=lambda: AT, **query))
    for line in lines:
        line.pop("epoch", None)
    return [json.dumps(_plain(line), sort_keys=True) for line in lines]


def _plain(value: Any) -> Any:
    """Numbers as JSON readers see them: 3 and 3.0 are one, and so are 0 and -0."""
    if isinstance(value, float) and value == int(value if abs(value) < 1e300 else 0.5):
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(features=FEATURES, limit=st.none() | st.integers(1, 5), shares=st.booleans())
def test_both_kinds_give_the_same_lines(
    pair: tuple[Store, Store], features: list[Feature], limit: int | None, shares: bool
) -> None:
    """Of any values and geometries, page by page, with and without personal fields."""
    since = 0
    for store in pair:
        since = store.revision()
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.insert(features)
    queries = [{"limit": limit, "with_personal": shares, "since": since}]
    file, database = ([_pulled(store, **query) for query in queries] for store in pair)
    assert database == file


def test_both_kinds_tell_the_same_of_an_area(pair: tuple[Store, Store]) -> None:
    """First load and later pulls; moved out, deleted, not located, empty."""
    inside, outside = shapely.Point(137.2, 36.1), shapely.Point(139, 35)
    places = [inside, outside, None, shapely.Point(), inside, inside]
    pulls: list[list[Any]] = []
    for store in pair:
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.insert(Feature("thing", f"p{n}", place, {"name": "あ"}) for n, place in enumerate(places))
        box = BBox(137, 36, 137.2, 37)
        first = _pulled(store, bbox=box)
        with store.transact(OFFICE, at=AT) as transaction:
            moved = store.feature("thing", "p4")
            assert moved is not None
            transaction.update(replace(moved, geometry=outside))
            transaction.delete("thing", "p5")
        pulls.append([first, _pulled(store, bbox=box, since=2), _pulled(store, bbox=box, limit=1, since=2)])
    assert pulls[0] == pulls[1]
