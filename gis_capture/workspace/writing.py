"""A GeoDataFrame through the one door for writing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import geopandas as gpd

from gis_capture.errors import FeatureError
from gis_capture.model import Feature, Layer, PositionQuality
from gis_capture.store.protocol import Transaction
from gis_capture.text import Text
from gis_capture.workspace.frames import fields_of, geometry_of, position_of
from gis_capture.workspace.written import Written


def write_frame(
    frame: gpd.GeoDataFrame, layer: Layer, transaction: Transaction, *, new_id: Callable[[], str]
) -> Written:
    """Inserts the rows that are new and updates those that differ.

    Raises:
        FieldError: A value does not fit its field.
        FeatureError: A `feature_id` stands twice, or a feature has changed since the frame was read.
    """
    rows = frame.to_dict("records")
    _check_ids(rows, layer)
    new: list[Feature] = []
    n_updated = 0
    for row in rows:
        feature_id = row.get("feature_id")
        feature_id = feature_id if isinstance(feature_id, str) else None
        stored = transaction.feature(layer.key, feature_id) if feature_id else None
        if stored is None:
            empty = Feature(layer.key, feature_id or new_id(), None, {})
            new.append(_written(row, empty, layer, frame.geometry.name))
            continue
        written = _written(row, stored, layer, frame.geometry.name)
        if written != stored:
            _refuse_stale(row, stored, layer)
            transaction.update(written)
            n_updated += 1
    transaction.insert(new)
    return Written(len(new), n_updated, len(rows) - len(new) - n_updated)


def _written(row: Mapping[str, Any], stored: Feature, layer: Layer, geometry_name: str) -> Feature:
    """The feature as the row wants it."""
    geometry = geometry_of(row, geometry_name)
    position = position_of(row, stored.position)
    if geometry is None:
        position = PositionQuality()
    elif geometry != stored.geometry and position == stored.position:
        position = PositionQuality("edited")
    given = fields_of(row, layer).items()
    changed = {name: value for name, value in given if value != stored.fields.get(name)}
    return replace(stored, fields={**stored.fields, **changed}, geometry=geometry, position=position)


def _check_ids(rows: list[dict[str, Any]], layer: Layer) -> None:
    seen: set[str] = set()
    for feature_id in (row.get("feature_id") for row in rows):
        if not isinstance(feature_id, str):
            continue
        if feature_id in seen:
            message = Text(
                f"feature_id「{feature_id}」の行が2つあります。写した行は feature_id を空にしてください。",
                f'The feature_id "{feature_id}" stands in two rows: empty it in the copied one.',
            )
            raise FeatureError(message, layer=layer.key, feature_id=feature_id)
        seen.add(feature_id)
        try:
            is_plain = str(UUID(feature_id)) == feature_id
        except ValueError:
            is_plain = False
        if not is_plain:
            message = Text(
                f"feature_id「{feature_id}」は UUID ではありません。新しい行では空にしてください。",
                f'The feature_id "{feature_id}" is no UUID: leave it empty in new rows.',
            )
            raise FeatureError(message, layer=layer.key, feature_id=feature_id)


def _refuse_stale(row: Mapping[str, Any], stored: Feature, layer: Layer) -> None:
    """Nobody's edit is overwritten unseen."""
    if "revision" in row and row["revision"] != stored.revision:
        raise FeatureError(
            Text(
                f"地物「{stored.feature_id}」は読み出した後にほかの人が変更しました。もう一度読み出してください。何も書き込んでいません。",
                f'Feature "{stored.feature_id}" was changed by somebody else since it was read: read the layer again. '
                "Nothing was written.",
            ),
            layer=layer.key,
            feature_id=stored.feature_id,
        )
