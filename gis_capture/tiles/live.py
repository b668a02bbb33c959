"""A layer as tiles need it, kept at the newest revision: what changed since its columns were made lies beside them.

Segments: the base, what changed since it, in levels of which each is smaller than the one before, and the last few
changes, which are read anew with each of them; so the more have changed, the seldomer they are read. All are immutable;
a row that has changed is dead in the older ones. So an encoder sees one state from beginning to end.
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

from gis_capture.definitions import layer_to_json
from gis_capture.model import Layer
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.store.protocol import Snapshot, Store
from gis_capture.tiles.building import build_columns, field_names
from gis_capture.tiles.columns import Array, Columns
from gis_capture.tiles.generations import Generations
from gis_capture.tiles.sidecar import FORMAT, find_sidecar, read_sidecar, revision_of, write_sidecar

logger = logging.getLogger(__name__)
MOST = (2**62, 1_024, 160, 24)
"""Changes in each segment after the base; with one more they join those before them."""
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
        return self._living(self.columns.rows_in(box))

    def without(self, feature_ids: Sequence[str]) -> "Segment":
        """The segment without these features."""
        rows = [row for one in feature_ids for row in self.columns.rows_of(one)]
        return replace(self, dead=np.union1d(self.dead, np.array(rows, dtype=np.int64))) if rows else self

    def bounds_of(self, feature_ids: Sequence[str]) -> Array:
        """The boxes of the living rows of features."""
        rows = np.array([row for one in feature_ids for row in self.columns.rows_of(one)], dtype=np.int64)
        return self.columns.bounds[self._living(rows)]

    def _living(self, rows: Array) -> Array:
        if not len(self.dead) or not len(rows):
            return rows
        places = np.searchsorted(self.dead, rows)
        living: Array = rows[self.dead[np.minimum(places, len(self.dead) - 1)] != rows]
        return living


@dataclass(frozen=True, slots=True)
class LayerState:
    """A layer at a revision; `begins` are the revisions after which the segments after the base begin."""

    layer: Layer
    revision: int
    segments: tuple[Segment, ...]
    begins: tuple[int, ...]


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
                self._state = self._load(moment)
                self.generations.raise_all(moment.revision)
                return
            fresh = [one for batch in moment.columns(self._key, [], after=state.revision) for one in batch.feature_ids]
            fresh += [one.feature_id for one in moment.deletions([self._key], after=(state.revision, _LAST))]
            touched = [segment.bounds_of(fresh) for segment in state.segments]
            begins, level = state.begins, len(MOST) - 1
            while level and len(fresh) > MOST[level]:
                level -= 1
            while True:
                ids = list[str]()
                newest = self._read(moment, layer, begins[level], ids)
                if len(ids) <= MOST[level]:
                    break
                level -= 1
            kept = [segment.without(fresh) for segment in state.segments[: level + 1]]
            n_after = len(MOST) - 1 - level
            segments = (*kept, Segment(newest, _NONE), *(_nothing(layer) for _ in range(n_after)))
            begins = (*begins[: level + 1], *(moment.revision for _ in range(n_after)))
            newer = LayerState(layer, moment.revision, segments, begins)
        self._state = newer
        # Stamped last: whoever reads a generation before the state never holds an old tile under a new one.
        if len(fresh) > SMALL:
            self.generations.raise_all(newer.revision)
        else:
            touched += [segment.bounds_of(fresh) for segment in newer.segments]
            self.generations.stamp(np.concatenate(touched).astype(np.float64), newer.revision)
        base, changed = newer.segments[:2]
        if len(changed.columns) > max(SMALL, len(base.columns) // 10) and not self._is_rebuilding:
            self._is_rebuilding = True
            threading.Thread(target=self._rebuild, name=f"tiles-{self._key}", daemon=True).start()

    def _rebuild(self) -> None:
        """Makes the base anew while the present state is served."""
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
        columns = build_columns(layer, moment.columns(self._key, field_names(layer)))
        if self._cache_dir and len(columns) > SMALL:
            with suppress(OSError):
                columns = read_sidecar(write_sidecar(self._cache_dir, self._stem(layer), columns, moment.revision))
        return _state_of(layer, columns, moment.revision)

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
    nothing = [_nothing(layer) for _ in MOST]
    return LayerState(layer, revision, (Segment(columns, _NONE), *nothing), (revision,) * len(MOST))


def _nothing(layer: Layer) -> Segment:
    return Segment(build_columns(layer, ()), _NONE)
