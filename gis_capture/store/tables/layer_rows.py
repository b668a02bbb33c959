"""A layer's table row by row: features become rows, and rows features."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Self

import numpy as np
import orjson

from gis_capture.definitions import layer_from_json
from gis_capture.geopackage.blob import Geometries, PlanePoints
from gis_capture.geopackage.crs import epsg_code
from gis_capture.geopackage.names import FEATURE_ID, GEOMETRY, POSITION_COLUMNS, REVISION, quote_identifier
from gis_capture.model import Attachment, Feature, FeatureColumns, FieldType, Layer, PositionQuality, Value
from gis_capture.store.columns import Columns
from gis_capture.store.tables.database import Database

BATCH = 2_000


class LayerRows:
    """Reads and writes the rows of one layer; knows its columns, not the connection.

    How values and geometries stand in columns is said by the room of each database.
    """

    def encode_geometries(self, geometries: Geometries) -> Sequence[Any]:
        """Makes the contents of the geometry column; None stays None."""
        raise NotImplementedError

    def decode_geometries(self, contents: Sequence[Any]) -> Geometries:
        """Reads contents of the geometry column; None stays None."""
        raise NotImplementedError

    def decode_places(self, contents: Sequence[Any]) -> Geometries | PlanePoints:
        """Reads as `decode_geometries` does; where it can, points alone without a geometry for each."""
        return self.decode_geometries(contents)

    def column_writer(self, field_type: FieldType) -> Callable[[Any], Any] | None:
        """How a value becomes a column's content; None = as it is."""
        raise NotImplementedError

    def column_reader(self, field_type: FieldType) -> Callable[[Any], Value] | None:
        """How a column's content becomes a value; None = as it is."""
        raise NotImplementedError

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.key = layer.key
        self.table = quote_identifier(layer.key)
        self.srs_id = epsg_code(layer.crs)
        self.names = tuple(field.name for field in layer.fields)
        self._writers = {field.name: self.column_writer(field.type) for field in layer.fields}
        self._readers = tuple((i, reader) for i, f in enumerate(layer.fields) if (reader := self.column_reader(f.type)))
        columns = ", ".join(map(quote_identifier, self.names))
        self.select = (
            f"SELECT fid, geometry, feature_id, revision, position_method, position_accuracy_m, position_note"
            f"{', ' if columns else ''}{columns} FROM {self.table}"
        )
        sets = ", ".join(f"{quote_identifier(name)} = ?" for name in self.names)
        self.update = (
            f"UPDATE {self.table} SET geometry = ?, revision = ?, position_method = ?, position_accuracy_m = ?,"
            f" position_note = ?{', ' if sets else ''}{sets} WHERE feature_id = ?"
        )
        # A geometry that stays is not named: then neither it nor the index is written.
        self.update_fields = self.update.replace("geometry = ?, ", "", 1)
        self.remember = (
            "INSERT INTO gis_capture_history"
            " (revision, layer, feature_id, kind, previous_revision, previous, previous_geometry)"
            f" SELECT ?, ?, feature_id, ?, ?, ?, geometry FROM {self.table} WHERE feature_id = ?"
        )

    def only(self, names: Collection[str] | None) -> Self:
        """The rows for reading these fields alone; None = all."""
        if names is None:
            return self
        return type(self)(replace(self.layer, fields=tuple(one for one in self.layer.fields if one.name in names)))

    def column_value(self, name: str, value: Any) -> Any:
        """Gives a field's value as its column holds it."""
        writer = self._writers[name]
        return writer(value) if writer else value

    def insert(self, columns: Iterable[str]) -> str:
        """Gives the statement that writes new rows; a column that is not named costs nothing."""
        columns = list(columns)
        return f"{self.into(columns)} VALUES ({', '.join('?' * len(columns))})"

    def into(self, columns: Iterable[str]) -> str:
        """Gives the same statement as far as its values."""
        return f"INSERT INTO {self.table} ({', '.join(map(quote_identifier, columns))})"

    def to_contents(self, features: FeatureColumns, revision: int) -> dict[str, Sequence[Any]]:
        """Gives what the columns of new rows hold, by their names; those that hold nothing at all are left out."""
        geometries = np.array([*features.geometries, None], dtype=object)[:-1]
        qualities = (features.methods, features.accuracies_m, features.notes)
        contents = {
            GEOMETRY: self.encode_geometries(geometries),
            FEATURE_ID: features.feature_ids,
            REVISION: [revision] * len(features),
            **dict(zip(POSITION_COLUMNS, qualities, strict=True)),
            **{name: self._column(name, features.fields[name]) for name in self.names if name in features.fields},
        }
        return {name: values for name, values in contents.items() if any(value is not None for value in values)}

    def to_rows(self, features: FeatureColumns, revision: int) -> list[tuple[Any, ...]]:
        """Gives the same row by row, every column of `select` but the number."""
        contents, nothing = self.to_contents(features, revision), [None] * len(features)
        columns = (GEOMETRY, FEATURE_ID, REVISION, *POSITION_COLUMNS, *self.names)
        return list(zip(*(contents.get(column, nothing) for column in columns), strict=True))

    def to_update(self, feature: Feature, revision: int) -> tuple[Any, ...]:
        """Gives the parameters of `update`."""
        (content,) = self.encode_geometries(np.array([feature.geometry], dtype=object))
        return (content, *self.to_update_fields(feature, revision))

    def to_update_fields(self, feature: Feature, revision: int) -> tuple[Any, ...]:
        """Gives the parameters of `update_fields`."""
        position, fields = feature.position, feature.fields
        values = (self.column_value(name, fields.get(name)) for name in self.names)
        return (revision, position.method, position.accuracy_m, position.note, *values, feature.feature_id)

    def to_features(
        self, rows: Sequence[tuple[Any, ...]], attachments: Mapping[str, tuple[Attachment, ...]]
    ) -> Iterator[tuple[int, Feature]]:
        """Gives (fid, feature) of rows of `select`."""
        geometries = self.decode_geometries([row[1] for row in rows])
        for row, geometry in zip(rows, geometries, strict=True):
            fid, _, feature_id, revision, method, accuracy_m, note, *values = row
            yield (
                fid,
                Feature(
                    self.key,
                    feature_id or "",
                    geometry,
                    self.to_fields(values),
                    revision or 0,
                    PositionQuality(method, accuracy_m, note),
                    attachments.get(feature_id, ()),
                ),
            )

    def to_fields(self, values: list[Any]) -> dict[str, Any]:
        """Gives fields by name from the contents of their columns, in the order of `names`."""
        for index, reader in self._readers:
            values[index] = reader(values[index])
        return dict(zip(self.names, values, strict=True))

    def from_columns(self, contents: Mapping[str, Any]) -> dict[str, Any]:
        """Gives fields by name from what their columns hold."""
        values = {name: contents.get(name) for name in self.names}
        for index, reader in self._readers:
            values[self.names[index]] = reader(values[self.names[index]])
        return values

    def to_columns(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Columns:
        """Gives the columns of rows of (fid, feature_id, geometry, these fields …[, revision])."""
        if not rows:
            return Columns((), (), np.empty(0, dtype=object), {name: () for name in names})
        fids, feature_ids, contents, *values = zip(*rows, strict=True)
        readers = {self.names[index]: reader for index, reader in self._readers}
        fields = {
            name: list(map(readers[name], column)) if name in readers else column
            for name, column in zip(names, values, strict=False)
        }
        ids = [one or "" for one in feature_ids] if None in feature_ids else feature_ids
        revisions = values[-1] if len(values) > len(names) else []
        if None in revisions:
            revisions = [one or 0 for one in revisions]
        return Columns(fids, ids, self.decode_places(contents), fields, revisions)

    def from_state(self, feature_id: str, revision: int, state: str, geometry: Any) -> Feature:
        """Reads a feature of the history."""
        content = orjson.loads(state)
        return Feature(
            self.key,
            feature_id,
            self.decode_geometries([geometry])[0],
            content["fields"],
            revision,
            PositionQuality.from_json(content.get("position") or {}),
            tuple(Attachment.from_json(one) for one in content.get("attachments", ())),
        )

    def _column(self, name: str, values: Sequence[Any]) -> Sequence[Any]:
        """Gives the values of a field as its column holds them."""
        writer = self._writers[name]
        return list(map(writer, values)) if writer else values


@lru_cache(maxsize=256)
def parse_layer(definition: str) -> Layer:
    """Reads a stored definition; the same text gives the same object."""
    return layer_from_json(orjson.loads(definition))


def state_of(feature: Feature) -> str:
    """Writes what the history keeps of a feature, all but its geometry."""
    return orjson.dumps(
        {
            "fields": dict(feature.fields),
            "position": feature.position.to_json(),
            "attachments": [attachment.to_json() for attachment in feature.attachments],
        }
    ).decode()


def read_attachments(
    database: Database, layer: str, feature_ids: Iterable[str | None]
) -> dict[str, tuple[Attachment, ...]]:
    """Gives the attachments of features, in the order in which they were added."""
    found: dict[str, list[Attachment]] = {}
    ids = [one for one in feature_ids if one]
    chosen = "= ?" if len(ids) == 1 else "IN (SELECT value FROM json_each(?))"
    rows = database.execute(
        "SELECT feature_id, attachment FROM gis_capture_attachments WHERE layer = ?"
        f" AND feature_id {chosen} ORDER BY feature_id, position",
        (layer, ids[0] if len(ids) == 1 else orjson.dumps(ids).decode()),
    )
    for feature_id, attachment in rows:
        found.setdefault(feature_id, []).append(Attachment.from_json(orjson.loads(attachment)))
    return {feature_id: tuple(ones) for feature_id, ones in found.items()}
