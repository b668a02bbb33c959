"""One table on its way into a layer: values and positions of all rows, and what becomes of each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path

from gis_capture.convert import codes
from gis_capture.convert.positions import Positions, position_rows
from gis_capture.ledger import Table
from gis_capture.ledger.columns import ColumnMatch
from gis_capture.ledger.values import Note, Origin, Teller, clean_column
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.model import Feature, Layer, PositionQuality, Problem, Text, Value
from gis_capture.store.protocol import SourceRow

UNPLACED_GEOMETRY = "geometry (WKT)"
"""Under this name the account keeps a geometry that the layer cannot hold."""


@dataclass(frozen=True, slots=True)
class ConvertedTable:
    """All rows of a table, column by column.

    Attributes:
        names: Of the fields that columns were matched with.
        values: One list per name, parallel to the rows.
        outcomes: "loaded", "unlocated" or "rejected" per row; what `table.skipped` lists comes on top.
        reasons: Problem code per row, None for the loaded ones.
    """

    table: Table
    layer: str
    names: tuple[str, ...]
    values: tuple[Sequence[Value], ...]
    positions: Positions
    outcomes: Sequence[str]
    reasons: Sequence[str | None]
    problems: tuple[Problem, ...]

    def is_kept(self) -> list[bool]:
        """True per row that becomes a feature."""
        return [outcome != "rejected" for outcome in self.outcomes]

    def features(self, feature_ids: Sequence[str]) -> Iterator[Feature]:
        """Makes the features, one after the other; `feature_ids` is parallel to the rows."""
        places = self.positions
        rows = zip(*self.values, strict=True) if self.values else iter([()] * len(self.outcomes))
        # Most rows share one of a few descriptions of their position.
        qualities: dict[tuple[str | None, float | None, str | None], PositionQuality] = {}
        everything = zip(
            feature_ids, places.geometries, rows, places.methods, places.accuracies_m, places.notes, strict=True
        )
        for feature_id, geometry, values, *quality in compress(everything, self.is_kept()):
            key = (quality[0], quality[1], quality[2])
            position = qualities.get(key) or qualities.setdefault(key, PositionQuality(*key))
            fields = dict(zip(self.names, values, strict=True))
            yield Feature(self.layer, feature_id, geometry, fields, position=position)

    def account(self, feature_ids: Sequence[str]) -> Iterator[SourceRow]:
        """Gives the account of every row, in the order of the table and then the skipped ones."""
        table = self.table
        columns = tuple(column.name for column in table.columns)
        texts_of = [_storable(texts) for texts in table.values]
        rows = zip(*texts_of, strict=True) if texts_of else iter([()] * len(self.outcomes))
        everything = zip(table.row_numbers, self.outcomes, self.reasons, feature_ids, rows, strict=True)
        unplaced = self.positions.unplaced
        for index, (row_number, outcome, reason, feature_id, texts) in enumerate(everything):
            raw: dict[str, str | None] = dict(zip(columns, texts, strict=True))
            if index in unplaced:
                raw[UNPLACED_GEOMETRY] = unplaced[index]
            kept_id = None if outcome == "rejected" else feature_id
            yield SourceRow(row_number, outcome, reason, kept_id, raw, table.name)
        for skipped in table.skipped:
            yield SourceRow(skipped.row_number, "skipped", skipped.reason, None, {}, table.name)


def convert_table(
    table: Table,
    match: ColumnMatch,
    layer: Layer,
    *,
    crs: str | None = None,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
) -> ConvertedTable:
    """Cleans all matched columns of a table and finds the position of every row.

    A row is rejected only when nothing of it can be stored: no position, and no value in any field.

    Raises:
        CRSError: `crs` is not known.
    """
    positions = position_rows(table, layer, crs=crs, grids_dir=grids_dir, gazetteer=gazetteer)
    field_of = match.fields
    problems: list[Problem] = []
    names, values = [], []
    for column, texts in zip(table.columns, table.values, strict=True):
        if column.name not in field_of:
            continue
        origin = Origin(table.row_numbers, column.name, partial(table.cell_name, column=column))
        cleaned = clean_column(texts, layer.field(field_of[column.name]), origin=origin)
        names.append(field_of[column.name])
        values.append(cleaned.values)
        problems += cleaned.problems
    outcomes, reasons = _outcomes(values, positions)
    return ConvertedTable(
        table=table,
        layer=layer.key,
        names=tuple(names),
        values=tuple(values),
        positions=positions,
        outcomes=outcomes,
        reasons=reasons,
        problems=(
            *_column_problems(table, match, layer, positions),
            *positions.problems,
            *problems,
            *_repeated_keys(table, layer, names, values),
            *_rejections(table, outcomes),
        ),
    )


def _storable(texts: Sequence[str | None]) -> Sequence[str | None]:
    """Writes half characters, which no database takes, as ASCII escapes; all other texts stay as they are."""
    try:
        "".join(filter(None, texts)).encode()
    except UnicodeEncodeError:
        return [text and text.encode("utf-8", "backslashreplace").decode() for text in texts]
    return texts


def _outcomes(values: Sequence[Sequence[Value]], positions: Positions) -> tuple[list[str], list[str | None]]:
    outcomes, reasons = ["loaded"] * len(positions.geometries), list(positions.reasons)
    for row, geometry in enumerate(positions.geometries):
        if geometry is None:
            is_empty = all(column[row] is None for column in values)
            outcomes[row] = "rejected" if is_empty else "unlocated"
            reasons[row] = codes.NOTHING_TO_STORE if is_empty else reasons[row] or codes.GEOMETRY_MISSING
        else:
            reasons[row] = None
    return outcomes, reasons


def _column_problems(table: Table, match: ColumnMatch, layer: Layer, positions: Positions) -> Iterator[Problem]:
    for found in match.matches:
        if found.how == "fuzzy":
            title = layer.field(found.field).title
            message = Text(
                f"列「{found.column}」を項目「{title.ja}」として取り込みました。",
                f'Column "{found.column}" was taken for the field "{title.en}".',
            )
            suggestion = Text(
                "違うときは列の対応を選び直してください。", "If that is wrong, choose the field yourself."
            )
            yield Problem(codes.COLUMN_GUESSED, "info", message, suggestion, column=found.column, field=found.field)
    of_position = {name for names in positions.coordinates.columns.values() for name in names}
    texts_of = {column.name: texts for column, texts in zip(table.columns, table.values, strict=True)}
    left = [name for name in match.unmatched if name not in of_position and any(texts_of[name])]
    if left:
        message = Text(
            f"項目に当たらない列は地図に載せず、元の文字のまま控えに残しました：{'、'.join(left)}",
            f"Columns without a field are kept in the record of the import only: {', '.join(left)}",
        )
        yield Problem(codes.COLUMN_NOT_MATCHED, "info", message)


def _repeated_keys(
    table: Table, layer: Layer, names: Sequence[str], values: Sequence[Sequence[Value]]
) -> tuple[Problem, ...]:
    columns = [values[names.index(name)] for name in layer.key_fields if name in names]
    if len(columns) != len(layer.key_fields) or not columns:
        return ()
    teller = Teller(field=layer.key_fields[0])
    first_rows: dict[tuple[Value, ...], int] = {}
    for row_number, key in zip(table.row_numbers, zip(*columns, strict=True), strict=True):
        first = row_number if None in key else first_rows.setdefault(key, row_number)
        if first != row_number:
            shown = " ".join(str(value) for value in key)
            message = Text(
                f"番号「{shown}」は{first}行目と同じです。", f'"{shown}" is the number of row {first} already.'
            )
            suggestion = Text("重複していないか確かめてください。", "Check whether it is a duplicate.")
            teller.tell(Note(codes.KEY_REPEATED, "warning", message, suggestion), (row_number,))
    return teller.problems()


def _rejections(table: Table, outcomes: Sequence[str]) -> tuple[Problem, ...]:
    teller = Teller()
    message = Text(
        "位置も、項目に入る値もないため、取り込みませんでした。",
        "The row has no position and no value for any field; it was left out.",
    )
    suggestion = Text("列の対応を確かめてください。", "Check which column goes into which field.")
    rejected = (row for row, outcome in zip(table.row_numbers, outcomes, strict=True) if outcome == "rejected")
    teller.tell(Note(codes.NOTHING_TO_STORE, "error", message, suggestion), rejected)
    return teller.problems()
