"""One table on its way into a layer: values and positions of all rows, and what becomes of each row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from gis_capture.convert import codes
from gis_capture.convert.photo_track import PhotoTrack
from gis_capture.convert.placed import Positions
from gis_capture.convert.positions import position_rows
from gis_capture.ledger import Table
from gis_capture.ledger.columns import ColumnMatch
from gis_capture.ledger.recipes.recipe import ColumnRule
from gis_capture.ledger.values import Note, Origin, Teller, clean_column
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import KeyLayer
from gis_capture.locate.plane import Beside, nowhere
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import FeatureColumns, Layer, Problem, Text, Value
from gis_capture.store.source_rows import MAX_ROWS, SourceBlock, SourceRow, blocks_of

NO_RULES: Mapping[str, ColumnRule] = {}
UNPLACED_GEOMETRY = "geometry (WKT)"
"""Under this name the account keeps a geometry that the layer cannot hold."""
_BATCH = 5_000
_MAX_SHARE_OF_REPEATS = 0.3
"""Where more rows repeat a number, it is no number of a feature: said once, not for every row."""


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

    def features(self, feature_ids: Sequence[str]) -> Iterator[FeatureColumns]:
        """Gives the features some thousand rows at a time; `feature_ids` is parallel to the rows."""
        places, fields = self.positions, dict(zip(self.names, self.values, strict=True))
        quality = (places.methods, places.accuracies_m, places.notes)
        everything = FeatureColumns(self.layer, feature_ids, places.geometries, fields, *quality)
        for start in range(0, len(everything), _BATCH):
            batch, outcomes = everything.rows(start, start + _BATCH), self.outcomes[start : start + _BATCH]
            if "rejected" in outcomes:
                batch = batch.where([outcome != "rejected" for outcome in outcomes])
            if len(batch):
                yield batch

    def account(self, feature_ids: Sequence[str]) -> Iterator[SourceBlock]:
        """Gives the account of every row, in the order of the table and then the skipped ones."""
        table, n_rows = self.table, len(self.outcomes)
        columns = [column.name for column in table.columns]
        texts = [*table.values]
        if unplaced := self.positions.unplaced:
            columns.append(UNPLACED_GEOMETRY)
            texts.append([unplaced.get(row) for row in range(n_rows)])
        kept_ids: Sequence[str | None] = feature_ids
        if "rejected" in self.outcomes:
            pairs = zip(self.outcomes, feature_ids, strict=True)
            kept_ids = [None if outcome == "rejected" else feature_id for outcome, feature_id in pairs]
        block = SourceBlock(table.name, columns, table.row_numbers, self.outcomes, self.reasons, kept_ids, texts)
        yield from (block.cut(start, start + MAX_ROWS) for start in range(0, n_rows, MAX_ROWS))
        yield from _skipped(table)


def account_left_out(table: Table) -> Iterator[SourceBlock]:
    """Gives the account of a table that was left out: all its rows, as skipped ones, with their texts."""
    n_rows, names = len(table.row_numbers), [column.name for column in table.columns]
    reasons = [codes.TABLE_LEFT_OUT] * n_rows
    nothing: list[str | None] = [None] * n_rows
    block = SourceBlock(table.name, names, table.row_numbers, ["skipped"] * n_rows, reasons, nothing, table.values)
    yield from (block.cut(start, start + MAX_ROWS) for start in range(0, n_rows, MAX_ROWS))
    yield from _skipped(table)


def _skipped(table: Table) -> Iterator[SourceBlock]:
    rows = (SourceRow(one.row_number, "skipped", one.reason, None, {}, table.name) for one in table.skipped)
    yield from blocks_of(rows)


def convert_table(
    table: Table,
    match: ColumnMatch,
    layer: Layer,
    *,
    crs: str | None = None,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
    rules: Mapping[str, ColumnRule] = NO_RULES,
    against: KeyLayer | None = None,
    said: Said = NOTHING_SAID,
    track: PhotoTrack | None = None,
    beside: Beside = nowhere,
) -> ConvertedTable:
    """Cleans all matched columns of a table and finds the position of every row.

    A row is rejected only when nothing of it can be stored: no position, and no value in any field.
    `rules` is what a recipe says of columns, by their names; `said` what a person says of those of the position.

    Raises:
        CRSError: `crs` is not known.
    """
    positions = position_rows(
        table,
        layer,
        crs=crs,
        grids_dir=grids_dir,
        gazetteer=gazetteer,
        against=against,
        said=said,
        track=track,
        beside=beside,
    )
    field_of = match.fields
    problems: list[Problem] = []
    names, values = [], []
    for column, texts in zip(table.columns, table.values, strict=True):
        if column.name not in field_of:
            continue
        origin = Origin(table.row_numbers, column.name, partial(table.cell_name, column=column))
        rule = rules.get(column.name)
        cleaned = clean_column(
            texts,
            layer.field(field_of[column.name]),
            origin=origin,
            default_era=rule.era if rule else None,
            source_unit=rule.unit if rule else None,
        )
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


def _outcomes(values: Sequence[Sequence[Value]], positions: Positions) -> tuple[list[str], list[str | None]]:
    n_rows = len(positions.geometries)
    outcomes = ["loaded"] * n_rows
    reasons: list[str | None] = [None] * n_rows
    for row in np.flatnonzero(positions.is_missing()).tolist():
        is_empty = all(column[row] is None for column in values)
        outcomes[row] = "rejected" if is_empty else "unlocated"
        reasons[row] = codes.NOTHING_TO_STORE if is_empty else positions.reasons[row] or codes.GEOMETRY_MISSING
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
    of_position = {name for names in positions.coordinates.columns.values() for name in names} | {
        *positions.crs_columns
    }
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
    if len(columns) == 1 and len(set(columns[0])) == len(columns[0]):
        return ()
    repeats: list[tuple[int, int, str]] = []
    first_rows: dict[tuple[Value, ...], int] = {}
    for row_number, key in zip(table.row_numbers, zip(*columns, strict=True), strict=True):
        first = row_number if None in key else first_rows.setdefault(key, row_number)
        if first != row_number:
            repeats.append((row_number, first, " ".join(map(str, key))))
    if len(repeats) > _MAX_SHARE_OF_REPEATS * len(table.row_numbers):
        return (_no_key(layer, len(repeats), len(table.row_numbers)),)
    teller = Teller(field=layer.key_fields[0])
    for row_number, first, shown in repeats:
        message = Text(f"番号「{shown}」は{first}行目と同じです。", f'"{shown}" is the number of row {first} already.')
        suggestion = Text("重複していないか確かめてください。", "Check whether it is a duplicate.")
        teller.tell(Note(codes.KEY_REPEATED, "warning", message, suggestion), (row_number,))
    return teller.problems()


def _no_key(layer: Layer, n_repeated: int, n_rows: int) -> Problem:
    title = layer.field(layer.key_fields[0]).title
    return Problem(
        codes.KEY_REPEATED,
        "warning",
        Text(
            f"「{title.ja}」は{n_rows:,}行のうち{n_repeated:,}行で前の行と重なり、行を見分ける番号になりません。",
            f'"{title.en}" repeats an earlier row in {n_repeated:,} of {n_rows:,} rows; it tells no rows apart.',
        ),
        Text(
            "次の取り込みでは、行を見分ける列を選んでください。",
            "At the next import choose the columns that tell rows apart.",
        ),
        field=layer.key_fields[0],
    )


def _rejections(table: Table, outcomes: Sequence[str]) -> tuple[Problem, ...]:
    if "rejected" not in outcomes:
        return ()
    teller = Teller()
    message = Text(
        "位置も、項目に入る値もないため、取り込みませんでした。",
        "The row has no position and no value for any field; it was left out.",
    )
    suggestion = Text("列の対応を確かめてください。", "Check which column goes into which field.")
    rejected = (row for row, outcome in zip(table.row_numbers, outcomes, strict=True) if outcome == "rejected")
    teller.tell(Note(codes.NOTHING_TO_STORE, "error", message, suggestion), rejected)
    return teller.problems()
