"""Lines of a pull, made by the database: this process only hands them on."""

import json
import struct
from collections.abc import Iterator
from typing import Any

from gis_capture.geopackage.names import quote_identifier, quote_text
from gis_capture.model import BBox, Conflict, FieldType, encode_json
from gis_capture.store.lines import Lines, LineScope, Place, conflict_line, start_of
from gis_capture.store.postgis.database import Connection, in_postgresql
from gis_capture.store.postgis.reading import PostgisReading
from gis_capture.store.tables.layer_rows import LayerRows

PAGE = 2_000
_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES = 19
_KEYS = struct.Struct(">hiqiqiqi")
"""Of a row of a binary copy: number of columns, then length and content of three 64-bit numbers, length of the line."""
_END = b"\xff\xff"


def lines(
    reading: PostgisReading, connection: Connection, scope: LineScope, *, after: Place, limit: int | None
) -> Iterator[Lines]:
    """Gives lines in pieces, at most `limit` in all; each piece is one statement."""
    n_left = limit
    while n_left is None or n_left > 0:
        size = PAGE if n_left is None else min(PAGE, n_left)
        data, places = _page(reading, connection, scope, after, size + 1)
        n_lines = min(len(places), size)
        if not n_lines:
            return
        after, has_more = places[n_lines - 1], len(places) > size
        yield Lines(b"".join(data[:n_lines]), n_lines, after, has_more)
        if not has_more:
            return
        n_left = None if n_left is None else n_left - n_lines


def _page(
    reading: PostgisReading, connection: Connection, scope: LineScope, after: Place, size: int
) -> tuple[list[bytes], list[Place]]:
    """The next lines, and their places; of the one that only tells that there is more, the place alone counts."""
    sql, values = _statement(reading, scope, after, size)
    data: list[bytes] = []
    places: list[Place] = []
    copy_sql = f"COPY ({in_postgresql(sql)}) TO STDOUT (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(copy_sql, values) as copy:
        for row in copy:
            start = _HEADER_BYTES if row[:11] == _SIGNATURE else 0
            if len(row) == start:
                continue
            if row[start : start + 2] == _END:
                break
            _, _, revision, _, rank, _, number, _ = _KEYS.unpack_from(row, start)
            places.append((revision, rank, number))
            data.append(bytes(row[start + _KEYS.size :]))
        for _ in copy:
            pass
    # Conflict records are few, and of any JSON that a tablet may send.
    for index, (_, rank, _) in enumerate(places):
        if rank == scope.conflict_rank:
            conflict = Conflict.from_json(json.loads(data[index]))
            data[index] = encode_json(conflict_line(conflict, scope.hidden[conflict.layer])) + b"\n"
    return data, places


def _statement(reading: PostgisReading, scope: LineScope, after: Place, size: int) -> tuple[str, list[Any]]:
    """First the places of the next lines, found by indexes; then the lines of these."""
    branches, cases = [], []
    values: list[Any] = []
    of_lines: list[Any] = []
    order = f"ORDER BY 1, 3 LIMIT {size}"
    for rank, (key, hidden) in enumerate(scope.hidden.items(), 1):
        rows = reading.rows_of(key)
        name = quote_text(key)
        branches.append(
            f"(SELECT revision, 0::bigint AS rank, id AS number FROM gis_capture_history AS h WHERE layer = {name}"
            f" AND kind = 'delete' AND (revision, id) > (?, ?) AND NOT EXISTS"
            f" (SELECT 1 FROM {rows.table} AS t WHERE t.feature_id = h.feature_id) {order})"
        )
        values += start_of(after, 0)
        box = reading.bbox_in(key, scope.bbox) if scope.bbox else None
        start = start_of(after, rank)
        places = f"(SELECT revision, {rank}::bigint AS rank, fid AS number FROM {rows.table} AS t WHERE"
        if box is not None and scope.whole_until:
            inside, corners = reading.in_box(rows, box)
            outside, exact = _outside(box)
            branches.append(
                f"{places} (revision, fid) > (?, ?) AND revision <= ?"
                f" AND (geometry IS NULL OR ({inside} AND NOT {outside})) {order})"
            )
            values += [*start, scope.whole_until, *corners, *exact]
            start = max(start, (scope.whole_until + 1, -1))
        branches.append(f"{places} (revision, fid) > (?, ?) {order})")
        values += start
        line, more = _line(rows, hidden, box)
        cases.append(f"WHEN {rank} THEN (SELECT {line} FROM {rows.table} AS t WHERE t.fid = k.number)")
        of_lines += more
    keys = ", ".join(map(quote_text, scope.hidden))
    last = scope.conflict_rank
    branches.append(
        f"(SELECT revision, {last}::bigint AS rank, id AS number FROM gis_capture_conflicts"
        f" WHERE layer IN ({keys or 'NULL'}) AND (revision, id) > (?, ?) {order})"
    )
    values += start_of(after, last)
    sql = (
        f"WITH k AS MATERIALIZED (SELECT * FROM ({' UNION ALL '.join(branches)}) AS all_places"
        f" ORDER BY revision, rank, number LIMIT {size})"
        f" SELECT revision, rank, number, CASE rank WHEN 0 THEN {_DELETION} {' '.join(cases)}"
        " ELSE (SELECT body FROM gis_capture_conflicts AS c WHERE c.id = k.number) END || E'\\n'"
        " FROM k ORDER BY revision, rank, number"
    )
    return sql, values + of_lines


