"""Looks at a written GeoPackage as other programs will: through GDAL, which knows nothing of us."""

from collections.abc import Mapping
from pathlib import Path

from gis_capture.errors import StoreError
from gis_capture.geopackage.crs import epsg_code
from gis_capture.geopackage.layer_styles import TABLE as LAYER_STYLES
from gis_capture.model import FieldType, Layer
from gis_capture.text import Text

GDAL_TYPES = {
    FieldType.TEXT: ("str",),
    FieldType.INTEGER: ("int", "int32", "int64"),
    FieldType.REAL: ("float",),
    FieldType.BOOLEAN: ("bool",),
    FieldType.DATE: ("date",),
    FieldType.DATETIME: ("datetime",),
}


def check_with_gdal(path: Path, counts: Mapping[Layer, int]) -> None:
    """Compares what GDAL finds in a file with what was meant to be in it.

    Args:
        path: A GeoPackage that nobody has open.
        counts: The layers that should be in it, with their numbers of features.

    Raises:
        StoreError: GDAL does not open it, or finds other layers, fields, types, CRSs or numbers.
    """
    # GDAL takes a moment to begin, and most commands write no file.
    import fiona
    from fiona.errors import FionaError

    try:
        found = {name for name in fiona.listlayers(path) if name != LAYER_STYLES}
        expected = {layer.key for layer in counts}
        if found != expected:
            raise _differs("layers", sorted(expected), sorted(found))
        for layer, n_features in counts.items():
            _check_layer(path, layer, n_features)
    except FionaError as error:
        raise _differs("file", "readable", str(error)) from error


def _check_layer(path: Path, layer: Layer, n_features: int) -> None:
    import fiona

    with fiona.open(path, layer=layer.key) as source:
        if len(source) != n_features:
            raise _differs(layer.key, n_features, len(source))
        if source.crs.to_epsg() != epsg_code(layer.crs):
            raise _differs(layer.key, layer.crs, source.crs.to_string())
        types = source.schema["properties"]
        for field in layer.fields:
            seen = types.get(field.name, "nothing").split(":")[0]
            if seen not in GDAL_TYPES[field.type]:
                raise _differs(f"{layer.key}.{field.name}", field.type.value, seen)


def _differs(what: str, expected: object, found: object) -> StoreError:
    return StoreError(
        Text(
            f"書き出しを GDAL で確かめると「{what}」が {found} でした(正しくは {expected})。作るのをやめました。",
            f'GDAL reads "{what}" of the written file as {found}, not {expected}; no file was made.',
        )
    )
