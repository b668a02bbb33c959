"""Layers of any geometries, and what is drawn of them in a tile."""

from collections.abc import Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
from shapely import Geometry

from gis_capture.model import Field, FieldType, Layer, Text, Value
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.tiles import encoder, numpy_encoder
from gis_capture.tiles.building import build_columns
from gis_capture.tiles.columns import Columns
from gis_capture.tiles.encoder import encode_layer
from gis_capture.tiles.grid import BUFFER, EXTENT, Tile

LAYER = Layer(
    key="park",
    title=Text("公園", "Parks"),
    geometry_type="Geometry",
    fields=(
        Field("park.name", "name", Text("名前", "Name")),
        Field("park.size", "size", Text("広さ", "Size"), FieldType.REAL),
        Field("park.owner", "owner", Text("所有者", "Owner"), is_personal=True),
    ),
    key_fields=("name",),
    label="{name}",
)


def columns_of(geometries: Sequence[Geometry | None]) -> Columns:
    """A layer of these geometries; names repeat, sizes do not."""
    n = len(geometries)
    made = np.empty(n, dtype=object)
    made[:] = geometries
    fields: dict[str, list[Value]] = {
        "name": [f"公園{i % 3}" if i % 4 else None for i in range(n)],
        "size": [i / 2 for i in range(n)],
    }
    batch = StoredColumns(range(1, n + 1), [f"id-{i}" for i in range(n)], made, fields)
    return build_columns(LAYER, [batch])


def box_of(tile: Tile) -> tuple[float, float, float, float]:
    """What a tile shows, with its buffer, in parts of the world."""
    margin, size = BUFFER / EXTENT, 2**tile.z
    corners = (tile.x - margin, tile.y - margin, tile.x + 1 + margin, tile.y + 1 + margin)
    west, north, east, south = (corner / size for corner in corners)
    return west, north, east, south


def draw(columns: Columns, tile: Tile, *, is_compiled: bool) -> list[dict[str, Any]]:
    """Encodes a tile with one of the encoders, and decodes it again, y downwards."""
    rows = columns.rows_in(box_of(tile))
    if is_compiled:
        encoder.load_kernel()
    encode = encoder.encode_features if is_compiled else numpy_encoder.encode_rows
    chosen = range(len(columns.names))
    part = encode(columns, rows, tile, chosen=chosen, counts=None, first_value=0)
    content = encode_layer("park", columns.names, [part])
    if not content:
        return []
    decoded = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return sorted(decoded["park"]["features"], key=lambda one: (one["id"], one["geometry"]["type"]))
