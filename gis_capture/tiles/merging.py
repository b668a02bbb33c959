"""Joins columns of the same layer in memory: what was changed lately."""

from collections.abc import Sequence

import numpy as np

from gis_capture.tiles.arranging import arranged, offsets_of
from gis_capture.tiles.columns import NONE, Array, Columns, take_ragged
from gis_capture.tiles.values import number_values


def merge_columns(pieces: Sequence[tuple[Columns, Array]]) -> Columns:
    """Makes one of several columns of the same layer, of those rows of each that are named.

    Values are copied as they are: one that stands in two of them stands there twice.
    """
    rows = [(columns.fids[chosen], row_ids(columns)[chosen], columns.kinds[chosen]) for columns, chosen in pieces]
    taken = [_taken(columns, chosen) for columns, chosen in pieces]
    n_parts, n_vertices, is_outer, xy = (np.concatenate(ones) for ones in zip(*taken, strict=True))
    fids, ids, kinds = (np.concatenate(ones) for ones in zip(*rows, strict=True))
    places = (offsets_of(n_parts), offsets_of(n_vertices), is_outer, xy)
    return arranged(pieces[0][0].names, _merged_values(pieces), (fids, ids, kinds), places)


def row_ids(columns: Columns) -> Array:
    """The checksum of the id of each row, uint32."""
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
    offsets = offsets_of(lengths)
    places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
    return n_shared, matrix, offsets[:-1], lengths, content[places]
