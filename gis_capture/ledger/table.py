"""A table found in a source: its columns, its rows as text, and where every cell came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gis_capture.model import Problem

if TYPE_CHECKING:
    import pandas as pd
    from shapely import Geometry

    from gis_capture.ledger.grid import Grid
    from gis_capture.ledger.recipes.recipe import FormRule, Recipe


@cache
def column_letters(number: int) -> str:
    """Names a column as Excel does: 3 → "C"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Source:
    """The file a table came from; `encoding` is None for binary formats, `recipe` is what it was read by."""

    path: Path
    driver: str
    encoding: str | None
    sha256: str
    recipe: "Recipe | None" = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: Unique in the table; header cells joined by "/" where there are several rows.
        header: What stands in the header, without newlines and ideographic spaces; "" = nothing. May repeat.
        number: 1-based position in the source, as Excel counts (3 = C).
    """

    name: str
    header: str
    number: int


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is neither header nor data; `reason` is a code such as "subtotal" or "blank"."""

    row_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a source.

    Attributes:
        row_numbers: 1-based, as the user of the source sees them; parallel to the lists in `values`.
        values: One list per column; a cell is its text as displayed, or None where it is empty.
        notes: What was filled in or changed while reading (merged cells, 〃), as problems of severity "info".
        geometries: Of sources that have their own, parallel to the rows; None for plain tables.
        crs: Of those geometries.
        date_cells: Column name to the numbers of those rows whose cell the source holds as a date, not as text;
            in a column of lot numbers that is damage done by a spreadsheet.
        cells: (row number, column number) to the cell, where it stands elsewhere: in sheets of a form, in second lines.
        form: What such sheets were read by.
        title: What stands above the names: 「公衆便所台帳」.
        remarks: Texts of the titles and notes around the table, which may say what holds for all of its rows.
    """

    name: str
    source: Source
    sheet: str | None
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    row_numbers: Sequence[int]
    values: tuple[Sequence[str | None], ...]
    skipped: tuple[SkippedRow, ...] = ()
    notes: tuple[Problem, ...] = ()
    geometries: "Sequence[Geometry | None] | None" = None
    crs: str | None = None
    problems: tuple[Problem, ...] = field(default=())
    date_cells: Mapping[str, frozenset[int]] = field(default_factory=dict)
    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    form: "FormRule | None" = None
    title: str | None = None
    remarks: tuple[str, ...] = ()

    def cell_name(self, row_number: int, column: Column) -> str:
        """Names a cell as Excel does, "Sheet1!C5"; "C5" where there are no sheets."""
        if self.form or (row_number, column.number) in self.cells:
            return self.cells.get((row_number, column.number), "")
        place = f"{column_letters(column.number)}{row_number}"
        return f"{self.sheet}!{place}" if self.sheet else place

    @property
    def place(self) -> str:
        """The range of its names and rows, "Sheet1!A3:H20"; the name where it stands in no cells."""
        rows = [*self.header_rows, *self.row_numbers[:1], *self.row_numbers[-1:]]
        if not rows or not self.columns or self.form or self.geometries is not None:
            return self.name
        numbers = [column.number for column in self.columns if (rows[-1], column.number) not in self.cells]
        first, last = column_letters(min(numbers)), column_letters(max(numbers))
        return f"{self.sheet}!" * bool(self.sheet) + f"{first}{min(rows)}:{last}{max(rows)}"

    def to_frame(self) -> "pd.DataFrame":
        """Gives a data frame of texts, indexed by row number; empty cells are None."""
        import pandas as pd

        data = {column.name: list(values) for column, values in zip(self.columns, self.values, strict=True)}
        return pd.DataFrame(data, index=pd.Index(list(self.row_numbers), name="row_number"), dtype=object)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a source: its tables, and the problems that concern the source as a whole.

    Attributes:
        sheets: Small ones as they were read, of which the template of a form can be made.
    """

    source: Source
    tables: tuple[Table, ...]
    problems: tuple[Problem, ...] = ()
    sheets: "tuple[Grid, ...]" = field(default=(), repr=False)