_DELETION = (
    """(SELECT concat('{"type":"deletion","layer":', to_json(h.layer), ',"feature_id":', to_json(h.feature_id),"""
    """ ',"revision":', h.revision, '}') FROM gis_capture_history AS h WHERE h.id = k.number)"""
)


def _outside(box: BBox) -> tuple[str, list[Any]]:
    """A condition on geometries that lie outside a box, to the last bit; the index rounds."""
    if box.min_x > box.max_x:
        return "(geometry IS NOT NULL AND NOT ST_IsEmpty(geometry))", []
    sides = "ST_XMax(geometry) < ? OR ST_XMin(geometry) > ? OR ST_YMax(geometry) < ? OR ST_YMin(geometry) > ?"
    return f"coalesce({sides}, false)", [box.min_x, box.max_x, box.min_y, box.max_y]


def _line(rows: LayerRows, hidden: frozenset[str], box: BBox | None) -> tuple[str, list[Any]]:
    """The expression that writes a feature of a layer, with its values."""
    fields = [_value(field.name, field.type) for field in rows.layer.fields if field.name not in hidden]
    shown = f"(SELECT row_to_json(f) FROM (SELECT {', '.join(fields)}) AS f)" if fields else "'{}'"
    head = f"""',"layer":"{rows.key}","feature_id":', to_json(coalesce(t.feature_id, '')), ',"revision":', t.revision"""
    line = (
        f"""concat('{{"type":"feature"', {head}, ',"geometry":', coalesce({_GEOJSON}, 'null'), ',"fields":', {shown},"""
        f""" ',"position":', (SELECT row_to_json(p) FROM (SELECT t.position_method AS method,"""
        f""" {_finite("t.position_accuracy_m")} AS accuracy_m, t.position_note AS note) AS p), ',"attachments":[',"""
        f""" (SELECT string_agg(a.attachment, ',' ORDER BY a.position) FROM gis_capture_attachments AS a"""
        f""" WHERE a.layer = {quote_text(rows.key)} AND a.feature_id = t.feature_id), ']}}')"""
    )
    if box is None:
        return line, []
    outside, values = _outside(box)
    return f"""CASE WHEN {outside} THEN concat('{{"type":"out_of_scope"', {head}, '}}') ELSE {line} END""", values


_GEOJSON = "CASE ST_Zmflag(geometry) WHEN 0 THEN ST_AsGeoJSON(geometry, 400, 0) ELSE gis_capture_geojson(geometry) END"


def _value(name: str, field_type: FieldType) -> str:
    column = f"t.{quote_identifier(name)}"
    match field_type:
        case FieldType.REAL:
            column = _finite(column)
        case FieldType.DATETIME:
            column = f"gis_capture_instant({column})"
        case FieldType.DATE:
            column = f"{column}::text"
    return f"{column} AS {quote_identifier(name)}"


def _finite(column: str) -> str:
    """JSON has neither NaN nor infinity."""
    return f"CASE WHEN {column} NOT IN ('NaN', 'Infinity', '-Infinity') THEN {column} END"
