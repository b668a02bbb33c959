"""Lines of a pull about features, made of rows as they stand in a GeoPackage, without an object for each."""

from collections.abc import Iterator
from typing import Any

from gis_capture.geopackage.blob import decode_geometry, envelope_of, wkb_of
from gis_capture.model import Attachment, BBox, encode_json, geometry_to_geojson, wkb_to_geojson
from gis_capture.store.geopackage.reading import GeoPackageReading
from gis_capture.store.lines import LineScope, Place, gone_line
from gis_capture.store.tables.layer_rows import BATCH, LayerRows, read_attachments


def feature_lines(
    reading: GeoPackageReading, scope: LineScope, rank: int, after: tuple[int, int], *, limit: int | None
) -> Iterator[tuple[Place, bytes]]:
    """Gives the lines of one layer in the order of their places, as `store.lines` asks for them."""
    key, hidden = list(scope.hidden.items())[rank - 1]
    rows = reading.rows_of(key)
    box = scope.bbox and reading.bbox_in(key, scope.bbox)
    n_at_once = BATCH if limit is None else min(BATCH, limit + 1)
    if box is not None and scope.whole_until:
        statement = reading.changed_rows(rows, after=after, until=scope.whole_until, bbox=scope.bbox)
        yield from _lines(reading, rows, rank, statement, hidden, None, n_at_once)
        after = max(after, (scope.whole_until + 1, -1))
    yield from _lines(reading, rows, rank, reading.changed_rows(rows, after=after), hidden, box, n_at_once)


def _lines(
    reading: GeoPackageReading,
    rows: LayerRows,
    rank: int,
    statement: tuple[str, list[Any]],
    hidden: frozenset[str],
    box: BBox | None,
    n_at_once: int,
) -> Iterator[tuple[Place, bytes]]:
    cursor = reading.connection.execute(*statement)
    while batch := cursor.fetchmany(n_at_once):
        attachments = read_attachments(reading.connection, rows.key, (row[2] for row in batch))
        for row in batch:
            place = (row[3] or 0, rank, row[0])
            if box is not None and _is_outside(row[1], box):
                yield place, encode_json(gone_line("out_of_scope", rows.key, row[2] or "", place[0]))
            else:
                yield place, encode_json(_document(rows, row, hidden, attachments.get(row[2], ())))


def _document(
    rows: LayerRows, row: tuple[Any, ...], hidden: frozenset[str], attachments: tuple[Attachment, ...]
) -> dict[str, Any]:
    _, blob, feature_id, revision, method, accuracy_m, note, *values = row
    fields = rows.to_fields(values)
    for name in hidden:
        del fields[name]
    return {
        "type": "feature",
        "layer": rows.key,
        "feature_id": feature_id or "",
        "revision": revision or 0,
        "geometry": None if blob is None else _geojson(blob),
        "fields": fields,
        "position": {"method": method, "accuracy_m": accuracy_m, "note": note},
        "attachments": [attachment.to_json() for attachment in attachments],
    }


def _geojson(blob: bytes) -> dict[str, Any] | None:
    try:
        return wkb_to_geojson(wkb_of(blob))
    except ValueError:
        # Another program wrote it, in another form.
        return geometry_to_geojson(decode_geometry(blob))


def _is_outside(blob: bytes | None, box: BBox) -> bool:
    envelope = None if blob is None else envelope_of(blob)
    if envelope is None:
        return False
    min_x, max_x, min_y, max_y = envelope
    return max_x < box.min_x or min_x > box.max_x or max_y < box.min_y or min_y > box.max_y
