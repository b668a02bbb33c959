"""Edits that QGIS or any other program makes straight in the tables: triggers note them, `adopt` takes them in."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from gis_capture.model import Feature, PositionQuality
from gis_capture.store.postgis.columns import from_noted
from gis_capture.store.postgis.layer_tables import PostgisTables
from gis_capture.store.tables.database import Database
from gis_capture.store.tables.layer_rows import LayerRows


def has_direct_edits(database: Database) -> bool:
    """True when another program has changed something since the last adoption."""
    return database.execute("SELECT 1 FROM gis_capture_direct_edits LIMIT 1").fetchone() is not None


def take_direct_edits(
    database: Database, tables: PostgisTables, rows: LayerRows, new_id: Callable[[], str]
) -> Iterator[tuple[int, Feature | None]]:
    """Gives (fid, former state) of every noted row of a layer and forgets the notes.

    A row whose `feature_id` was changed gets the one it had; one without, or with that of another row, a new one.
    """
    notes = database.execute(
        "SELECT fid, feature_id, previous_revision, previous, previous_geometry"
        " FROM gis_capture_direct_edits WHERE layer = ? ORDER BY fid",
        (rows.key,),
    ).fetchall()
    if not notes:
        return
    tables.count_on(rows.key)
    _give_ids(database, rows, {note[0]: note[1] for note in notes}, new_id)
    for fid, feature_id, revision, state, geometry in notes:
        yield fid, _former(rows, feature_id, revision, state, geometry) if feature_id else None
    database.execute("DELETE FROM gis_capture_direct_edits WHERE layer = ?", (rows.key,))


def _former(rows: LayerRows, feature_id: str, revision: int | None, state: str, geometry: Any) -> Feature:
    noted = orjson.loads(state)
    return Feature(
        rows.key,
        feature_id,
        rows.decode_geometries([geometry])[0],
        {field.name: from_noted(field.type, noted.get(field.name)) for field in rows.layer.fields},
        revision or 0,
        PositionQuality(noted.get("position_method"), noted.get("position_accuracy_m"), noted.get("position_note")),
    )


def _give_ids(database: Database, rows: LayerRows, former: Mapping[int, str | None], new_id: Callable[[], str]) -> None:
    """Gives noted rows their ids, by fid, in two steps: other programs may have exchanged them."""
    found = database.execute(f"SELECT fid, feature_id FROM {rows.table} WHERE fid = ANY(?)", (list(former),))
    present = dict(found.fetchall())
    owned = {former[fid] for fid in present}
    wrong = {}
    for fid, now in present.items():
        wanted = former[fid] or (now if now and now not in owned else new_id())
        if wanted != now:
            wrong[fid] = wanted
    update = f"UPDATE {rows.table} SET feature_id = ? WHERE fid = ?"
    database.executemany(update, [(None, fid) for fid in wrong])
    database.executemany(update, [(wanted, fid) for fid, wanted in wrong.items()])
