"""Features as FlatGeobuf, in the CRS of their layer, every bit of their coordinates kept."""

import importlib
import sys
from collections.abc import Iterable
from io import BytesIO
from types import ModuleType
from typing import Any, cast

import numpy as np
import shapely

from gis_capture.model import Feature, Field, FieldType, Layer

_TYPES: dict[FieldType, Any] = {FieldType.INTEGER: np.int64, FieldType.REAL: np.float64, FieldType.BOOLEAN: np.bool_}


def load_alone() -> None:
    """Loads what writes such files without pandas and GeoPandas, for a process that reads no frames by it.

    So it takes a twentieth of the time and a third of the memory. To be called before there are other threads, whose
    imports would not find the two meanwhile.
    """
    if "pyogrio" in sys.modules:
        return
    hidden = [name for name in ("geopandas", "pandas") if name not in sys.modules]
    # What is None there cannot be imported; pyogrio does without it then.
    sys.modules.update(cast(dict[str, ModuleType], dict.fromkeys(hidden)))
    try:
        importlib.import_module("pyogrio")
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def encode_flatgeobuf(layer: Layer, features: Iterable[Feature]) -> bytes:
    """Gives the bytes of a file with the fields of a layer, `feature_id` and `revision`."""
    # Brings pandas along, a second and 70 MiB, unless `load_alone` was there before: who does not ask shall not pay.
    import pyogrio

    rows = list(features)
    geometries = np.array([*(row.geometry for row in rows), None], dtype=object)[:-1]
    columns = [_column(field, rows) for field in layer.fields]
    names = [field.name for field in layer.fields]
    ids = np.array([*(row.feature_id for row in rows), None], dtype=object)[:-1]
    revisions = np.array([row.revision for row in rows], dtype=np.int64)
    buffer = BytesIO()
    pyogrio.raw.write(
        buffer,
        geometry=shapely.to_wkb(geometries, output_dimension=4, flavor="iso"),
        field_data=[*(values for values, _ in columns), ids, revisions],
        fields=np.array([*names, "feature_id", "revision"], dtype=object),
        field_mask=[*(is_missing for _, is_missing in columns), None, None],
        driver="FlatGeobuf",
        layer=layer.key,
        geometry_type="Unknown",
        crs=layer.crs,
        # An index has no place for what is nowhere.
        SPATIAL_INDEX="YES" if len(rows) and all(row.geometry is not None for row in rows) else "NO",
    )
    return buffer.getvalue()


def _column(field: Field, rows: list[Feature]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """The values of a field and which of them are missing; days and instants are texts, as everywhere."""
    values = [row.fields.get(field.name) for row in rows]
    kind = _TYPES.get(field.type)
    if kind is None:
        return np.array([*values, None], dtype=object)[:-1], None
    return (
        np.array([0 if value is None else value for value in values], dtype=kind),
        np.array([value is None for value in values], dtype=bool),
    )
