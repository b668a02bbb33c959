"""Names of tables and columns: quoted in one place, checked before anything is made of them."""

import re

from gis_capture.errors import FieldError, LayerError
from gis_capture.model import Layer
from gis_capture.text import Text

OWN_PREFIX = "gis_capture_"
FID, GEOMETRY, FEATURE_ID, REVISION = "fid", "geometry", "feature_id", "revision"
POSITION_COLUMNS = ("position_method", "position_accuracy_m", "position_note")
# The last four are what SQLite and GeoPackage drivers call columns of theirs.
RESERVED_NAMES = frozenset(
    {FID, GEOMETRY, FEATURE_ID, REVISION, *POSITION_COLUMNS, "geom", "ogc_fid", "rowid", "oid", "_rowid_"}
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED_PREFIXES = (OWN_PREFIX, "gpkg_", "rtree_", "sqlite_")


def quote_identifier(name: str) -> str:
    """Gives a name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Gives a text as an SQL literal, for the few statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def check_names(layer: Layer) -> None:
    """Makes sure that a layer's key and field names can be names of a table and its columns.

    Raises:
        LayerError: The key cannot.
        FieldError: A field's name cannot, is ours, or stands twice.
    """
    key = layer.key
    if not _NAME.fullmatch(key) or key.startswith(_RESERVED_PREFIXES):
        message = Text(
            f"レイヤーのキー「{key}」は使えません。英小文字で始まる英小文字・数字・「_」にしてください。",
            f'"{key}" cannot be the key of a layer: use lower-case ASCII letters, digits and "_".',
        )
        raise LayerError(message, layer=key)
    seen: set[str] = set()
    for name in (field.name for field in layer.fields):
        if name in RESERVED_NAMES or name.startswith(OWN_PREFIX):
            message = Text(
                f"レイヤー「{layer.title.ja}」の項目名「{name}」は、システムが使う名前です。別の名前にしてください。",
                f'Field "{name}" of layer "{key}" has a name the store needs for itself: name it otherwise.',
            )
        elif not _NAME.fullmatch(name):
            message = Text(
                f"レイヤー「{layer.title.ja}」の項目名「{name}」は使えません。英小文字・数字・「_」にしてください。",
                f'"{name}" of layer "{key}" cannot name a field: use lower-case ASCII letters, digits and "_".',
            )
        elif name in seen:
            message = Text(
                f"レイヤー「{layer.title.ja}」に項目名「{name}」が2つあります。",
                f'Layer "{key}" has two fields named "{name}".',
            )
        else:
            seen.add(name)
            continue
        raise FieldError(message, layer=key, field=name)
