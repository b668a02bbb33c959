"""Encodes layers by compiled code, and by NumPy until that is ready."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gis_capture.tiles.columns import FEATURE_ID, LINE, POINT, POLYGON, Array, Columns
from gis_capture.tiles.grid import EXTENT, Tile
from gis_capture.tiles.numpy_encoder import Encoded, encode_rows
from gis_capture.tiles.values import encode_value, varint

logger = logging.getLogger(__name__)
_FIRST_BYTES = 1 << 20
_NOTHING = np.empty(0, dtype=np.int64)
_Kernel = Callable[..., tuple[int, int, int, int]]
_loading = threading.Lock()


class _Scratch:
    """What an encoder writes into, kept from tile to tile, and used by one thread at a time."""

    def __init__(self) -> None:
        self.epoch = 0
        # The epoch at which a shared value was last met, and the number that it has in that tile.
        self.marks = np.zeros(1024, dtype=np.int64)
        self.out = np.empty(_FIRST_BYTES, dtype=np.uint8)
        self.out_values = np.empty(_FIRST_BYTES, dtype=np.uint8)


class Kernels(NamedTuple):
    """Compiled functions: of `kernel`, `kernel_rows` and `kernel_thinning`."""

    encode: _Kernel
    rows_in: Callable[..., Array]
    one_per_cell: Callable[..., int]


_idle: list[_Scratch] = []
_kernels: Kernels | None = None


def kernels() -> Kernels | None:
    """The compiled functions; None while they are not there."""
    return _kernels


def load_kernel() -> None:
    """Loads the compiled functions, and compiles them where no earlier process left the code; takes seconds then."""
    global _kernels
    with _loading:
        if _kernels is not None:
            return
        from gis_capture.tiles.kernel import encode
        from gis_capture.tiles.kernel_rows import rows_in
        from gis_capture.tiles.kernel_thinning import one_per_cell

        made, rows = Kernels(encode, rows_in, one_per_cell), np.arange(3)
        _run(encode, _SAMPLE, rows, Tile(0, 0, 0), [0], None, 0)
        made.rows_in(_SAMPLE.block_bounds, _SAMPLE.bounds, 0.0, 0.0, 1.0, 1.0)
        cells = np.full(POLYGON, -1), np.zeros(POLYGON), np.zeros(POLYGON, dtype=np.int64), rows.copy(), 0
        made.one_per_cell(_SAMPLE.bounds, _SAMPLE.kinds, rows, 0, 1.0, 0, 0, EXTENT, True, *cells)
        _kernels = made


def load_kernel_in_background(*, prepare: Callable[[], None] = lambda: None) -> threading.Thread:
    """Begins to do what prepares tiles and to load the compiled encoder; tiles are made by NumPy meanwhile."""

    def load() -> None:
        try:
            prepare()
        except Exception:
            # The store is busy, or being closed: whoever asks for a tile tries again.
            logger.info("The layers could not be read ahead.", exc_info=True)
        try:
            load_kernel()
        except Exception:
            logger.warning("Tiles stay with the slow encoder: the fast one could not be compiled.", exc_info=True)

    thread = threading.Thread(target=load, name="tile-encoder", daemon=True)
    thread.start()
    return thread


def find_rows(columns: Columns, box: tuple[float, float, float, float]) -> Array:
    """Gives the rows whose bounds touch a box, as `Columns.rows_in` describes it."""
    if _kernels is None or not len(columns):
        return columns.rows_in(box)
    return _kernels.rows_in(columns.block_bounds, columns.bounds, *box)


class EncodedLayer:
    """A layer of a tile while it is put together.

    Args:
        name: Of the layer.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[Encoded] = []
        self._scratches: list[_Scratch] = []
        self._n_values = 0

    def add(
        self, columns: Columns, rows: Array, tile: Tile, *, chosen: Sequence[int], counts: Array | None = None
    ) -> None:
        """Encodes rows, as `numpy_encoder.encode_rows` describes it."""
        if _kernels is not None:
            part, scratch, failed = _run(_kernels.encode, columns, rows, tile, chosen, counts, self._n_values)
            self._scratches.append(scratch)
            self._put(part)
            rows, counts = rows[failed], None if counts is None else counts[failed]
        if len(rows):
            self._put(encode_rows(columns, rows, tile, chosen=chosen, counts=counts, first_value=self._n_values))

    def _put(self, part: Encoded) -> None:
        self._parts.append(part)
        self._n_values += part.n_values

    def pieces(self, keys: Sequence[str]) -> list[bytes | memoryview]:
        """What the layer is put together of, not to be used after `release` (Mapbox Vector Tile 2.1, 4.1).

        Args:
            keys: Names of the attributes.

        Returns:
            Nothing where it has no features.
        """
        if not any(len(part.features) for part in self._parts):
            return []
        pieces = [
            b"\x78\x02\x0a" + _text(self._name),
            *(part.features for part in self._parts),
            *(b"\x1a" + _text(key) for key in keys),
            *(part.values for part in self._parts),
            b"\x28" + varint(EXTENT),
        ]
        return [b"\x1a" + varint(sum(map(len, pieces))), *pieces]

    def release(self) -> None:
        """Lets others write where the pieces are."""
        _idle.extend(self._scratches)
        self._scratches.clear()


