"""A layer that is made in pieces is the one that is made at once."""

import random
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry, GeometryCollection, MultiPoint, Point

from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.tiles import encoder, stretches
from gis_capture.tiles import pieces as pieces_module
from gis_capture.tiles.arranging import curve
from gis_capture.tiles.building import build_columns
from gis_capture.tiles.columns import BLOCK, NONE, Columns
from gis_capture.tiles.grid import tile_at
from gis_capture.tiles.pieces import Pieces
from gis_capture.tiles.sidecar import read_columns
from tests.tiles.drawing import LAYER, PLACE, batch_of, box_of, city, draw

N_AT_ONCE = 300


def batches_of(geometries: Sequence[Geometry | None], n_at_once: int = N_AT_ONCE) -> list[StoredColumns]:
    """As a store gives them."""
    firsts = range(0, len(geometries), n_at_once)
    return [batch_of(geometries[first : first + n_at_once], first=first) for first in firsts]


def many() -> list[Geometry | None]:
    """Thousands of geometries of all kinds, some empty, some of several kinds, in any order."""
    chance = random.Random(7)
    made: list[Geometry | None] = [*city()]
    for _ in range(1_500):
        x, y = PLACE[0] + chance.uniform(-0.3, 0.3), PLACE[1] + chance.uniform(-0.3, 0.3)
        made += [
            Point(x, y),
            MultiPoint([(x, y), (x + 0.01, y)]),
            GeometryCollection([Point(x, y), Point(x, y).buffer(0.001)]),
        ]
    made += [None] * 50
    chance.shuffle(made)
    return made


def merged(batches: Sequence[StoredColumns], folder: Path | None = None, **sizes: int) -> Columns:
    """Made in pieces, at least three."""
    with Pieces(LAYER, batches, folder, **({"piece_bytes": 1_000_000, "stretch_bytes": 400_000} | sizes)) as pieces:
        assert len(pieces) > 2
        return pieces.columns()


def rows_of(columns: Columns) -> list[tuple[Any, ...]]:
    """What each row holds, in no order that hangs on the curve."""
    geometries = columns.geometries(np.arange(len(columns)))
    return sorted(
        (
            columns.fids[row].item(),
            columns.kinds[row].item(),
            columns.bounds[row].tolist(),
            geometries[row].wkb,
            [columns.value(name, row) for name in range(len(columns.names))],
        )
        for row in range(len(columns))
    )


def test_all_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every row with its shape and its values, found by its id and by its place."""
    monkeypatch.setattr(stretches, "_IDS_AT_ONCE", 1_000)
    batches = batches_of(many())
    expected, found = build_columns(LAYER, batches), merged(batches, tmp_path)

    assert rows_of(found) == rows_of(expected)
    for number in range(0, len(many()), 7):
        ids = f"id-{number}"
        assert found.fids[found.rows_of(ids)].tolist() == expected.fids[expected.rows_of(ids)].tolist()
    assert (np.diff(found.id_keys.astype(np.int64)) >= 0).all()
    encoder.load_kernel()
    for z in (9, 13, 16):
        for tile in {tile_at(PLACE[0] + i / 50, PLACE[1] + i / 70, z) for i in range(-9, 10)}:
            rows = [one.rows_in(box_of(tile)) for one in (found, expected)]
            assert sorted(found.fids[rows[0]].tolist()) == sorted(expected.fids[rows[1]].tolist())
            assert encoder.find_rows(found, box_of(tile)).tolist() == rows[0].tolist()
    for is_compiled in (True, False):
        tile = tile_at(*PLACE, 14)
        assert draw(found, tile, is_compiled=is_compiled) == draw(expected, tile, is_compiled=is_compiled)


def test_rows_lie_along_the_curve(tmp_path: Path) -> None:
    """From its beginning to its end, and blocks hold what their boxes say: few of them are read for a tile."""
    columns = merged(batches_of(many()), tmp_path)

    assert (np.diff(curve(columns.bounds).astype(np.int64)) >= 0).all()
    for number, (west, north, east, south) in enumerate(columns.block_bounds):
        rows = columns.bounds[number * BLOCK : (number + 1) * BLOCK]
        assert (rows[:, 0].min(), rows[:, 1].min(), rows[:, 2].max(), rows[:, 3].max()) == (west, north, east, south)


def test_values_are_kept_once_and_own_ones_lie_as_the_rows_do(tmp_path: Path) -> None:
    """Those that stand in several rows of a piece are there once; those of one row are read one after the other."""
    columns = merged(batches_of(many()), tmp_path)

    shared = [columns.value_bytes[start : start + length].tobytes() for start, length in _shared(columns)]
    assert len(set(shared)) == len(shared) >= 3
    numbers = columns.values.T
    own = numbers[(numbers >= columns.n_shared) & (numbers != NONE)]
    assert (own == np.arange(columns.n_shared, len(columns.value_starts))).all()
    assert (columns.value_starts == np.cumsum(columns.value_lengths) - columns.value_lengths).all()


def _shared(columns: Columns) -> Iterator[tuple[int, int]]:
    n = columns.n_shared
    return zip(columns.value_starts[:n].tolist(), columns.value_lengths[:n].tolist(), strict=True)


def test_values_too_many_to_be_known_stand_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is lost, and tiles say the same."""
    monkeypatch.setattr(pieces_module, "_MOST_KNOWN", 1)
    batches = batches_of(many())

    assert rows_of(merged(batches, tmp_path)) == rows_of(build_columns(LAYER, batches))


