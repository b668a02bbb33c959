"""Single rows of a file that was imported, converted once more."""

from dataclasses import dataclass

from gis_capture.convert import ConvertedSource
from gis_capture.convert.rows import ConvertedTable
from gis_capture.errors import SourceError
from gis_capture.model import Feature, PositionQuality, Text, Value
from gis_capture.workspace.reimport.account import ListedRow


@dataclass(frozen=True, slots=True)
class SourceRows:
    """Finds rows by table and number."""

    source: ConvertedSource

    def outcome(self, row: ListedRow) -> str:
        """Whether the row has a position: "loaded", or "unlocated"."""
        converted, place = self._place(row)
        return converted.outcomes[place]

    def values(self, row: ListedRow) -> dict[str, Value]:
        """The values of a row by field name."""
        converted, place = self._place(row)
        return {name: values[place] for name, values in zip(converted.names, converted.values, strict=True)}

    def key_names(self, row: ListedRow) -> set[str]:
        """The fields in which a renumbered row differs from what it was: those of the layer's key, else all."""
        return set(self.source.plan.layer.key_fields) or set(self.values(row))

    def feature(self, row: ListedRow, feature_id: str) -> Feature:
        """The feature that a row makes."""
        converted, place = self._place(row)
        places, geometry = converted.positions, converted.positions.geometries[place]
        quality = PositionQuality(places.methods[place], places.accuracies_m[place], places.notes[place])
        return Feature(
            self.source.plan.layer.key,
            feature_id,
            geometry,
            self.values(row),
            position=quality if geometry is not None else PositionQuality(),
        )

    def _place(self, row: ListedRow) -> tuple[ConvertedTable, int]:
        for converted in self.source.tables:
            if converted.table.name == row.table:
                for place, number in enumerate(converted.table.row_numbers):
                    if number == row.row_number:
                        return converted, place
        path = self.source.reading.source.path
        raise SourceError(
            Text(
                f"控えの「{path.name}」に{row.row_number}行目がありません。",
                f'The copy of "{path.name}" has no row {row.row_number}.',
            ),
            path=path,
        )
