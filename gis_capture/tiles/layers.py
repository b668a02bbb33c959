"""Tiles of the layers of a store."""

from collections.abc import Iterable, Sequence
from typing import Any

from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.model import BBox, Feature, Layer
from gis_capture.model.label import label_of
from gis_capture.store.protocol import Store
from gis_capture.tiles.encode import TileLayer, encode_layers
from gis_capture.tiles.grid import BUFFER, parse_tile
from gis_capture.tiles.style import THINNED, tile_fields

MAX_FEATURES = 4_000


def encode_tile(
    store: Store, layers: Sequence[str], z: int, x: int, y: int, *, max_features: int = MAX_FEATURES
) -> bytes:
    """Gives a vector tile of layers, each under its key; none at all when nothing is in it.

    Features have `fid` as id, and as properties `feature_id`, `label`, and the fields that style and key need.
    Where a layer has more than `max_features` in the tile, one feature stands for all of its cell of a grid;
    then each feature says in `n_thinned` for how many.

    Raises:
        LayerError: There is no such layer.
        FeatureError: There is no such tile.
    """
    tile = parse_tile(z, x, y)
    bbox = tile.bbox(BUFFER)
    return encode_layers((_layer(store, store.layer(key), bbox, max_features) for key in layers), tile)


def _layer(store: Store, layer: Layer, bbox: BBox, max_features: int) -> TileLayer:
    rows = list(store.thinned_features(layer.key, bbox, max_features=max_features))
    is_thinned = any(n > 1 for _, n, _ in rows)
    names = tile_fields(layer)
    return TileLayer(
        name=layer.key,
        geometries=list(to_lon_lat([feature.geometry for _, _, feature in rows], layer.crs)),
        ids=[fid for fid, _, _ in rows],
        properties=[
            _properties(feature, layer, names) | ({THINNED: n} if is_thinned else {}) for _, n, feature in rows
        ],
    )


def _properties(feature: Feature, layer: Layer, names: Iterable[str]) -> dict[str, Any]:
    fields = {name: feature.fields.get(name) for name in names}
    return {**fields, "feature_id": feature.feature_id, "label": label_of(layer, fields)}
