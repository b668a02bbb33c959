"""Edits that QGIS or any other SQLite program makes straight in the file: triggers note them, `adopt` takes them in.

The triggers use plain SQL only, because other programs do not know our functions. They note the first former state of
a row; what it is now is in the table.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace

from gis_capture.geopackage.names import quote_identifier
from gis_capture.model import Feature
from gis_capture.store.layer_rows import LayerRows, feature_from_state

_ARGUMENTS = 60
"""Pairs of one json_object call; SQLite allows 127 arguments."""
_FOREIGN = "NOT EXISTS (SELECT 1 FROM gis_capture_meta WHERE key = 'own_write')"


def noting_trigger(key: str, event: str) -> str:
    """The name of the trigger that notes an event of a layer."""
    return f"gis_capture_{key}_{event}"


def note_direct_edits(connection: sqlite3.Connection, rows: LayerRows) -> None:
    """Makes the triggers of a layer, anew when its fields have changed."""
    key = "'" + rows.key.replace("'", "''") + "'"
    old = f"OLD.feature_id, OLD.revision, {_state(rows)}, OLD.geometry"
    bodies = {
        "insert": f"VALUES ({key}, NEW.fid, 'insert', NULL, NULL, NULL, NULL)",
        "update": f"VALUES ({key}, OLD.fid, 'update', {old})",
        "delete": f"VALUES ({key}, OLD.fid, 'delete', {old})",
    }
    for event, values in bodies.items():
        name = quote_identifier(noting_trigger(rows.key, event))
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        connection.execute(
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {rows.table} WHEN {_FOREIGN} BEGIN"
            f" INSERT OR IGNORE INTO gis_capture_direct_edits {values}; END"
        )


def has_direct_edits(connection: sqlite3.Connection) -> bool:
    """True when another program has changed something since the last adoption."""
    return connection.execute("SELECT 1 FROM gis_capture_direct_edits LIMIT 1").fetchone() is not None


def take_direct_edits(
    connection: sqlite3.Connection, rows: LayerRows, new_id: Callable[[], str]
) -> Iterator[tuple[int, Feature | None]]:
    """Gives (fid, former state) of every noted row of a layer and forgets the notes.

    A row without `feature_id`, or whose id was changed, gets the one it had, or a new one.
    """
    notes = connection.execute(
        "SELECT fid, kind, feature_id, previous_revision, previous, previous_geometry"
        " FROM gis_capture_direct_edits WHERE layer = ? ORDER BY fid",
        (rows.key,),
    ).fetchall()
    for fid, kind, feature_id, revision, state, blob in notes:
        previous = None
        if kind != "insert":
            former = feature_from_state(rows.key, feature_id, revision, _flat(connection, state), blob)
            previous = replace(former, fields=rows.from_columns(former.fields))
        identity = feature_id or new_id()
        condition = "feature_id IS NULL" if feature_id is None else "feature_id IS NOT ?"
        values = (identity, fid) if feature_id is None else (identity, fid, feature_id)
        connection.execute(f"UPDATE {rows.table} SET feature_id = ? WHERE fid = ? AND {condition}", values)
        yield fid, previous
    connection.execute("DELETE FROM gis_capture_direct_edits WHERE layer = ?", (rows.key,))


def _state(rows: LayerRows) -> str:
    """An SQL expression that writes a former row in the form of the history, its fields in parts."""
    pairs = [f"'{name}', OLD.{quote_identifier(name)}" for name in rows.names]
    parts = [pairs[start : start + _ARGUMENTS] for start in range(0, len(pairs), _ARGUMENTS)]
    objects = ", ".join(f"json_object({', '.join(part)})" for part in parts)
    position = (
        "json_object('method', OLD.position_method, 'accuracy_m', OLD.position_accuracy_m, 'note', OLD.position_note)"
    )
    return f"json_object('parts', json_array({objects}), 'position', {position})"


def _flat(connection: sqlite3.Connection, state: str) -> str:
    sql = (
        "SELECT json_object('position', json_extract(?1, '$.position'),"
        " 'fields', (SELECT json_group_object(f.key, f.value) FROM json_each(?1, '$.parts') p, json_each(p.value) f))"
    )
    return str(connection.execute(sql, (state,)).fetchone()[0])
