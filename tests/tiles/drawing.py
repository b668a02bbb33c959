"""Layers of any geometries, and what is drawn of them in a tile."""

import math
import random
from collections.abc import Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from shapely import Geometry, LineString, Point, Polygon

from gis_capture.model import Field, FieldType, Layer, Text, Value
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.tiles import encoder
from gis_capture.tiles.building import build_columns
from gis_capture.tiles.columns import Columns
from gis_capture.tiles.encoder import EncodedLayer, find_rows
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

PLACE = (137.25, 36.14)


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


def columns_of(geometries: Sequence[Geometry | None]) -> Columns:
    """A layer of these geometries; names repeat, sizes do not."""
    return build_columns(LAYER, [batch_of(geometries)])


def batch_of(geometries: Sequence[Geometry | None], *, first: int = 0) -> StoredColumns:
    """Rows of a layer from number `first` on, as a store gives them."""
    made = np.empty(len(geometries), dtype=object)
    made[:] = geometries
    numbers = range(first, first + len(geometries))
    fields: dict[str, list[Value]] = {
        "name": [f"公園{i % 3}" if i % 4 else None for i in numbers],
        "size": [i / 2 for i in numbers],
    }
    return StoredColumns([i + 1 for i in numbers], [f"id-{i}" for i in numbers], made, fields)


def box_of(tile: Tile) -> tuple[float, float, float, float]:
    """What a tile shows, with its buffer, in parts of the world."""
    margin, size = BUFFER / EXTENT, 2**tile.z
    corners = (tile.x - margin, tile.y - margin, tile.x + 1 + margin, tile.y + 1 + margin)
    west, north, east, south = (corner / size for corner in corners)
    return west, north, east, south


def encoded(columns: Columns, tile: Tile, *, is_compiled: bool) -> bytes:
    """A tile with all attributes, by one of the encoders."""
    encoder.load_kernel()
    with pytest.MonkeyPatch.context() as patch:
        if not is_compiled:
            patch.setattr(encoder, "_kernels", None)
        layer = EncodedLayer("park")
        layer.add(columns, find_rows(columns, box_of(tile)), tile, chosen=range(len(columns.names)))
        content = b"".join(layer.pieces(columns.names))
    layer.release()
    return content


def draw(columns: Columns, tile: Tile, *, is_compiled: bool) -> list[dict[str, Any]]:
    """Encodes a tile, and decodes it again, y downwards."""
    content = encoded(columns, tile, is_compiled=is_compiled)
    if not content:
        return []
    decoded = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return sorted(decoded["park"]["features"], key=lambda one: (one["id"], one["geometry"]["type"]))
