"""What a new version of a ledger changes: the cells that differ, read as values, before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gis_capture.convert import codes
from gis_capture.convert.continuation import Continuation
from gis_capture.convert.key_columns import naming_columns
from gis_capture.convert.keys import Key
from gis_capture.convert.pairing import Pairing, keys_of, pair_rows
from gis_capture.convert.placed import OWN_METHODS
from gis_capture.convert.rows import ConvertedTable
from gis_capture.convert.source import ConvertedSource
from gis_capture.ledger.values import Note, Origin, Teller, clean_column
from gis_capture.model import Edit, Problem, Text, Value
from gis_capture.model.roles import WAYS

ADDRESS = "address"
_KEPT = Text("台帳を直すか、地図で直してください。", "Correct it in the ledger or on the map.")


@dataclass(slots=True)
class LedgerUpdate:
    """A new version of a ledger against the last one; rows are known by their place in their version.

    Attributes:
        keys: Of the new rows.
        edits: By new row, the fields whose cell says something else than last time.
        moved: Paired new rows whose position has to be looked at: a cell it is computed from differs.
        problems: Of the comparison; those of the conversion stand with the source.
    """

    source: ConvertedSource
    continuation: Continuation
    pairing: Pairing
    keys: Sequence[Key | None]
    edits: dict[int, dict[str, Edit]] = field(default_factory=dict)
    moved: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def key(self, row: int) -> str:
        """The key of a new row as the ledger writes it; "" = none."""
        return " ".join(self.continuation.new.content(row, self.continuation.key.names))

    def place(self, row: int) -> tuple[ConvertedTable, int]:
        """The converted table of a new row, and its place in it."""
        table, place = self.continuation.places[row]
        return self.source.tables[table], place

    def values(self, row: int) -> dict[str, Value]:
        """The values of a new row by field name."""
        converted, place = self.place(row)
        return {name: values[place] for name, values in zip(converted.names, converted.values, strict=True)}


def compare_versions(source: ConvertedSource, continuation: Continuation) -> LedgerUpdate:
    """Pairs the rows of a source with those of its last version and reads the cells that differ."""
    new, old = continuation.new, continuation.last.version
    naming = naming_columns(new, old)
    pairing = pair_rows(new, old, key_names=continuation.key.names, naming_names=naming)
    update = LedgerUpdate(source, continuation, pairing, keys_of(new, continuation.key.names))
    update.problems += _key_problems(continuation)
    update.problems += _columns_gone(continuation)
    value_of = _new_values(source, continuation)
    for name in value_of:
        if name in continuation.key.names:
            update.problems += _spelled_otherwise(update, name)
        else:
            _compare_field(update, name, value_of[name])
    _find_moved(update)
    return update


def _new_values(source: ConvertedSource, continuation: Continuation) -> dict[str, list[Value]]:
    """The values of the new rows, field by field."""
    names = dict.fromkeys(name for converted in source.tables for name in converted.names)
    columns: dict[str, list[Value]] = {name: [] for name in names}
    by_table = [dict(zip(converted.names, converted.values, strict=True)) for converted in source.tables]
    for name, values in columns.items():
        of_tables = [each.get(name) for each in by_table]
        for table, place in continuation.places:
            column = of_tables[table]
            values.append(None if column is None else column[place])
    return columns


def _compare_field(update: LedgerUpdate, name: str, values: Sequence[Value]) -> None:
    """Notes an edit for every row whose cell differs as text and as a value from what was given last."""
    new, old = update.continuation.new, update.continuation.last.version
    texts = new.columns.get(name)
    if texts is None:
        return
    was = old.columns.get(name)
    nothing: Sequence[str | None] = [None] * len(old) if was is None else was
    differing = [
        (row, before)
        for row, before in update.pairing.pairs.items()
        if (texts[row] or "").strip() != (nothing[before] or "").strip()
    ]
    if not differing:
        return
    one = update.source.plan.layer.field(name)
    origin = Origin(column=old.origins.get(name))
    read = clean_column([nothing[before] for _, before in differing], one, origin=origin).values
    kept: list[int] = []
    for (row, _), then in zip(differing, read, strict=True):
        now = values[row]
        if now is None and (texts[row] or "").strip():
            kept.append(row)
        elif now != then or isinstance(now, bool) != isinstance(then, bool):
            update.edits.setdefault(row, {})[name] = Edit(then, now)
    _tell_kept(update, name, kept)


def _spelled_otherwise(update: LedgerUpdate, name: str) -> Iterator[Problem]:
    """Tells of keys written in another way: the layer keeps the former one, for a spreadsheet may have cut it."""
    new, old = update.continuation.new, update.continuation.last.version
    rows = [
        (row, before) for row, before in update.pairing.pairs.items() if new.text(name, row) != old.text(name, before)
    ]
    if rows:
        now, then = new.text(name, rows[0][0]), old.text(name, rows[0][1])
        message = Text(
            f"番号の書き方だけが違う行が{len(rows):,}行あります(例:「{then}」→「{now}」)。前の書き方を残しました。",
            f'{len(rows):,} rows write their key in another way ("{then}" → "{now}"); the former one was kept.',
        )
        number = new.row_numbers[rows[0][0]]
        yield Problem(codes.KEY_SPELLED, "info", message, row_number=number, column=new.origins[name], field=name)


def _tell_kept(update: LedgerUpdate, name: str, rows: Sequence[int]) -> None:
    new = update.continuation.new
    teller = Teller(field=name, column=new.origins.get(name))
    for row in rows:
        text = new.text(name, row)
        message = Text(
            f"「{text}」は値として読めないため、前の値を残しました。", f'"{text}" is no value; the former one was kept.'
        )
        teller.tell(Note(codes.VALUE_KEPT, "warning", message, _KEPT), (new.row_numbers[row],))
    update.problems += teller.problems()


def _find_moved(update: LedgerUpdate) -> None:
    """Finds the rows whose position may be another: a cell it comes from differs, or there was none."""
    new, last = update.continuation.new, update.continuation.last
    sources = [_position_columns(converted, update.continuation) for converted in update.source.tables]
    unread: list[int] = []
    for row, before in update.pairing.pairs.items():
        converted, place = update.place(row)
        positions = converted.positions
        names = sources[update.continuation.places[row][0]].names(positions.methods[place])
        is_own = positions.methods[place] in OWN_METHODS or positions.reasons[place] == codes.PHOTO_OUTSIDE_TRACK
        differs = is_own or any(new.text(name, row) != last.version.text(name, before) for name in names)
        if positions.geometries[place] is None:
            if differs and last.outcomes[before] == "loaded":
                unread.append(row)
        elif differs or last.outcomes[before] == "unlocated":
            update.moved.append(row)
    teller = Teller()
    message = Text("位置が読めないため、前の位置を残しました。", "No position can be read; the former one was kept.")
    teller.tell(Note(codes.POSITION_KEPT, "warning", message, _KEPT), [new.row_numbers[row] for row in unread])
    update.problems += teller.problems()


@dataclass(frozen=True, slots=True)
class _PositionColumns:
    """The columns that positions come from, by the names of the versions."""

    of_coordinates: Sequence[str]
    of_address: Sequence[str]
    of_key: Sequence[str]

    def names(self, method: str | None) -> Sequence[str]:
        """Those of a method; all of them where nothing led to a place."""
        if method is None:
            return (*self.of_coordinates, *self.of_address, *self.of_key)
        return self.of_address if method == ADDRESS else self.of_key if method in WAYS else self.of_coordinates


def _position_columns(converted: ConvertedTable, continuation: Continuation) -> _PositionColumns:
    positions = converted.positions
    by_origin = {origin: name for name, origin in continuation.new.origins.items()}
    of_coordinates = [column for columns in positions.coordinates.columns.values() for column in columns]
    groups = ([*of_coordinates, *positions.crs_columns], positions.address_columns, positions.key_columns)
    return _PositionColumns(*([by_origin[one] for one in group if one in by_origin] for group in groups))


def _key_problems(continuation: Continuation) -> Iterator[Problem]:
    choice, origins = continuation.key, continuation.new.origins
    shown = "・".join(origins[name] for name in choice.names)
    if choice.better is not None:
        better = origins[choice.better]
        message = Text(
            f"「{shown}」で突き合わせると、ほとんどの行で中身が変わります。番号が振り直されたか、ただの連番のようです。",
            f'Matched by "{shown}", most rows say something else than before: '
            "the ledger was numbered anew, or these are running numbers.",
        )
        todo = Text(
            f"「{better}」で突き合わせると中身が合います。その列を選んでください(コマンドでは --key {better})。",
            f'Matched by "{better}" they agree. Choose the column to match by (on the command line: --key {better}).',
        )
        yield Problem(codes.KEY_DOUBTFUL, "error", message, todo, column=shown)
    elif choice.names and not choice.is_own:
        message = Text(f"「{shown}」の列で前回の行と突き合わせました。", f'Rows were matched by the column "{shown}".')
        todo = Text("違うときは列を選んでください。", "If that is wrong, choose the column.")
        yield Problem(codes.KEY_PROPOSED, "info", message, todo, column=shown)


def _columns_gone(continuation: Continuation) -> Iterator[Problem]:
    new, old = continuation.new, continuation.last.version
    gone = [old.origins[name] for name, texts in old.columns.items() if name not in new.columns and any(texts)]
    if gone:
        message = Text(
            f"前回の台帳にあった列がありません。その項目は変えません：{'、'.join(gone)}",
            f"Columns of the last version are gone; their fields stay as they are: {', '.join(gone)}",
        )
        yield Problem(codes.COLUMN_GONE, "warning", message)
