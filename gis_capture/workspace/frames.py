"""Features as a GeoDataFrame and back; a frame that was read and is written unchanged changes nothing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_capture.errors import CRSError, FieldError
from gis_capture.model import Feature, FieldType, Layer, PositionQuality, Value
from gis_capture.text import Text

DTYPES: dict[FieldType, Any] = {
    FieldType.TEXT: "string",
    FieldType.INTEGER: "Int64",
    FieldType.REAL: "Float64",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "datetime64[s]",
    FieldType.DATETIME: "datetime64[us, UTC]",
}
POSITION = ("position_method", "position_accuracy_m", "position_note")


def to_frame(layer: Layer, features: Iterable[Feature]) -> gpd.GeoDataFrame:
    """Gives one row per feature.

    Returns:
        Columns: `feature_id`, one per field (pandas types that know missing values), `revision`,
        `position_method`, `position_accuracy_m`, `position_note`, `geometry` (None = not located); CRS of the layer.
    """
    rows = list(features)
    columns: dict[str, Any] = {"feature_id": pd.array([row.feature_id for row in rows], dtype="string")}
    for field in layer.fields:
        columns[field.name] = _column([row.fields.get(field.name) for row in rows], field.type)
    columns["revision"] = np.array([row.revision for row in rows], dtype="int64")
    columns["position_method"] = pd.array([row.position.method for row in rows], dtype="string")
    columns["position_accuracy_m"] = pd.array([row.position.accuracy_m for row in rows], dtype="Float64")
    columns["position_note"] = pd.array([row.position.note for row in rows], dtype="string")
    geometries = np.empty(len(rows), dtype=object)
    geometries[:] = [row.geometry for row in rows]
    return gpd.GeoDataFrame(columns, geometry=geometries, crs=layer.crs)


def _column(values: Sequence[Any], kind: FieldType) -> Any:
    if kind is FieldType.DATE:
        return pd.to_datetime(pd.Series(values, dtype=object), format="%Y-%m-%d").astype(DTYPES[kind])
    if kind is FieldType.DATETIME:
        return pd.to_datetime(pd.Series(values, dtype=object), format="ISO8601", utc=True).astype(DTYPES[kind])
    return pd.Series(values, dtype=object).astype(DTYPES[kind]).array


def check_frame(frame: gpd.GeoDataFrame, layer: Layer) -> None:
    """Checks columns and CRS of a frame that is to be written.

    Raises:
        FieldError: A column that is no field of the layer.
        CRSError: Not the CRS of the layer; nothing is transformed silently.
    """
    known = {field.name for field in layer.fields} | {"feature_id", "revision", *POSITION, frame.geometry.name}
    for name in frame.columns:
        if name not in known:
            raise FieldError(
                Text(
                    f"列「{name}」はレイヤー「{layer.title.ja}」の項目にありません。列を除くか名前を直してください。",
                    f'Column "{name}" is no field of layer "{layer.key}": drop or rename it.',
                ),
                layer=layer.key,
                field=name,
            )
    if frame.crs is None or frame.crs.to_authority() != tuple(layer.crs.split(":")):
        raise CRSError(
            Text(
                f"座標系が {layer.crs} ではありません。to_crs か set_crs で合わせてから書き込んでください。",
                f"The frame is not in {layer.crs}: bring it there with to_crs or set_crs, then write it.",
            ),
            crs=str(frame.crs),
        )


def fields_of(row: Mapping[str, Any], layer: Layer) -> dict[str, Value]:
    """Gives the values of a row by field name, only of the columns it has.

    Raises:
        FieldError: A value is not of the field's type.
    """
    return {
        field.name: _value(row[field.name], layer, field.name, field.type)
        for field in layer.fields
        if field.name in row
    }


def position_of(row: Mapping[str, Any], stored: PositionQuality) -> PositionQuality:
    """Gives how a row's geometry was found; columns it has not are as stored."""
    given = {name.removeprefix("position_"): _plain(row[name]) for name in POSITION if name in row}
    return PositionQuality(**{**stored.to_json(), **given})


def geometry_of(row: Mapping[str, Any], name: str) -> shapely.Geometry | None:
    """Gives the geometry of a row; an empty one counts as none."""
    geometry = row[name]
    return geometry if isinstance(geometry, shapely.Geometry) and not shapely.is_empty(geometry) else None


def _plain(value: Any) -> Any:
    """Makes Python's own scalar of what a frame holds; everything missing becomes None."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _value(value: Any, layer: Layer, name: str, kind: FieldType) -> Value:
    value = _plain(value)
    if value is None:
        return None
    match kind:
        case FieldType.TEXT if isinstance(value, str):
            return value
        case FieldType.BOOLEAN if isinstance(value, bool):
            return value
        case FieldType.INTEGER if (
            isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        ):
            return int(value)
        case FieldType.REAL if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        case FieldType.DATE if isinstance(value, date):
            return value.strftime("%Y-%m-%d")
        case FieldType.DATETIME if isinstance(value, datetime) and value.tzinfo is not None:
            return format_instant(value)
    raise FieldError(
        Text(
            f"項目「{layer.field(name).title.ja}」({name}) の値「{value}」は {kind} ではありません。",
            f'The value "{value}" of "{name}" is no {kind}.',
        ),
        layer=layer.key,
        field=name,
    )


def format_instant(value: datetime) -> str:
    """Gives an instant as the store holds it: UTC with "Z", fractions only where there are some."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
