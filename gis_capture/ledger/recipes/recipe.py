"""What a person decided about ledgers of one shape; kept as a small TOML file, used for next year's file."""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gis_capture.ledger.values.folding import fold_header
from gis_capture.model.roles import SaidNotation

MergedNumber = Literal["ask", "first", "repeat", "split"]
MERGED_NUMBERS: tuple[MergedNumber, ...] = ("ask", "first", "repeat", "split")


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What a column is.

    Attributes:
        name: As reading names it; header rows joined by "/".
        position: Its letters where the recipe was made, for the eye and for messages.
        field: Name of the layer's field; None = the column stays in the account of the import only.
        type: What it holds, where the layer is made from the ledger.
        era: Era of years without one.
        unit: Unit of numbers without one.
        merged_number: What a number in a cell merged over several rows means: "first" = it counts for the first row,
            "repeat" = it is the value of each row, "split" = it is to be divided among them; "ask" (as None) =
            nobody has decided yet, so it stays in the first row and each such cell is told.
        ditto: Whether 〃 and 同上 stand for the value above.
        blank_means_above: Whether a blank cell stands for the value above.
        is_optional: The column may be missing.
        role: What it says of the position: "lat", "north", "zone" …; None = judged by its header.
    """

    name: str
    position: str = ""
    field: str | None = None
    type: str | None = None
    era: str | None = None
    unit: str | None = None
    merged_number: MergedNumber | None = None
    ditto: bool = True
    blank_means_above: bool = False
    is_optional: bool = False
    role: str | None = None


@dataclass(frozen=True, slots=True)
class TableRule:
    """Where a table stands, and what its columns are.

    Attributes:
        columns: All columns that were there; a new one is told.
        sheet: Pattern of the sheet's name ("*台帳"); None for any.
        header_rows: Where the names stood. They are looked for by themselves first, then taken from these rows.
        first_data_row: Where the data began.
        section_column: Name of the attribute that the titles of sections become.
        key: Names of the columns that tell rows apart.
        layer: Key of the layer of a table that goes elsewhere than the others.
    """

    columns: tuple[ColumnRule, ...]
    sheet: str | None = None
    header_rows: tuple[int, ...] = ()
    first_data_row: int | None = None
    section_column: str | None = None
    key: tuple[str, ...] = ()
    layer: str | None = None

    def is_for_sheet(self, sheet: str | None) -> bool:
        """Whether the table may stand on a sheet of that name."""
        return self.sheet is None or sheet is None or fnmatch.fnmatchcase(fold_header(sheet), _pattern(self.sheet))

    def pair(self, names: Sequence[str]) -> Mapping[str, ColumnRule]:
        """Pairs the names of a table with the columns they are; width, blanks and look-alike letters do not matter."""
        rules = {rule.name: rule for rule in self.columns}
        found = {name: rules[name] for name in names if name in rules}
        loose = {fold_header(rule.name): rule for rule in self.columns if rule.name not in found}
        for name in names:
            if name not in found and fold_header(name) in loose:
                found[name] = loose.pop(fold_header(name))
        return found

    def missing(self, names: Sequence[str]) -> list[ColumnRule]:
        """The columns that must be there and are not."""
        there = {rule.name for rule in self.pair(names).values()}
        return [rule for rule in self.columns if rule.name not in there and not rule.is_optional]


@dataclass(frozen=True, slots=True)
class FormValue:
    """One value of a form: the cell it stands in, and the words that stand beside or above it.

    Attributes:
        name: Of the column it becomes.
        label: The words of the form for it.
        label_cell: Where the words stand ("B3").
        value_cell: Where the value stands ("D3").
        field: Name of the layer's field.
    """

    name: str
    label: str
    label_cell: str
    value_cell: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class FormRule:
    """A form of which each sheet is one record.

    Attributes:
        sheets: Pattern of the names of its sheets; sheets on which the labels do not stand are left out.
    """

    values: tuple[FormValue, ...]
    sheets: str = "*"

    def is_for_sheet(self, sheet: str | None) -> bool:
        """Whether a sheet of that name may be such a form."""
        return sheet is None or fnmatch.fnmatchcase(fold_header(sheet), _pattern(self.sheets))


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """How rows without coordinates are placed.

    Attributes:
        way: "parcel", "chainage", "reference" or "name".
        against: Keys of the layers that hold the parcels, the routes and posts, the features.
        column: Where the ledger says it; "" = found by the headers.
    """

    way: str
    against: tuple[str, ...]
    column: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How ledgers of one shape are read and where they go.

    Attributes:
        name: For people.
        made_from: Name of the file it was made from.
        layer: Key of the layer; None = the one that fits best.
        crs: CRS of the coordinates, where it must be said.
        encoding: Encoding of the text, where it must be forced.
        notation: What coordinates without marks are, "decimal" or "packed_dms", where it must be said.
    """

    name: str = ""
    made_from: str = ""
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    tables: tuple[TableRule, ...] = ()
    forms: tuple[FormRule, ...] = ()
    notation: SaidNotation | None = None
    place_by: PlaceRule | None = None

    def rule_for(self, sheet: str | None, names: Sequence[str]) -> TableRule | None:
        """The table whose columns all stand among these names; of several the one with most of them."""
        fitting = [rule for rule in self.tables if rule.is_for_sheet(sheet) and not rule.missing(names)]
        return max(fitting, key=lambda rule: len(rule.pair(names)), default=None)


def _pattern(pattern: str) -> str:
    """The pattern in the form in which names are compared; "*" and "?" stay."""
    return "".join(letter if letter in "*?" else fold_header(letter) for letter in pattern)
