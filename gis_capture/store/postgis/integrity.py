"""Looks for damage in a PostGIS store."""

from collections.abc import Iterator

from gis_capture.geopackage.names import quote_identifier
from gis_capture.model import Problem
from gis_capture.store.postgis.reading import PostgisReading
from gis_capture.text import Text

EDITS_NOT_NOTED = "edits_not_noted"
INVALID_INDEX = "invalid_index"
EXTENT_OUT_OF_STEP = "extent_out_of_step"


def find_damage(reading: PostgisReading) -> list[Problem]:
    """Checks that indexes are valid, that triggers note edits of other programs, and that extents hold the features."""
    return [problem for layer in reading.layers() for problem in _of_layer(reading, layer.key)]


def _of_layer(reading: PostgisReading, key: str) -> Iterator[Problem]:
    title = reading.layer(key).title.ja
    table = quote_identifier(key)
    (n_invalid,) = reading.connection.execute(
        "SELECT count(*) FROM pg_index WHERE indrelid = ?::text::regclass AND NOT indisvalid", (table,)
    ).fetchone()
    if n_invalid:
        yield Problem(
            INVALID_INDEX,
            "error",
            Text(f"レイヤー「{title}」の索引が壊れています。", f'An index of layer "{key}" is not valid.'),
            Text("データベースの管理者が REINDEX TABLE を実行してください。", "The administrator runs REINDEX TABLE."),
        )
    (n_triggers,) = reading.connection.execute(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = ?::text::regclass AND tgenabled IN ('O', 'A')"
        " AND tgname IN ('gis_capture_note_row', 'gis_capture_note_all')",
        (table,),
    ).fetchone()
    if n_triggers != 2:
        yield Problem(
            EDITS_NOT_NOTED,
            "error",
            Text(
                f"レイヤー「{title}」では、QGIS などの編集を記録するトリガーが外れています。",
                f'Layer "{key}" has lost the triggers that note edits of other programs.',
            ),
            Text(
                "控えから戻すか、別のデータベースに移してください(gis-capture migrate)。",
                "Restore a backup, or move the store (gis-capture migrate).",
            ),
        )
    (n_outside,) = reading.connection.execute(
        f"SELECT count(*) FROM {table} AS t, gis_capture_layers AS l WHERE l.key = ? AND NOT ST_IsEmpty(t.geometry)"
        " AND NOT EXISTS (SELECT 1 FROM gis_capture_direct_edits AS d WHERE d.layer = l.key AND d.fid = t.fid)"
        " AND NOT coalesce(ST_XMin(t.geometry) >= l.min_x AND ST_YMin(t.geometry) >= l.min_y"
        " AND ST_XMax(t.geometry) <= l.max_x AND ST_YMax(t.geometry) <= l.max_y, false)",
        (key,),
    ).fetchone()
    if n_outside:
        yield Problem(
            EXTENT_OUT_OF_STEP,
            "error",
            Text(
                f"レイヤー「{title}」の範囲の外に {n_outside} 件の図形があります。",
                f'{n_outside} geometries of layer "{key}" lie outside the extent that is kept of it.',
            ),
            Text("控えから戻してください。", "Restore a backup."),
        )
