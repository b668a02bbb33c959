"""What is in a source: tables, columns and their fields, positions, problems. Writes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.convert.bounding import bound_problems
from gis_capture.convert.geometry_doubts import columns_of
from gis_capture.convert.positions import coordinates_of, has_geometries, readings_of
from gis_capture.convert.reasons import reason_words
from gis_capture.convert.source import NO_GAIJI
from gis_capture.ledger import DEFAULT_LIMITS, Limits, Reading, Table, read_ledger
from gis_capture.ledger.columns import LayerSuggestion, choose_layer, propose_keys, sort_suggestions, suggest_layers
from gis_capture.ledger.columns.making import geometry_kinds
from gis_capture.ledger.digit_damage import find_digit_damage
from gis_capture.ledger.gaiji import replace_gaiji
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.ledger.values import infer_type
from gis_capture.locate import Coordinates
from gis_capture.locate.evidence import RankedReading
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import Way, propose_ways
from gis_capture.locate.plane import Beside, nowhere
from gis_capture.model import FieldType, Layer, Problem

FORMAT = "gis-capture.inspect/v1"


@dataclass(frozen=True, slots=True)
class InspectedTable:
    """A table with what was found out about it.

    Attributes:
        types: Of the columns, in their order.
        suggestions: Layers it may belong to, the best first.
        layer_key: The layer that fits best; "generic" where none fits well.
        readings: The ways to read the coordinates that were compared, the chosen one of each kind first.
        ways: How rows may be placed against another layer, and the columns that say so; () where there are coordinates.
    """

    table: Table
    types: tuple[FieldType, ...]
    coordinates: Coordinates
    suggestions: tuple[LayerSuggestion, ...]
    layer_key: str
    readings: tuple[RankedReading, ...] = ()
    ways: tuple[tuple[Way, tuple[str, ...]], ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """Field name by column name, of the layer that fits best."""
        return next((s.matches for s in self.suggestions if s.layer_key == self.layer_key), {})

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives a member of `tables`."""
        table, fields = self.table, self.fields
        return {
            "name": table.name,
            "sheet": table.sheet,
            "header_rows": list(table.header_rows),
            "first_data_row": table.row_numbers[0] if len(table.row_numbers) else None,
            "n_rows": len(table.row_numbers),
            "columns": [
                {
                    "name": column.name,
                    "type": kind.value,
                    "field": fields.get(column.name),
                    "n_empty": sum(1 for text in texts if not text),
                }
                for column, kind, texts in zip(table.columns, self.types, table.values, strict=True)
            ],
            "skipped": [
                {
                    "row": skipped.row_number,
                    "reason": skipped.reason,
                    "words": reason_words(skipped.reason, language),
                }
                for skipped in table.skipped
            ],
            "keys": propose_keys(table),
            "coordinates": self.coordinates.to_json(),
            "readings": [reading.to_json() for reading in self.readings],
            "place_by": [{"way": way, "columns": list(names)} for way, names in self.ways],
            "has_geometries": has_geometries(table),
            "geometry_types": dict(Counter(geometry_kinds(table)).most_common()),
            "crs": table.crs,
        }


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a source."""

    reading: Reading
    tables: tuple[InspectedTable, ...]
    problems: tuple[Problem, ...]

    @property
    def suggestions(self) -> tuple[LayerSuggestion, ...]:
        """For all tables, the best first; those of the `generic` layer stand last."""
        return tuple(sort_suggestions(suggestion for table in self.tables for suggestion in table.suggestions))

    @property
    def layer_key(self) -> str:
        """The layer that fits the source best; "generic" where none fits well."""
        return choose_layer(self.suggestions)

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives `gis-capture.inspect/v1`."""
        source = self.reading.source
        return {
            "format": FORMAT,
            "source": {
                "path": str(source.path),
                "driver": source.driver,
                "encoding": source.encoding,
                "sha256": source.sha256,
            },
            "tables": [table.to_json(language) for table in self.tables],
            "problems": [problem.to_json(language) for problem in self.problems],
        }


def inspect_source(
    path: Path,
    *,
    layers: Sequence[Layer],
    limits: Limits = DEFAULT_LIMITS,
    recipe: Recipe | None = None,
    layout: Path | None = None,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
    gaiji: Mapping[str, str] = NO_GAIJI,
    beside: Beside = nowhere,
) -> Inspection:
    """Reads a source and tells what is in it, and which of these layers its tables may belong to.

    With a gazetteer, the ways to read coordinates are compared with the addresses; `gaiji` is what the office's
    private characters are. `beside` gives the box of what is surely placed already.

    Raises:
        SourceError: The source is missing, broken, encrypted, too large or of a kind that is not read.
    """
    reading = replace_gaiji(read_ledger(path, limits=limits, recipe=recipe, layout=layout), gaiji)
    tables = tuple(_inspect_table(table, layers, grids_dir, gazetteer, beside) for table in reading.tables)
    of_tables = (
        problem for table in reading.tables for problem in (*table.problems, *find_digit_damage(table), *table.notes)
    )
    return Inspection(reading, tables, bound_problems((*reading.problems, *of_tables)))


def _inspect_table(
    table: Table, layers: Sequence[Layer], grids_dir: Path | None, gazetteer: Gazetteer | None, beside: Beside
) -> InspectedTable:
    suggestions = tuple(suggest_layers(table, layers))
    coordinates = coordinates_of(table)
    is_nowhere = coordinates.kind == "none" and not has_geometries(table)
    return InspectedTable(
        table=table,
        types=tuple(infer_type(texts) for texts in table.values),
        coordinates=coordinates,
        suggestions=suggestions,
        layer_key=choose_layer(suggestions),
        readings=() if is_nowhere else readings_of(table, grids_dir=grids_dir, gazetteer=gazetteer, beside=beside),
        ways=tuple(propose_ways(columns_of(table))) if is_nowhere else (),
    )
