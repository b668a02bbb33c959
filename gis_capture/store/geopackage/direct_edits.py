"""Edits that QGIS or any other SQLite program makes straight in the file: triggers note them, `adopt` takes them in.

The triggers use plain SQL only, because other programs do not know our functions. They note the first former state of
a row; what it is now is in the table.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from gis_capture.geopackage.names import quote_identifier, quote_text
from gis_capture.geopackage.rtree import rtree_name
from gis_capture.model import Feature
from gis_capture.store.tables.layer_rows import LayerRows

_ARGUMENTS = 60
"""Pairs of one json_object call; SQLite allows 127 arguments."""
INSERT_EVENTS = ("insert", "replace")
"""The triggers that an insert fires."""
_EVENTS = (*INSERT_EVENTS, "update", "delete")
_REAL = "\x1freal:"
"""Marks a number; begins with a control character, so that no text of a ledger does."""
_FOREIGN = "NOT EXISTS (SELECT 1 FROM gis_capture_meta WHERE key = 'own_write')"


def noting_trigger(key: str, event: str) -> str:
    """The name of the trigger that notes an event of a layer."""
    return f"gis_capture_{key}_{event}"


def note_direct_edits(connection: sqlite3.Connection, rows: LayerRows) -> None:
    """Makes the triggers of a layer, anew when its fields have changed."""
    drop_notes(connection, rows.key)
    for event in _EVENTS:
        connection.execute(f"CREATE TRIGGER {quote_identifier(noting_trigger(rows.key, event))} {_body(rows, event)}")


def drop_notes(connection: sqlite3.Connection, key: str) -> None:
    """Takes the triggers of a layer away; they name its columns."""
    for event in _EVENTS:
        connection.execute(f"DROP TRIGGER IF EXISTS {quote_identifier(noting_trigger(key, event))}")


def _body(rows: LayerRows, event: str) -> str:
    """What a trigger does.

    The first note of a row stays, whatever happens to it later. "INSERT OR IGNORE" would not do: the word of the
    statement that fires the trigger, such as OR REPLACE, counts instead.
    """
    key = quote_text(rows.key)
    is_noted = "SELECT 1 FROM gis_capture_direct_edits WHERE layer = {key} AND fid = {fid}"
    if event == "replace":
        # INSERT OR REPLACE takes the old row away without telling the trigger of deletions.
        old = f"t.feature_id, t.revision, {_state(rows, 't')}, t.geometry"
        noted = is_noted.format(key=key, fid="t.fid")
        return (
            f"BEFORE INSERT ON {rows.table} WHEN {_FOREIGN} BEGIN INSERT INTO gis_capture_direct_edits"
            f" SELECT {key}, t.fid, 'update', {old} FROM {rows.table} AS t"
            f" WHERE (t.fid = NEW.fid OR t.feature_id = NEW.feature_id) AND NOT EXISTS ({noted}); END"
        )
    # An update may change the number itself; the row is found by the one it has.
    row = "OLD" if event == "delete" else "NEW"
    state = (
        "NULL, NULL, NULL, NULL"
        if event == "insert"
        else f"OLD.feature_id, OLD.revision, {_state(rows, 'OLD')}, OLD.geometry"
    )
    noted = is_noted.format(key=key, fid=f"{row}.fid")
    return (
        f"AFTER {event.upper()} ON {rows.table} WHEN {_FOREIGN} BEGIN INSERT INTO gis_capture_direct_edits"
        f" SELECT {key}, {row}.fid, {quote_text(event)}, {state} WHERE NOT EXISTS ({noted}); END"
    )


def has_direct_edits(connection: sqlite3.Connection) -> bool:
    """True when another program has changed something since the last adoption."""
    return connection.execute("SELECT 1 FROM gis_capture_direct_edits LIMIT 1").fetchone() is not None


def take_direct_edits(
    connection: sqlite3.Connection, rows: LayerRows, new_id: Callable[[], str]
) -> Iterator[tuple[int, Feature | None]]:
    """Gives (fid, former state) of every noted row of a layer and forgets the notes.

    A row whose `feature_id` was changed gets the one it had; one without, or with that of another row, a new one.
    """
    notes = connection.execute(
        "SELECT fid, feature_id, previous_revision, previous, previous_geometry"
        " FROM gis_capture_direct_edits WHERE layer = ? ORDER BY fid",
        (rows.key,),
    ).fetchall()
    if notes:
        _mend(connection, rows)
        _give_ids(connection, rows, {note[0]: note[1] for note in notes}, new_id)
    for fid, feature_id, revision, state, blob in notes:
        previous = None
        if feature_id:
            former = rows.from_state(feature_id, revision or 0, _flat(connection, state), blob)
            contents = {name: _number(value) for name, value in former.fields.items()}
            position = replace(former.position, accuracy_m=_number(former.position.accuracy_m))
            previous = replace(former, fields=rows.from_columns(contents), position=position)
        yield fid, previous
    connection.execute("DELETE FROM gis_capture_direct_edits WHERE layer = ?", (rows.key,))


def _give_ids(
    connection: sqlite3.Connection, rows: LayerRows, former: Mapping[int, str | None], new_id: Callable[[], str]
) -> None:
    """Gives noted rows their ids, by fid, in two steps: other programs may have exchanged them."""
    sql = f"SELECT fid, feature_id FROM {rows.table} WHERE fid IN (SELECT value FROM json_each(?))"
    present = dict(connection.execute(sql, (orjson.dumps(list(former)).decode(),)))
    owned = {former[fid] for fid in present}
    wrong = {}
    for fid, now in present.items():
        wanted = former[fid] or (now if now and now not in owned else new_id())
        if wanted != now:
            wrong[fid] = wanted
    update = f"UPDATE {rows.table} SET feature_id = ? WHERE fid = ?"
    connection.executemany(update, ((None, fid) for fid in wrong))
    connection.executemany(update, ((wanted, fid) for fid, wanted in wrong.items()))


def _mend(connection: sqlite3.Connection, rows: LayerRows) -> None:
    """Brings index and count up to date; INSERT OR REPLACE of other programs leaves the old row in both."""
    connection.execute(
        f"DELETE FROM {rtree_name(rows.key)} WHERE id IN (SELECT fid FROM gis_capture_direct_edits WHERE layer = ?)"
        f" AND id NOT IN (SELECT fid FROM {rows.table} WHERE geometry NOT NULL)",
        (rows.key,),
    )
    sql = f"UPDATE gpkg_ogr_contents SET feature_count = (SELECT count(*) FROM {rows.table}) WHERE table_name = ?"
    connection.execute(sql, (rows.key,))


def _state(rows: LayerRows, row: str) -> str:
    """An SQL expression that writes a former row in the form of the history, its fields in parts."""
    pairs = [f"'{name}', {_content(f'{row}.{quote_identifier(name)}')}" for name in rows.names]
    parts = [pairs[start : start + _ARGUMENTS] for start in range(0, len(pairs), _ARGUMENTS)]
    objects = ", ".join(f"json_object({', '.join(part)})" for part in parts)
    position = (
        f"json_object('method', {row}.position_method, 'accuracy_m', {_content(f'{row}.position_accuracy_m')},"
        f" 'note', {row}.position_note)"
    )
    return f"json_object('parts', json_array({objects}), 'position', {position})"


def _content(column: str) -> str:
    """A column as JSON can hold it: SQLite's JSON writes 15 digits of a number where 17 are needed, and no bytes."""
    return f"CASE typeof({column}) WHEN 'real' THEN '{_REAL}' || printf('%!.17g', {column})" + (
        f" WHEN 'blob' THEN hex({column}) ELSE {column} END"
    )


def _number(value: Any) -> Any:
    """Reads a number that `_content` wrote."""
    return float(value.removeprefix(_REAL)) if isinstance(value, str) and value.startswith(_REAL) else value


def _flat(connection: sqlite3.Connection, state: str) -> str:
    sql = (
        "SELECT json_object('position', json_extract(?1, '$.position'),"
        " 'fields', (SELECT json_group_object(f.key, f.value) FROM json_each(?1, '$.parts') p, json_each(p.value) f))"
    )
    return str(connection.execute(sql, (state,)).fetchone()[0])
