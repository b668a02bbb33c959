"""Columns of a layer by a binary copy."""

from collections.abc import Iterator, Sequence
from itertools import islice

from gis_capture.model import FieldType
from gis_capture.store.columns import Columns, in_batches
from gis_capture.store.postgis.database import Connection
from gis_capture.store.tables.layer_rows import LayerRows
from gis_capture.store.tables.reading import columns_sql

_TYPES = {FieldType.INTEGER: "int8", FieldType.REAL: "float8", FieldType.BOOLEAN: "bool"}
"""How fields come over; everything else as a text, the form that rows have it in."""


def copy_columns(connection: Connection, rows: LayerRows, names: Sequence[str], *, after: int) -> Iterator[Columns]:
    """Reads a layer, or what was written after a revision, as one copy; the connection is busy until its end."""
    types = {name: _TYPES.get(rows.layer.field(name).type, "text") for name in names}
    casts = {name: "::text" for name, kind in types.items() if kind == "text"}
    sql = f"COPY ({columns_sql(rows, names, after=after, casts=casts)}) TO STDOUT (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(sql.encode()) as copy:
        copy.set_types(["int8", "text", "bytea", *types.values()])
        copied = copy.rows()
        batches = in_batches(lambda n_rows: list(islice(copied, n_rows)))
        yield from (rows.to_columns(names, batch) for batch in batches)
