"""Layers of the store as what rows of a ledger are placed against."""

from collections.abc import Sequence

import numpy as np

from gis_capture.convert.geometries import to_crs
from gis_capture.errors import LayerError
from gis_capture.locate.crs import GEOGRAPHIC, parse_crs
from gis_capture.locate.keys import WAYS, KeyLayer
from gis_capture.store.protocol import Store
from gis_capture.text import Text

_NO_POSTS = ("chainage", "address", "mesh", "name", "parcel")


def read_key_layer(store: Store, way: str, layers: Sequence[str], *, column: str = "") -> KeyLayer:
    """Reads the features of layers that rows are placed against; several are taken together (routes and posts).

    Args:
        store: Where they are.
        way: "parcel", "chainage", "reference" or "name".
        layers: Their keys.
        column: Where the key stands in the ledger; "" = found by the headers.

    Raises:
        LayerError: No such way, no layer is named, or there is none of that key.
    """
    chosen = next((known for known in WAYS if known == way), None)
    if chosen is None or not layers:
        raise LayerError(
            Text(
                f"置き方（{'・'.join(WAYS)}）と、置く先のレイヤー（--against）を指定してください。",
                f"Say how rows are placed ({', '.join(WAYS)}) and against which layer (--against).",
            ),
            way=way,
        )
    titles: list[str] = []
    keys: list[str] = []
    columns: dict[str, list[str | None]] = {}
    geometries: list[object] = []
    for key in layers:
        layer = store.layer(key)
        titles.append(layer.title.ja)
        keys += [field.title.ja for field in layer.fields if field.name in layer.key_fields]
        features = list(store.features(key))
        raw = np.full(len(features), None, dtype=object)
        # A post is where somebody saw it: what was itself placed by a distance, an address or a cell measures nothing.
        told = [chosen != "chainage" or feature.position.method not in _NO_POSTS for feature in features]
        raw[:] = [feature.geometry if is_so else None for feature, is_so in zip(features, told, strict=True)]
        moved, _ = to_crs(raw, source=parse_crs(layer.crs), target=GEOGRAPHIC["jgd2011"], grids_dir=None)
        for field in layer.fields:
            texts = columns.setdefault(field.title.ja, [None] * len(geometries))
            values = (feature.fields.get(field.name) for feature in features)
            texts += [None if value is None else str(value) for value in values]
        geometries += moved.tolist()
        for texts in columns.values():
            texts += [None] * (len(geometries) - len(texts))
    return KeyLayer(
        way=chosen,
        title="・".join(titles),
        columns=columns,
        geometries=geometries,  # type: ignore[arg-type]  # an object array holds geometries and None
        key_titles=tuple(dict.fromkeys(keys)),
        column=column,
        layers=tuple(layers),
    )
