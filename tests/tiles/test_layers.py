"""Tiles of a store: bounded, and honest about what they leave out."""

from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import pytest
from shapely import Point, box

from gis_capture.errors import FeatureError, LayerError
from gis_capture.model import Feature, Field, Layer, Text
from gis_capture.store import open_store
from gis_capture.store.protocol import Author, Store
from gis_capture.tiles import TileService
from gis_capture.tiles.grid import tile_at

N_POINTS = 400
LAYER = Layer(
    key="tree",
    title=Text("街路樹", "Trees"),
    geometry_type="Geometry",
    fields=(
        Field("tree.number", "number", Text("番号", "Number")),
        Field("tree.owner", "owner", Text("所有者", "Owner"), is_personal=True),
    ),
    key_fields=("number",),
    label="{number} {owner}",
)
CITY = tile_at(137.25, 36.14, 9)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Holds 400 trees on a square, and one park around them."""
    opened = open_store(tmp_path / "layers.gpkg", create=True)
    ids = (f"00000000-0000-7000-8000-{number:012d}" for number in range(N_POINTS + 1))
    trees = [
        Feature("tree", one, Point(137.25 + n % 20 / 100, 36.14 + n // 20 / 100), {"number": str(n), "owner": "甲"})
        for n, one in zip(range(N_POINTS), ids, strict=False)
    ]
    with opened.transact(Author("office"), at="2026-11-23T00:00:00Z") as transaction:
        transaction.put_layer(LAYER)
        transaction.insert([*trees, Feature("tree", next(ids), box(137.2, 36.1, 137.5, 36.4), {"number": "park"})])
    yield opened
    opened.close()


def test_personal_data_never_leaves_in_a_tile(store: Store) -> None:
    """Neither as a property nor in the label."""
    encoded = TileService(store).encode(["tree"], *CITY)

    assert "甲".encode() not in encoded and b"owner" not in encoded


def test_a_crowded_tile_is_thinned_and_says_so(store: Store) -> None:
    """At most as many features as allowed; together they stand for all; the large park is among them."""
    encoded = TileService(store, max_features=100).encode(["tree"], *CITY)
    features = mapbox_vector_tile.decode(encoded)["tree"]["features"]

    assert len({feature["id"] for feature in features}) <= 100
    assert sum({feature["id"]: feature["properties"]["n_thinned"] for feature in features}.values()) == N_POINTS + 1
    assert "park" in {feature["properties"]["number"] for feature in features}


def test_a_tile_with_room_is_complete(store: Store) -> None:
    """Nothing is left out, and nothing is said about thinning."""
    features = mapbox_vector_tile.decode(TileService(store).encode(["tree"], *CITY))["tree"]["features"]

    assert len(features) == N_POINTS + 1
    assert all("n_thinned" not in feature["properties"] for feature in features)


def test_unknown_layers_and_tiles_are_refused(store: Store) -> None:
    """No work is done for addresses that cannot be."""
    with pytest.raises(LayerError):
        TileService(store).encode(["tree", "nothing"], 0, 0, 0)
    with pytest.raises(FeatureError):
        TileService(store).encode(["tree"], 1, 2, 0)
