"""Makes the columns of a layer from what the store gives."""

from collections.abc import Iterable, Sequence
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
from gis_capture.tiles.columns import BLOCK, FEATURE_ID, LINE, NONE, POINT, POLYGON, Array, Columns, take_ragged
from gis_capture.tiles.grid import to_world
from gis_capture.tiles.values import ValueTable, lay_along, number_values

LABEL = "label"
_KINDS = np.zeros(GeometryType.GEOMETRYCOLLECTION + 2, dtype=np.uint8)
"""The kind of each type of geometry, 0 = none; the last one is that of nothing, type -1."""
_KINDS[[GeometryType.POINT, GeometryType.LINESTRING, GeometryType.LINEARRING, GeometryType.POLYGON]] = (
    POINT,
    LINE,
    LINE,
    POLYGON,
)
_CURVE_BITS = 16
_Places = tuple[Array, Array, Array, Array]
"""Offsets of parts and of vertices, `is_outer` and `xy`, as `Columns` has them."""


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
    names = (FEATURE_ID, LABEL, *(name for name in field_names(layer) if name not in (FEATURE_ID, LABEL)))
    table = ValueTable(len(names))
    found: list[_Rows] = []
    fids, ids = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.uint32)]
    for batch in batches:
        has_id = np.fromiter(map(bool, batch.feature_ids), dtype=bool, count=len(batch.feature_ids))
        named = batch.geometries.copy()
        named[~has_id] = None
        for rows in _rows_of(to_lon_lat(named, layer.crs)):
            owners = rows.owners.tolist()
            found.append(rows)
            fids.append(np.asarray(batch.fids, dtype=np.int64)[rows.owners])
            feature_ids = [batch.feature_ids[owner] for owner in owners]
            ids.append(np.fromiter(map(crc32, map(str.encode, feature_ids)), dtype=np.uint32, count=len(owners)))
            table.add(0, feature_ids)
            table.add(1, _labels(layer, batch, owners))
            for column, name in enumerate(names[2:], 2):
                values = batch.fields[name]
                is_whole = len(owners) == len(values)
                table.add(column, values if is_whole else [values[owner] for owner in owners])
    return _ordered(names, table, found, np.concatenate(fids), np.concatenate(ids))


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


def _ordered(names: tuple[str, ...], table: ValueTable, found: list[_Rows], fids: Array, ids: Array) -> Columns:
    """Puts rows along the curve, and values as the rows lie."""
    kinds = _joined([np.full(len(rows.owners), rows.kind, dtype=np.uint8) for rows in found], np.uint8)
    return _arranged(names, table.finish(), (fids, ids, kinds), _places(found), is_laid_along=True)


def _places(found: list[_Rows]) -> _Places:
    """Joins the places of rows, and empties the list of them."""
    places = (
        _offsets(_joined([rows.n_parts for rows in found], np.int64)),
        _offsets(_joined([rows.n_vertices for rows in found], np.int64)),
        _joined([rows.is_outer for rows in found], np.uint8),
        np.concatenate([*(rows.xy for rows in found), np.empty((0, 2))]),
    )
    found.clear()
    return places


def _arranged(
    names: tuple[str, ...],
    values: tuple[int, Array, Array, Array, Array],
    rows: tuple[Array, Array, Array],
    places: _Places,
    *,
    is_laid_along: bool = False,
) -> Columns:
    """Puts rows along the curve, unless all of them are one block.

    Args:
        names: Of the attributes.
        values: What `ValueTable.finish` gives; its matrix is written to.
        rows: Numbers, checksums of ids and kinds of the rows.
        places: Of the rows.
        is_laid_along: Whether values lie as the rows do.
    """
    n_shared, matrix, starts, lengths, content = values
    fids, ids, kinds = rows
    bounds = _bounds(places[3], places[1][places[0]])
    is_sorted = len(kinds) > BLOCK
    if is_sorted:
        order = np.argsort(_curve(bounds), kind="stable")
        fids, ids, kinds, bounds = fids[order], ids[order], kinds[order], bounds[order]
        places = _taken_places(places, order)
        for row in matrix:
            row[:] = row[order]
        del order
    boxes = _rounded_outwards(bounds), _block_bounds(bounds)
    # Of millions of rows nothing may be there twice that is not needed.
    del values, rows, bounds
    if is_sorted and is_laid_along:
        starts, lengths, content = lay_along(n_shared, matrix, starts, lengths, content)
    by_id = np.argsort(ids, kind="stable").astype(np.int32)
    return Columns(names, n_shared, fids, kinds, *boxes, *places, matrix, starts, lengths, content, ids[by_id], by_id)


