"""Names in SQL."""

from gis_capture.errors import FieldError
from gis_capture.text import Text

RESERVED_COLUMNS = frozenset(
    (
        "fid",
        "geometry",
        "feature_id",
        "position_method",
        "position_accuracy_m",
        "position_note",
        "revision",
        "rowid",
        "oid",
        "_rowid_",
        "ogc_fid",
        "geom",
    )
)
"""Columns that every layer table has, and names that other programs take for themselves."""


def quote_identifier(name: str) -> str:
    """Quotes a table or column name."""
    return '"' + name.replace('"', '""') + '"'


def check_column_name(name: str, layer: str) -> None:
    """Refuses a field name that the table needs for itself.

    Raises:
        FieldError: The name is taken or empty.
    """
    if not name or name.lower() in RESERVED_COLUMNS or "\x00" in name:
        raise FieldError(
            Text(
                f"レイヤー「{layer}」の項目名「{name}」は使えません。別の名前にしてください。",
                f'Layer "{layer}": a field cannot be called "{name}"; give it another name.',
            ),
            layer=layer,
            field=name,
        )
