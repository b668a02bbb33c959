"""Makes the columns of a layer from what the store gives."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType

from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.model import Layer
from gis_capture.model.label import label_fields, label_of
from gis_capture.store.columns import Columns as StoredColumns
from gis_capture.tiles.arranging import Places, arranged, offsets_of
from gis_capture.tiles.columns import BLOCK, FEATURE_ID, LINE, POINT, POLYGON, Array, Columns
from gis_capture.tiles.grid import to_world
from gis_capture.tiles.values import ValueTable

LABEL = "label"
_KINDS = np.zeros(GeometryType.GEOMETRYCOLLECTION + 2, dtype=np.uint8)
"""The kind of each type of geometry, 0 = none; the last one is that of nothing, type -1."""
_KINDS[[GeometryType.POINT, GeometryType.LINESTRING, GeometryType.LINEARRING, GeometryType.POLYGON]] = (
    POINT,
    LINE,
    LINE,
    POLYGON,
)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one kind from one batch; `owners` are places in the batch, ascending."""

    kind: int
    owners: Array
    n_parts: Array
    n_vertices: Array
    is_outer: Array
    xy: Array


def field_names(layer: Layer) -> tuple[str, ...]:
    """Names of the fields that columns are made of; none with personal data."""
    return tuple(field.name for field in layer.fields if not field.is_personal)


def build_columns(layer: Layer, batches: Iterable[StoredColumns]) -> Columns:
    """Makes columns of all features that have a place and an id; those are left out that no map can show.

    Args:
        layer: Whose fields of `field_names` the batches hold.
        batches: Of the store.
    """
    builder = _Builder(layer)
    for batch in batches:
        builder.add(batch)
    return builder.finish()


def build_pieces(layer: Layer, batches: Iterable[StoredColumns], *, most_bytes: int) -> Iterator[Columns]:
    """Makes columns as `build_columns` does, one after the other, each of them along the curve; at least one.

    Args:
        layer: Whose fields of `field_names` the batches hold.
        batches: Of the store.
        most_bytes: Of columns: with the batch that reaches it they are finished.
    """
    builder, is_first = _Builder(layer), True
    for batch in batches:
        if builder.n_bytes >= most_bytes:
            yield builder.finish(is_piece=True)
            builder, is_first = _Builder(layer), False
        builder.add(batch)
    yield builder.finish(is_piece=not is_first)