def test_everything_in_one_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It cannot be divided along the curve; no more of it is put in order at once for that."""
    batches, sizes = batches_of([Point(PLACE)] * 2_000), list[int]()

    def put_in_order(*given: Any) -> Columns:
        made = stretches.stretch_columns(*given)
        sizes.append(len(made))
        return made

    monkeypatch.setattr(pieces_module, "stretch_columns", put_in_order)
    found = merged(batches, tmp_path, piece_bytes=40_000, stretch_bytes=5_000)

    assert rows_of(found) == rows_of(build_columns(LAYER, batches))
    assert sum(sizes) == 2_000 and max(sizes) < 200


@given(st.lists(st.sampled_from([*city()[:40], None, Point(200, 95)]), min_size=12, max_size=60), st.integers(1, 4_000))
@settings(max_examples=60, deadline=None)
def test_pieces_of_any_size(geometries: list[Geometry | None], size: int) -> None:
    """Of a row each, or of many."""
    batches = batches_of(geometries, n_at_once=3)
    with Pieces(LAYER, batches, None, piece_bytes=size, stretch_bytes=size) as pieces:
        assert rows_of(pieces.columns()) == rows_of(build_columns(LAYER, batches))


def test_a_disk_without_room_loses_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pieces stay in memory, and are joined there."""
    batches = batches_of(many())

    def refuse(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pieces_module, "write_columns", refuse)
    monkeypatch.setattr(pieces_module, "MergedFile", refuse)
    assert rows_of(merged(batches, tmp_path)) == rows_of(build_columns(LAYER, batches))


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    """Files of pieces have no name: even a killed process leaves none."""
    with Pieces(LAYER, batches_of(many()), tmp_path, piece_bytes=40_000) as pieces:
        assert len(pieces) > 2
        assert list(tmp_path.iterdir()) == []
        with (tmp_path / "whole").open("w+b") as file:
            pieces.write(file)
            columns = read_columns(file)
    assert len(columns) == pieces_rows(columns)
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]


def pieces_rows(columns: Columns) -> int:
    """Rows that blocks and ids know."""
    return len(np.unique(columns.id_rows))


def test_memory_does_not_grow_with_the_layer(tmp_path: Path) -> None:
    """Four times the rows take hardly more of it."""

    def most(n_batches: int) -> int:
        chance = np.random.default_rng(6)

        def batches() -> Iterator[StoredColumns]:
            for number in range(n_batches):
                places = PLACE + chance.random((2_000, 2))
                yield batch_of([*map(Point, places.tolist())], first=number * 2_000)

        tracemalloc.start()
        try:
            sizes = {"piece_bytes": 1 << 19, "stretch_bytes": 1 << 18}
            with Pieces(LAYER, batches(), tmp_path, **sizes) as pieces, (tmp_path / "whole").open("w+b") as file:
                assert len(pieces) > n_batches // 10
                pieces.write(file)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many_rows = most(10), most(40)
    assert many_rows < 1.25 * few