def _taken_places(places: _Places, rows: Array) -> _Places:
    part_offsets, vertex_offsets, is_outer, xy = places
    parts, part_offsets = take_ragged(part_offsets, rows)
    vertices, vertex_offsets = take_ragged(vertex_offsets, parts)
    return part_offsets, vertex_offsets, is_outer[parts], np.ascontiguousarray(xy[vertices])


def merge_columns(pieces: Sequence[tuple[Columns, Array]]) -> Columns:
    """Makes one of several columns of the same layer, of those rows of each that are named.

    Values are copied as they are: one that stands in two of them stands there twice.
    """
    rows = [(columns.fids[chosen], _row_ids(columns)[chosen], columns.kinds[chosen]) for columns, chosen in pieces]
    taken = [_taken(columns, chosen) for columns, chosen in pieces]
    n_parts, n_vertices, is_outer, xy = (np.concatenate(ones) for ones in zip(*taken, strict=True))
    fids, ids, kinds = (np.concatenate(ones) for ones in zip(*rows, strict=True))
    places = (_offsets(n_parts), _offsets(n_vertices), is_outer, xy)
    return _arranged(pieces[0][0].names, _merged_values(pieces), (fids, ids, kinds), places)


def _row_ids(columns: Columns) -> Array:
    ids = np.empty(len(columns), dtype=np.uint32)
    ids[columns.id_rows] = columns.id_keys
    return ids


def _taken(columns: Columns, rows: Array) -> tuple[Array, Array, Array, Array]:
    parts, part_offsets = take_ragged(columns.part_offsets, rows)
    vertices, vertex_offsets = take_ragged(columns.vertex_offsets, parts)
    return np.diff(part_offsets), np.diff(vertex_offsets), columns.is_outer[parts], columns.xy[vertices]


def _merged_values(pieces: Sequence[tuple[Columns, Array]]) -> tuple[int, Array, Array, Array, Array]:
    n_values = np.cumsum([0, *(len(columns.value_starts) for columns, _ in pieces)])
    n_bytes = np.cumsum([0, *(len(columns.value_bytes) for columns, _ in pieces)])
    matrices = []
    for (columns, rows), first in zip(pieces, n_values[:-1].tolist(), strict=True):
        numbers = columns.values[:, rows]
        matrices.append(np.where(numbers == NONE, numbers, numbers + np.uint32(first)))
    matrix = np.concatenate(matrices, axis=1)
    n_shared, order = number_values(matrix, int(n_values[-1]))
    starts = np.concatenate(
        [columns.value_starts + first for (columns, _), first in zip(pieces, n_bytes[:-1].tolist(), strict=True)]
    )[order]
    lengths = np.concatenate([columns.value_lengths for columns, _ in pieces])[order]
    content = np.concatenate([columns.value_bytes for columns, _ in pieces])
    offsets = _offsets(lengths)
    places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
    return n_shared, matrix, offsets[:-1], lengths, content[places]


def _joined(arrays: list[Array], kind: Any) -> Array:
    return np.concatenate([*arrays, np.empty(0, dtype=kind)]).astype(kind)


def _offsets(lengths: Array) -> Array:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def _bounds(xy: Array, offsets: Array) -> Array:
    if len(offsets) == 1:
        return np.empty((0, 4))
    firsts = offsets[:-1]
    return np.hstack([np.minimum.reduceat(xy, firsts), np.maximum.reduceat(xy, firsts)])


def _rounded_outwards(bounds: Array) -> Array:
    rounded = bounds.astype(np.float32)
    low, high = rounded[:, :2], rounded[:, 2:]
    low[:] = np.where(low > bounds[:, :2], np.nextafter(low, np.float32(-np.inf)), low)
    high[:] = np.where(high < bounds[:, 2:], np.nextafter(high, np.float32(np.inf)), high)
    return rounded


def _block_bounds(bounds: Array) -> Array:
    if not len(bounds):
        return np.empty((0, 4))
    firsts = np.arange(0, len(bounds), BLOCK)
    return np.hstack([np.minimum.reduceat(bounds[:, :2], firsts), np.maximum.reduceat(bounds[:, 2:], firsts)])


def _curve(bounds: Array) -> Array:
    """Places on the Morton curve of the middles of boxes, laid over all of them."""
    if not len(bounds):
        return np.empty(0, dtype=np.uint64)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    low = middles.min(axis=0)
    width = float((middles.max(axis=0) - low).max()) or 1.0
    cells = ((middles - low) / width * (2**_CURVE_BITS - 1)).astype(np.uint64)
    places: Array = _spread(cells[:, 0]) | _spread(cells[:, 1]) << np.uint64(1)
    return places


def _spread(numbers: Array) -> Array:
    """Puts a zero between each two of 16 bits."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        numbers = (numbers | numbers << np.uint64(shift)) & np.uint64(mask)
    return numbers
