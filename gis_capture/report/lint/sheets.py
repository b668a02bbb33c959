"""What only the workbook itself shows: merged cells, formulas, numbers kept as text, drawings."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gis_capture.ledger.drivers.xlsx_parts import read_sheet_paths
from gis_capture.ledger.opening import ZIP_ERRORS

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_DRAWING = re.compile(rb'Target="([^"]*drawings/drawing[^"]*\.xml)"')
_ANCHOR = re.compile(rb"<(?:\w+:)?(?:twoCell|oneCell|absolute)Anchor\b")
_FROM = re.compile(rb"<(?:\w+:)?from>.*?<(?:\w+:)?col>(\d+)<.*?<(?:\w+:)?row>(\d+)<", re.DOTALL)
_MAX_PART_BYTES = 16 << 20
_MAX_MERGES = 5_000


@dataclass(slots=True)
class SheetFacts:
    """Places on a sheet as (row, column), from 1.

    Attributes:
        merges: (top, left, bottom, right).
        texts: Cells whose value is kept as text.
    """

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    texts: set[tuple[int, int]] = field(default_factory=set)
    drawings: list[tuple[int, int]] = field(default_factory=list)


def read_facts(path: Path, book: "Workbook") -> Mapping[str, SheetFacts]:
    """Gives what is to know of each sheet, by its name."""
    found = {sheet.title: SheetFacts() for sheet in book.worksheets}
    for sheet in book.worksheets:
        facts = found[sheet.title]
        for merged in list(sheet.merged_cells.ranges)[:_MAX_MERGES]:
            facts.merges.append((merged.min_row, merged.min_col, merged.max_row, merged.max_col))
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.row or not cell.column:
                    continue
                if cell.data_type == "f":
                    facts.formulas.append((cell.row, cell.column))
                elif cell.data_type == "s":
                    facts.texts.add((cell.row, cell.column))
    for name, place in _drawings(path):
        if name in found:
            found[name].drawings.append(place)
    return found


def _drawings(path: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            for sheet, part in read_sheet_paths(archive).items():
                at = PurePosixPath(part)
                relations = f"{at.parent}/_rels/{at.name}.rels"
                if relations not in names or archive.getinfo(relations).file_size > _MAX_PART_BYTES:
                    continue
                for target in _DRAWING.findall(archive.read(relations)):
                    drawing = "xl/drawings/" + PurePosixPath(target.decode("utf-8", "replace")).name
                    if drawing not in names or archive.getinfo(drawing).file_size > _MAX_PART_BYTES:
                        continue
                    content = archive.read(drawing)
                    places = [(int(row) + 1, int(column) + 1) for column, row in _FROM.findall(content)]
                    places += [(1, 1)] * (len(_ANCHOR.findall(content)) - len(places))
                    yield from ((sheet, place) for place in places)
    except ZIP_ERRORS:
        return