def _text(text: str) -> bytes:
    encoded = text.encode()
    return varint(len(encoded)) + encoded


def _run(
    kernel: _Kernel, columns: Columns, rows: Array, tile: Tile, chosen: Sequence[int], counts: Array | None, first: int
) -> tuple[Encoded, _Scratch, Array]:
    # A list's pop and append are whole; there are as many as have ever been used at the same time.
    try:
        scratch = _idle.pop()
    except IndexError:
        scratch = _Scratch()
    if len(scratch.marks) < columns.n_shared:
        scratch.marks = np.zeros(2 * columns.n_shared, dtype=np.int64)
    failed = np.empty(len(rows), dtype=np.int64)
    while True:
        scratch.epoch += 1
        n_bytes, n_value_bytes, n_values, n_failed = kernel(
            rows,
            _NOTHING if counts is None else counts,
            columns.kinds,
            columns.part_offsets,
            columns.vertex_offsets,
            columns.is_outer,
            columns.xy,
            columns.fids,
            columns.values,
            columns.value_starts,
            columns.value_lengths,
            columns.value_bytes,
            columns.n_shared,
            np.array(chosen, dtype=np.int64),
            *tile,
            first,
            scratch.marks,
            scratch.epoch,
            scratch.out,
            scratch.out_values,
            failed,
        )
        if n_bytes >= 0:
            break
        for buffer in ("out", "out_values"):
            setattr(scratch, buffer, np.empty(2 * len(getattr(scratch, buffer)), dtype=np.uint8))
    part = Encoded(scratch.out[:n_bytes].data, scratch.out_values[:n_value_bytes].data, n_values)
    return part, scratch, failed[:n_failed]


def _sample() -> Columns:
    """A point, a line and an area: what a freshly compiled encoder is run on."""
    value = encode_value("a")
    arrays: dict[str, Any] = {
        "fids": np.arange(3),
        "kinds": np.array([POINT, LINE, POLYGON], dtype=np.uint8),
        "bounds": np.zeros((3, 4), dtype=np.float32),
        "block_bounds": np.zeros((1, 4)),
        "part_offsets": np.arange(4),
        "vertex_offsets": np.array([0, 1, 3, 6]),
        "is_outer": np.array([0, 0, 1], dtype=np.uint8),
        "xy": np.array([[0.5, 0.5], [0.1, 0.1], [0.9, 0.2], [0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]),
        "values": np.zeros((1, 3), dtype=np.uint32),
        "value_starts": np.zeros(1, dtype=np.int64),
        "value_lengths": np.array([len(value)], dtype=np.int32),
        "value_bytes": np.frombuffer(value, dtype=np.uint8),
        "id_keys": np.zeros(3, dtype=np.uint32),
        "id_rows": np.arange(3, dtype=np.int32),
    }
    return Columns((FEATURE_ID,), 1, **arrays)


_SAMPLE = _sample()
