"""The R-tree of a layer and its triggers.

Source: OGC GeoPackage 1.4 (12-128r19), Annex F.3 "RTree Spatial Indexes".
"""

import sqlite3

import numpy as np
import numpy.typing as npt

from gis_capture.geopackage.names import quote_identifier
from gis_capture.geopackage.packed_rtree import write_packed

RTREE_DEFINITION = "http://www.geopackage.org/spec140/#extension_rtree"
COLUMN = "geometry"

_BOX = "ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), ST_MaxY(NEW.{c})"
_FULL = "({row}.{c} NOTNULL AND NOT ST_IsEmpty({row}.{c}))"
_VOID = "({row}.{c} ISNULL OR ST_IsEmpty({row}.{c}))"
_NEW_FULL, _NEW_VOID = _FULL.replace("{row}", "NEW"), _VOID.replace("{row}", "NEW")
_OLD_FULL, _OLD_VOID = _FULL.replace("{row}", "OLD"), _VOID.replace("{row}", "OLD")
_TRIGGERS = {
    "insert": f"AFTER INSERT ON {{t}} WHEN {_NEW_FULL} BEGIN"
    f" INSERT OR REPLACE INTO {{r}} VALUES (NEW.fid, {_BOX}); END",
    "update6": f"AFTER UPDATE OF {{c}} ON {{t}} WHEN OLD.fid = NEW.fid AND {_NEW_FULL} AND {_OLD_FULL} BEGIN"
    " UPDATE {r} SET minx = ST_MinX(NEW.{c}), maxx = ST_MaxX(NEW.{c}),"
    " miny = ST_MinY(NEW.{c}), maxy = ST_MaxY(NEW.{c}) WHERE id = NEW.fid; END",
    "update7": f"AFTER UPDATE OF {{c}} ON {{t}} WHEN OLD.fid = NEW.fid AND {_NEW_FULL} AND {_OLD_VOID} BEGIN"
    f" INSERT INTO {{r}} VALUES (NEW.fid, {_BOX}); END",
    "update2": f"AFTER UPDATE OF {{c}} ON {{t}} WHEN OLD.fid = NEW.fid AND {_NEW_VOID} BEGIN"
    " DELETE FROM {r} WHERE id = OLD.fid; END",
    "update5": f"AFTER UPDATE ON {{t}} WHEN OLD.fid != NEW.fid AND {_NEW_FULL} BEGIN"
    f" DELETE FROM {{r}} WHERE id = OLD.fid; INSERT OR REPLACE INTO {{r}} VALUES (NEW.fid, {_BOX}); END",
    "update4": f"AFTER UPDATE ON {{t}} WHEN OLD.fid != NEW.fid AND {_NEW_VOID} BEGIN"
    " DELETE FROM {r} WHERE id IN (OLD.fid, NEW.fid); END",
    "delete": "AFTER DELETE ON {t} WHEN OLD.{c} NOT NULL BEGIN DELETE FROM {r} WHERE id = OLD.fid; END",
}


def insert_trigger_name(key: str) -> str:
    """The name of the trigger that fills the R-tree."""
    return f"rtree_{key}_{COLUMN}_insert"


def rtree_name(key: str) -> str:
    """The quoted name of a layer's R-tree."""
    return quote_identifier(f"rtree_{key}_{COLUMN}")


def create_rtree(connection: sqlite3.Connection, key: str) -> None:
    """Makes the R-tree of an empty table and its triggers."""
    connection.execute(f"CREATE VIRTUAL TABLE {rtree_name(key)} USING rtree(id, minx, maxx, miny, maxy)")
    create_triggers(connection, key)


def create_triggers(connection: sqlite3.Connection, key: str) -> None:
    """Makes the seven triggers that keep the R-tree."""
    names = {"t": quote_identifier(key), "r": rtree_name(key), "c": quote_identifier(COLUMN)}
    for event, body in _TRIGGERS.items():
        trigger = quote_identifier(f"rtree_{key}_{COLUMN}_{event}")
        connection.execute(f"CREATE TRIGGER {trigger} {body.format(**names)}")


def index_boxes(
    connection: sqlite3.Connection, key: str, fids: npt.NDArray[np.int64], boxes: npt.NDArray[np.float64]
) -> None:
    """Puts new rows into the R-tree, in place of its trigger.

    Where they are more than those that are there, the whole tree is packed anew: that is several times faster than
    one insert after the other, and the tree is better.

    Args:
        connection: Inside a transaction.
        key: Of the layer.
        fids: Shape (n,).
        boxes: Shape (n, 4), (min_x, min_y, max_x, max_y); NaN for rows without a place.
    """
    is_located = ~np.isnan(boxes[:, 0])
    fids, boxes = fids[is_located], boxes[is_located][:, [0, 2, 1, 3]]
    before = connection.execute(f"SELECT count(*) FROM {quote_identifier(f'rtree_{key}_{COLUMN}_rowid')}").fetchone()
    if len(fids) <= before[0]:
        rows = ((fid, *box) for fid, box in zip(fids.tolist(), boxes.tolist(), strict=True))
        connection.executemany(f"INSERT INTO {rtree_name(key)} VALUES (?, ?, ?, ?, ?)", rows)
        return
    stored = np.array(connection.execute(f"SELECT * FROM {rtree_name(key)}").fetchall(), dtype=float).reshape(-1, 5)
    fids, boxes = np.concatenate([stored[:, 0].astype(np.int64), fids]), np.concatenate([stored[:, 1:], boxes])
    write_packed(connection, f"rtree_{key}_{COLUMN}", fids, boxes)
