"""A layer as tiles need it, kept at the newest revision: what changed since its columns were made lies beside them.

Segments: the base, and what changed since it, in levels of which each is smaller than the one before. A change is read
once and joins the last level; a level that is full joins the one before it. All are immutable; a row that has changed
is dead in the older ones. So an encoder sees one state from beginning to end.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import orjson

from gis_capture.cores import on_all_cores
from gis_capture.definitions import layer_to_json
from gis_capture.model import Layer
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.store.protocol import Snapshot, Store
from gis_capture.tiles.building import build_columns, field_names
from gis_capture.tiles.columns import Array, Columns
from gis_capture.tiles.encoder import find_rows
from gis_capture.tiles.generations import Generations
from gis_capture.tiles.merging import merge_columns
from gis_capture.tiles.pieces import Pieces
from gis_capture.tiles.sidecar import FORMAT, find_sidecar, read_sidecar, revision_of, sidecar_file, sidecar_path

logger = logging.getLogger(__name__)
MOST = (2**62, 1_000, 50)
"""Rows in each segment after the base; with more they join those before them."""
SMALL = 5_000
"""Rows of which no file is kept."""
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class Segment:
    """Columns with the rows among them, ascending, that are not true any more."""

    columns: Columns
    dead: Array

    def rows_in(self, box: tuple[float, float, float, float]) -> Array:
        """The living rows whose bounds touch a box."""
        return self._living(find_rows(self.columns, box))

    def __len__(self) -> int:
        """Number of living rows."""
        return len(self.columns) - len(self.dead)

    def rows_of(self, feature_ids: Sequence[str]) -> Array:
        """The living rows of features, ascending."""
        if not len(self.columns):
            return _NONE
        rows = {row for one in feature_ids for row in self.columns.rows_of(one)}
        return self._living(np.array(sorted(rows), dtype=np.int64))

    def without(self, rows: Array) -> "Segment":
        """The segment without some of its living rows."""
        return replace(self, dead=np.insert(self.dead, np.searchsorted(self.dead, rows), rows)) if len(rows) else self

    def living(self) -> Array:
        """The living rows."""
        return np.delete(np.arange(len(self.columns)), self.dead)

    def _living(self, rows: Array) -> Array:
        if not len(self.dead) or not len(rows):
            return rows
        places = np.searchsorted(self.dead, rows)
        living: Array = rows[self.dead[np.minimum(places, len(self.dead) - 1)] != rows]
        return living


@dataclass(frozen=True, slots=True)
class LayerState:
    """A layer at a revision."""

    layer: Layer
    revision: int
    segments: tuple[Segment, ...]


class LiveLayer:
    """Holds the newest state of a layer that anybody has asked for."""

    def __init__(self, store: Store, key: str, cache_dir: Path | None) -> None:
        self._store, self._key, self._cache_dir = store, key, cache_dir
        self._lock = threading.Lock()
        self._is_rebuilding = False
        with store.snapshot() as moment:
            floor = moment.layer_revision(key)
            self._state = self._load(moment)
            self.generations = Generations(floor)
        self.state(self._store.revision())

    def state(self, revision: int) -> LayerState:
        """Gives the state of this revision or a later one.

        Raises:
            LayerError: The layer is not there any more.
        """
        state = self._state
        if state.revision >= revision:
            return state
        with self._lock:
            if self._state.revision < revision:
                self._advance(self._state)
            return self._state

    def _advance(self, state: LayerState) -> None:
        with self._store.snapshot() as moment:
            if moment.layer_revision(self._key) <= state.revision:
                self._state = replace(state, revision=moment.revision)
                return
            layer = moment.layer(self._key)
            if layer != state.layer:
                fresh_state = self._load(moment)
                self.generations.raise_all(moment.revision)
                self._state = fresh_state
                return
            ids = list[str]()
            newest = self._read(moment, layer, state.revision, ids)
            fresh = ids + [one.feature_id for one in moment.deletions([self._key], after=(state.revision, _LAST))]
            gone = [(segment, segment.rows_of(fresh)) for segment in state.segments]
            touched = [newest.bounds, *(segment.columns.bounds[rows] for segment, rows in gone)]
            newer = LayerState(
                layer, moment.revision, _joined([segment.without(rows) for segment, rows in gone], newest)
            )
        # Stamped first: whoever finds the new state finds the new generation too, never a tile that was kept under the
        # old one. Who finds the new generation beside the old state asks for a state anew before a tile is drawn.
        if len(fresh) > SMALL:
            self.generations.raise_all(newer.revision)
        else:
            self.generations.stamp(np.concatenate(touched).astype(np.float64), newer.revision)
        self._state = newer
        base, changed = newer.segments[:2]
        if len(changed.columns) > max(SMALL, len(base.columns) // 10) and not self._is_rebuilding:
            self._is_rebuilding = True
            threading.Thread(target=self._rebuild, name=f"tiles-{self._key}", daemon=True).start()

    def _rebuild(self) -> None:
        """Makes the base anew while the present state is served."""
        on_all_cores()
        try:
            with self._store.snapshot() as moment:
                fresh = self._build(moment, moment.layer(self._key))
            with self._lock:
                self._advance(fresh)
                if self._state.revision == fresh.revision:
                    self._state = fresh
        except Exception:
            # The store is being closed, or the disk is full: what is there stays true.
            logger.warning("The columns of %s could not be made anew.", self._key, exc_info=True)
        finally:
            self._is_rebuilding = False

    def _load(self, moment: Snapshot) -> LayerState:
        """The state of a file that fits and what changed since, or of the store."""
        layer = moment.layer(self._key)
        path = self._cache_dir and find_sidecar(self._cache_dir, self._stem(layer), newest=moment.revision)
        if path:
            with suppress(OSError, ValueError, KeyError):
                return _state_of(layer, read_sidecar(path), revision_of(path))
        return self._build(moment, layer)

    def _build(self, moment: Snapshot, layer: Layer) -> LayerState:
        with Pieces(layer, moment.columns(self._key, field_names(layer)), self._cache_dir) as pieces:
            if self._cache_dir and pieces.n_rows > SMALL:
                kept = self._cache_dir, self._stem(layer), moment.revision
                with suppress(OSError):
                    with sidecar_file(*kept) as file:
                        pieces.write(file)
                    return _state_of(layer, read_sidecar(sidecar_path(*kept)), moment.revision)
            return _state_of(layer, pieces.columns(), moment.revision)

    def _read(self, moment: Snapshot, layer: Layer, after: int, ids: list[str]) -> Columns:
        def batches() -> Iterator[StoredColumns]:
            for batch in moment.columns(self._key, field_names(layer), after=after):
                ids.extend(batch.feature_ids)
                yield batch

        return build_columns(layer, batches())

    def _stem(self, layer: Layer) -> str:
        """Names files by all that their content hangs on, but for the revision."""
        content = orjson.dumps([FORMAT, self._store.epoch, layer_to_json(layer)], option=orjson.OPT_SORT_KEYS)
        return f"{self._key}.{sha256(content).hexdigest()[:16]}"


_NONE = np.empty(0, dtype=np.int64)


def _state_of(layer: Layer, columns: Columns, revision: int) -> LayerState:
    nothing = Segment(build_columns(layer, ()), _NONE)
    return LayerState(layer, revision, (Segment(columns, _NONE), *(nothing for _ in MOST)))


def _joined(segments: Sequence[Segment], newest: Columns) -> tuple[Segment, ...]:
    """Puts what has changed into the last level that has room for it and all that is in the levels below."""
    if not len(newest):
        return tuple(segments)
    level, n_rows = len(MOST), len(newest) + len(segments[-1])
    while n_rows > MOST[level - 1]:
        level -= 1
        n_rows += len(segments[level])
    pieces = [(segment.columns, segment.living()) for segment in segments[level:] if len(segment)]
    merged = merge_columns([*pieces, (newest, np.arange(len(newest)))]) if pieces else newest
    n_empty = len(segments) - level - 1
    empty = [Segment(merge_columns([(newest, _NONE)]), _NONE)] * n_empty if n_empty else []
    return (*segments[:level], Segment(merged, _NONE), *empty)