class _Builder:
    """Takes batches of a layer and makes columns of them."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._names = (FEATURE_ID, LABEL, *(name for name in field_names(layer) if name not in (FEATURE_ID, LABEL)))
        self._table = ValueTable(len(self._names))
        self._found: list[_Rows] = []
        self._fids, self._ids = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.uint32)]
        self._n_place_bytes = 0

    @property
    def n_bytes(self) -> int:
        """About what the columns will hold."""
        return self._n_place_bytes + self._table.n_bytes

    def add(self, batch: StoredColumns) -> None:
        """Takes the next rows."""
        has_id = np.fromiter(map(bool, batch.feature_ids), dtype=bool, count=len(batch.feature_ids))
        named = batch.geometries.copy()
        named[~has_id] = None
        for rows in _rows_of(to_lon_lat(named, self._layer.crs)):
            owners = rows.owners.tolist()
            self._found.append(rows)
            self._n_place_bytes += rows.xy.nbytes + 2 * rows.n_vertices.nbytes
            self._fids.append(np.asarray(batch.fids, dtype=np.int64)[rows.owners])
            feature_ids = [batch.feature_ids[owner] for owner in owners]
            self._ids.append(np.fromiter(map(crc32, map(str.encode, feature_ids)), dtype=np.uint32, count=len(owners)))
            self._table.add(0, feature_ids)
            self._table.add(1, _labels(self._layer, batch, owners))
            for column, name in enumerate(self._names[2:], 2):
                values = batch.fields[name]
                is_whole = len(owners) == len(values)
                self._table.add(column, values if is_whole else [values[owner] for owner in owners])

    def finish(self, *, is_piece: bool = False) -> Columns:
        """Puts rows along the curve, and values as the rows lie, for a piece even where all are one block."""
        kinds = _joined([np.full(len(rows.owners), rows.kind, dtype=np.uint8) for rows in self._found], np.uint8)
        rows = np.concatenate(self._fids), np.concatenate(self._ids), kinds
        least = 0 if is_piece else BLOCK
        return arranged(self._names, self._table.finish(), rows, _places(self._found), least=least, is_laid_along=True)


def _labels(layer: Layer, batch: StoredColumns, owners: Sequence[int]) -> list[str | None]:
    """What names each feature for people, without what is personal."""
    hidden = layer.personal_names
    shown = [name for name in dict.fromkeys(label_fields(layer)) if name in batch.fields and name not in hidden]
    if not shown:
        return [None] * len(owners)
    columns = [batch.fields[name] for name in shown]
    return [label_of(layer, {n: values[owner] for n, values in zip(shown, columns, strict=True)}) for owner in owners]


def _rows_of(geometries: npt.NDArray[np.object_]) -> Iterable[_Rows]:
    """Takes geometries apart into points, lines and rings; invalid areas are mended."""
    parts, owners = geometries, np.arange(len(geometries))
    while (shapely.get_type_id(parts) > GeometryType.POLYGON).any():
        parts, indexes = shapely.get_parts(parts, return_index=True)
        owners = owners[indexes]
    kinds = shapely.get_type_id(parts)
    broken = (kinds == GeometryType.POLYGON) & ~shapely.is_valid(parts)
    if broken.any():
        mended, indexes = shapely.get_parts(shapely.make_valid(parts[broken]), return_index=True)
        mended, deeper = shapely.get_parts(mended, return_index=True)
        is_area = shapely.get_type_id(mended) == GeometryType.POLYGON
        parts = np.concatenate([parts[~broken], mended[is_area]])
        owners = np.concatenate([owners[~broken], owners[broken][indexes][deeper][is_area]])
        order = np.argsort(owners, kind="stable")
        parts, owners = parts[order], owners[order]
        kinds = shapely.get_type_id(parts)
    has_place = ~shapely.is_missing(parts) & ~shapely.is_empty(parts)
    has_place &= np.isfinite(shapely.bounds(parts)).all(axis=1)
    kinds = np.where(has_place, _KINDS[kinds], 0)
    for kind in (POINT, LINE, POLYGON):
        chosen = kinds == kind
        if chosen.any():
            yield _of_kind(kind, parts[chosen], owners[chosen])


def _of_kind(kind: int, parts: npt.NDArray[np.object_], owners: Array) -> _Rows:
    is_outer = np.zeros(len(parts), dtype=np.uint8)
    if kind == POLYGON:
        rings, indexes = shapely.get_rings(parts, return_index=True)
        is_outer = np.diff(indexes, prepend=-1).astype(bool).astype(np.uint8)
        parts, owners = rings, owners[indexes]
    xy = to_world(shapely.get_coordinates(parts))
    n_vertices = shapely.get_num_coordinates(parts)
    if kind == POLYGON:
        xy = np.delete(xy, np.cumsum(n_vertices) - 1, axis=0)
        n_vertices = n_vertices - 1
    unique, n_parts = np.unique(owners, return_counts=True)
    return _Rows(kind, unique, n_parts, n_vertices, is_outer, xy)


def _places(found: list[_Rows]) -> Places:
    """Joins the places of rows, and empties the list of them."""
    places = (
        offsets_of(_joined([rows.n_parts for rows in found], np.int64)),
        offsets_of(_joined([rows.n_vertices for rows in found], np.int64)),
        _joined([rows.is_outer for rows in found], np.uint8),
        np.concatenate([*(rows.xy for rows in found), np.empty((0, 2))]),
    )
    found.clear()
    return places


def _joined(arrays: list[Array], kind: Any) -> Array:
    return np.concatenate([*arrays, np.empty(0, dtype=kind)]).astype(kind)
