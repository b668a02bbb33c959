"""Tiles of a store's layers, always of its newest revision; one for a workspace, for all threads."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

import numpy as np

from gis_capture.locate.area import Area
from gis_capture.store.protocol import Store
from gis_capture.tiles.areas import rows_inside
from gis_capture.tiles.building import LABEL
from gis_capture.tiles.columns import FEATURE_ID, Array
from gis_capture.tiles.encoder import EncodedLayer
from gis_capture.tiles.grid import BUFFER, EXTENT, Tile, parse_tile
from gis_capture.tiles.live import LayerState, LiveLayer
from gis_capture.tiles.packing import BY_GZIP, pack
from gis_capture.tiles.style import THINNED, tile_fields
from gis_capture.tiles.thinning import LARGEST_CELL, SMALLEST_CELL, thin

MAX_FEATURES = 4_000
MAX_BYTES = 500_000
"""Of a tile as it is sent, packed."""
_MOST_PACKED = 8
"""No tile of names and places is packed to less than such a part; what is larger need not be packed to know it."""
CACHE_BYTES = 64 << 20
_ENCODING = "4"
"""Raised when the same features are encoded otherwise."""


@dataclass(frozen=True, slots=True)
class TileAnswer:
    """A packed tile and its entity tag; `content` is empty where nothing is in it, None where the asker has it."""

    etag: str
    content: bytes | None


class TileService:
    """Encodes tiles and keeps the packed ones.

    Args:
        store: Of the layers.
        cache_dir: Where columns are kept for the next start; None = nowhere.
        max_features: Of one layer in one tile; beyond it they are thinned.
        max_bytes: Of one tile as it is sent; beyond it the largest layers are thinned.
        more_fields: Names of fields of a layer that its tiles carry besides those that its definition's style needs.
    """

    def __init__(
        self,
        store: Store,
        cache_dir: Path | None = None,
        *,
        max_features: int = MAX_FEATURES,
        max_bytes: int = MAX_BYTES,
        more_fields: Callable[[str], Sequence[str]] = lambda key: (),
    ) -> None:
        self._store, self._cache_dir = store, cache_dir
        self._max_features, self._max_bytes, self._more_fields = max_features, max_bytes, more_fields
        self._layers: dict[str, LiveLayer] = {}
        self._lock, self._loading = threading.Lock(), threading.Lock()
        self._packed: OrderedDict[tuple[str, Tile, str], tuple[str, bytes]] = OrderedDict()
        self._n_packed_bytes = 0

    def encode(
        self,
        keys: Sequence[str],
        z: int,
        x: int,
        y: int,
        *,
        fields: Sequence[str] | None = None,
        area: Area | None = None,
    ) -> bytes:
        """Gives a vector tile of layers, each under its key; none at all when nothing is in it.

        Features have `fid` as id, and as properties `feature_id`, `label`, and the fields that style and key need.
        Where there are too many of them, one stands for a cell of a grid, and `n_thinned` says for how many.

        Args:
            keys: Of the layers.
            z: Of the tile, as x and y.
            x: From the west.
            y: From the north.
            fields: Names of fields in place of those that the style needs; personal ones are left out.
            area: Of who asks: what lies outside of it is left out.

        Raises:
            LayerError: There is no such layer.
            FeatureError: There is no such tile.
        """
        tile = parse_tile(z, x, y)
        revision = self._store.revision()
        states = [self._layer(key).state(revision) for key in keys]
        layers, pieces, cells = [EncodedLayer(state.layer.key) for state in states], [], [0] * len(states)
        try:
            for number, state in enumerate(states):
                made, cells[number] = self._encode(layers[number], state, tile, 0, fields, area)
                pieces.append(made)
            while self._is_too_large(pieces):
                largest = max(range(len(pieces)), key=lambda number: _n_bytes(pieces[number]))
                if cells[largest] >= LARGEST_CELL:
                    break
                cell = max(2 * cells[largest], SMALLEST_CELL)
                layers[largest].release()
                layers[largest] = EncodedLayer(states[largest].layer.key)
                pieces[largest], cells[largest] = self._encode(
                    layers[largest], states[largest], tile, cell, fields, area
                )
            return b"".join(chain.from_iterable(pieces))
        finally:
            for layer in layers:
                layer.release()

    def generation(self, keys: Sequence[str], z: int, x: int, y: int, *, area: Area | None = None) -> str:
        """Names the content of a tile: as long as it is the same, so is the tile."""
        tile, revision = parse_tile(z, x, y), self._store.revision()
        numbers = []
        for key in keys:
            layer = self._layer(key)
            version = layer.state(revision).layer.definition_version
            numbers.append(f"{key}:{version}:{layer.generations.of(tile)}{','.join(self._more_fields(key))}")
        about = f"{_ENCODING} {self._store.epoch} {self._max_features} {tile} {' '.join(numbers)}{_digest(area)}"
        return sha256(about.encode()).hexdigest()[:32]

    def _is_too_large(self, encoded: Sequence[Sequence[bytes | memoryview]]) -> bool:
        n_bytes = sum(map(_n_bytes, encoded))
        if n_bytes <= self._max_bytes or n_bytes > _MOST_PACKED * self._max_bytes:
            return n_bytes > self._max_bytes
        return len(pack(b"".join(chain.from_iterable(encoded)))) > self._max_bytes

    def has_features(self, keys: Sequence[str], tile: Tile, *, around: float = BUFFER / EXTENT) -> bool:
        """Whether the box of a feature touches a tile, so that it or one below it may hold something.

        Args:
            keys: Of the layers.
            tile: Looked into.
            around: Looked at as well, in parts of its side.
        """
        revision, box = self._store.revision(), _box_of(tile, around)
        states = (self._layer(key).state(revision) for key in keys)
        return any(len(segment.rows_in(box)) for state in states for segment in state.segments)

    def bounds_in(self, keys: Sequence[str], first: Tile, last: Tile, *, most: int) -> tuple[Array, int]:
        """Gives the bounds of rows that tiles of one zoom show, and the number of these rows.

        Args:
            keys: Of the layers.
            first: The tile in the north-west.
            last: The tile in the south-east.
            most: About so many bounds are given, of rows that are spread evenly among all of them.

        Returns:
            Shape (n, 4), in parts of the world.
        """
        revision, box = self._store.revision(), (*_box_of(first)[:2], *_box_of(last)[2:])
        states = (self._layer(key).state(revision) for key in keys)
        found = [(one.columns.bounds, one.rows_in(box)) for state in states for one in state.segments]
        n_rows = sum(len(rows) for _, rows in found)
        step = max(1, -(-n_rows // most))
        nothing = np.empty((0, 4), dtype=np.float32)
        return np.concatenate([nothing, *(bounds[rows[::step]] for bounds, rows in found)]), n_rows

    def prepare(self) -> None:
        """Reads all layers, so that nobody waits for them at the first tile."""
        for layer in self._store.layers():
            self._layer(layer.key)

    def version(self, keys: Sequence[str], area: Area | None = None) -> str:
        """Names the present state of layers as a whole."""
        revisions = [(self._store.layer_revision(key), *self._more_fields(key)) for key in keys]
        return sha256(
            f"{_ENCODING} {self._store.epoch} {self._max_features} {revisions}{_digest(area)}".encode()
        ).hexdigest()[:16]

    def answer(
        self,
        keys: Sequence[str],
        z: int,
        x: int,
        y: int,
        *,
        known: str = "",
        area: Area | None = None,
        packing: str = BY_GZIP,
    ) -> TileAnswer:
        """Gives a packed tile, unless the asker names its present state, an entity tag, as `known`."""
        # Read before the content: at worst a newer tile gets an older name, and is asked for once more.
        etag = self.generation(keys, z, x, y, area=area)
        if known and (etag in known or known.strip() == "*"):
            return TileAnswer(etag, None)
        place = (",".join([*keys, _digest(area)]), Tile(z, x, y), packing)
        with self._lock:
            found = self._packed.get(place)
            if found and found[0] == etag:
                self._packed.move_to_end(place)
                return TileAnswer(etag, found[1])
        content = pack(self.encode(keys, z, x, y, area=area), packing)
        self._keep(place, etag, content)
        return TileAnswer(etag, content)

    def _keep(self, place: tuple[str, Tile, str], etag: str, content: bytes) -> None:
        with self._lock:
            old = self._packed.pop(place, None)
            self._packed[place] = (etag, content)
            self._n_packed_bytes += len(content) + 500 - (len(old[1]) + 500 if old else 0)
            while self._n_packed_bytes > CACHE_BYTES:
                _, (_, gone) = self._packed.popitem(last=False)
                self._n_packed_bytes -= len(gone) + 500

    def _layer(self, key: str) -> LiveLayer:
        found = self._layers.get(key)
        if found is None:
            # Raises where there is none, before anybody waits.
            self._store.layer_revision(key)
            with self._loading:
                found = self._layers.get(key)
                if found is None:
                    found = self._layers[key] = LiveLayer(self._store, key, self._cache_dir)
        return found

    def _encode(
        self,
        made: EncodedLayer,
        state: LayerState,
        tile: Tile,
        cell: int,
        fields: Sequence[str] | None,
        area: Area | None,
    ) -> tuple[list[bytes | memoryview], int]:
        """Encodes a layer; gives the width of the cells by which it was thinned as well, 0 = not at all."""
        box = _box_of(tile)
        segments = [segment.columns for segment in state.segments]
        rows = [segment.rows_in(box) for segment in state.segments]
        if area is not None:
            rows = [rows_inside(area, *one) for one in zip(segments, rows, strict=True)]
        counts: list[Array] | None = None
        if cell or sum(map(len, rows)) > self._max_features:
            thinned = thin(segments, rows, tile, max_rows=self._max_features, first_cell=cell or SMALLEST_CELL)
            rows, counts, cell = thinned.rows, thinned.counts, thinned.cell
        names = segments[0].names
        wanted = [*tile_fields(state.layer), *self._more_fields(state.layer.key)] if fields is None else fields
        keys = [FEATURE_ID, LABEL, *dict.fromkeys(name for name in wanted if name in names[2:])]
        chosen = [names.index(key) for key in keys]
        for number, columns in enumerate(segments):
            if len(rows[number]):
                of_rows = None if counts is None else counts[number]
                made.add(columns, rows[number], tile, chosen=chosen, counts=of_rows)
        return made.pieces([*keys, *([THINNED] if counts is not None else [])]), cell


def _n_bytes(pieces: Iterable[bytes | memoryview]) -> int:
    return sum(map(len, pieces))


def _digest(area: Area | None) -> str:
    return area.digest if area else ""


def _box_of(tile: Tile, margin: float = BUFFER / EXTENT) -> tuple[float, float, float, float]:
    """What a tile shows, in parts of the world."""
    size = 2**tile.z
    west, north, east, south = tile.x - margin, tile.y - margin, tile.x + 1 + margin, tile.y + 1 + margin
    return west / size, north / size, east / size, south / size
