"""Writes a whole R-tree of SQLite at once.

The tree lies in three plain tables: `_node` (number, cells), `_rowid` (id, its leaf) and `_parent` (node, its parent).
A node is its depth (root only), its number of cells, and the cells: id or child, then the box as 32-bit floats rounded
outwards, all big-endian, padded to a fixed size (sqlite.org/rtree.html, section 5; SQLite, ext/rtree/rtree.c).
Sort-tile-recursive packing after Leutenegger, Lopez and Edgington (ICDE 1997).
"""

import math
import sqlite3

import numpy as np
import numpy.typing as npt

from gis_capture.geopackage.inserting import insert_columns
from gis_capture.geopackage.names import quote_identifier

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
_MAX_CELLS = 51
_LINKS_AT_ONCE = 10_000


def write_packed(
    connection: sqlite3.Connection, index: str, ids: npt.NDArray[np.int64], boxes: npt.NDArray[np.float64]
) -> None:
    """Replaces all that is in an R-tree of two dimensions.

    Args:
        connection: Inside a transaction.
        index: Name of the virtual table.
        ids: Shape (n,).
        boxes: Shape (n, 4), (min_x, max_x, min_y, max_y) without NaN.
    """
    node, rowid, parent = (quote_identifier(f"{index}_{part}") for part in ("node", "rowid", "parent"))
    (size_bytes,) = connection.execute(f"SELECT length(data) FROM {node} WHERE nodeno = 1").fetchone()
    cells = np.zeros(len(ids), dtype=_CELL)
    cells["id"], cells["box"] = ids, _rounded(boxes)
    for table in (node, rowid, parent):
        connection.execute(f"DELETE FROM {table}")
    depth, next_number, link = 0, 2, rowid
    while len(cells) > _MAX_CELLS:
        cells = cells[_tiled(cells["box"].astype(float))]
        starts = np.arange(0, len(cells), _MAX_CELLS)
        numbers = np.arange(next_number, next_number + len(starts))
        next_number += len(starts)
        _write_nodes(connection, node, numbers, np.split(cells, starts[1:]), size_bytes, depth=0)
        _write_links(connection, link, cells["id"], np.repeat(numbers, _MAX_CELLS)[: len(cells)])
        parents = np.zeros(len(starts), dtype=_CELL)
        parents["id"] = numbers
        parents["box"][:, [0, 2]] = np.minimum.reduceat(cells["box"][:, [0, 2]], starts)
        parents["box"][:, [1, 3]] = np.maximum.reduceat(cells["box"][:, [1, 3]], starts)
        cells, depth, link = parents, depth + 1, parent
    _write_nodes(connection, node, np.array([1]), [cells], size_bytes, depth=depth)
    _write_links(connection, link, cells["id"], np.ones(len(cells), dtype=np.int64))


def _write_nodes(
    connection: sqlite3.Connection,
    table: str,
    numbers: npt.NDArray[np.int64],
    contents: list[npt.NDArray[np.void]],
    size_bytes: int,
    *,
    depth: int,
) -> None:
    heads = (depth.to_bytes(2, "big") + len(cells).to_bytes(2, "big") for cells in contents)
    blobs = ((head + cells.tobytes()).ljust(size_bytes, b"\0") for head, cells in zip(heads, contents, strict=True))
    connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", zip(numbers.tolist(), blobs, strict=True))


def _write_links(
    connection: sqlite3.Connection, table: str, ids: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]
) -> None:
    order = np.argsort(ids)
    for start in range(0, len(order), _LINKS_AT_ONCE):
        rows = order[start : start + _LINKS_AT_ONCE]
        insert_columns(connection, f"INSERT INTO {table}", (ids[rows].tolist(), numbers[rows].tolist()))


def _tiled(boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """The order in which neighbours come together: slices by x, each sorted by y."""
    n_nodes = math.ceil(len(boxes) / _MAX_CELLS)
    slice_size = math.ceil(math.sqrt(n_nodes)) * _MAX_CELLS
    x, y = boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]
    by_x = np.argsort(x, kind="stable")
    slices = np.empty(len(boxes), dtype=np.intp)
    slices[by_x] = np.arange(len(boxes)) // slice_size
    return np.lexsort((y, slices))


def _rounded(boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Boxes in 32 bits that hold those in 64."""
    rounded = boxes.astype(np.float32)
    for column, direction in enumerate((-np.inf, np.inf, -np.inf, np.inf)):
        is_inside = rounded[:, column] > boxes[:, column] if direction < 0 else rounded[:, column] < boxes[:, column]
        rounded[is_inside, column] = np.nextafter(rounded[is_inside, column], np.float32(direction))
    return rounded
