"""Columns of layers of millions of features are made without room for them several times over."""

import tracemalloc
from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from gis_capture.model import Field, Layer, Text, Value
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.tiles.building import build_columns
from gis_capture.tiles.columns import ARRAYS

N_ROWS, N_AT_ONCE, N_FIELDS = 100_000, 5_000, 30
LAYER = Layer(
    key="light",
    title=Text("街路灯", "Lights"),
    geometry_type="Point",
    fields=tuple(Field(f"light.f{number}", f"f{number}", Text("項目", "Field")) for number in range(N_FIELDS)),
)


def batches() -> Iterator[StoredColumns]:
    """Rows with an id and one value of their own, one value of all, and many fields without any."""
    chance = np.random.default_rng(6)
    for first in range(0, N_ROWS, N_AT_ONCE):
        numbers = range(first, first + N_AT_ONCE)
        values: dict[str, Sequence[Value]] = {f"f{number}": [None] * N_AT_ONCE for number in range(N_FIELDS)}
        values |= {"f0": [f"A-{number:07d}" for number in numbers], "f1": ["点灯"] * N_AT_ONCE}
        ids = [f"00000000-0000-7000-8000-{number:012d}" for number in numbers]
        yield StoredColumns([*numbers], ids, np.asarray(shapely.points(137 + chance.random((N_AT_ONCE, 2)))), values)


def test_memory_is_bounded_by_what_is_made() -> None:
    """A little more than twice of it, as all of it has to be put in order."""
    tracemalloc.start()
    try:
        columns = build_columns(LAYER, batches())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 2.8 * sum(getattr(columns, name).nbytes for name in ARRAYS)
