"""What a source says about its CRS: in columns of its own, in headers, in titles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gis_capture.locate.axes import Axis, north_axis
from gis_capture.locate.crs import (
    GEOGRAPHIC,
    Datum,
    in_datum,
    names_datum,
    read_code,
    read_datum,
    read_datum_cell,
    read_zone_cell,
)
from gis_capture.locate.layouts import Columns
from gis_capture.locate.reading import Reading
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.locate.words import roles_of


@dataclass(frozen=True, slots=True)
class Stated:
    """What the source says about its CRS.

    Attributes:
        code: EPSG code, None where nothing is said.
        is_found: The zone or the datum is not said by the source but found by where the rows would lie.
        is_zone_found: It is the zone that was found.
        has_datum: The source says its datum, too.
        datum: The datum that is said, with a zone or without.
        row_codes: Per row, where a column says it; 0 = nothing said there.
        columns: That say it, beside those of the coordinates.
        north: The letter of the plane coordinates that words beside the table call north.
        unsaid: By row, the column of datum or zone whose cell says nothing that can be read, while it should.
    """

    code: int | None
    is_found: bool = False
    is_zone_found: bool = False
    has_datum: bool = False
    datum: Datum | None = None
    row_codes: np.ndarray | None = field(default=None, compare=False)
    columns: tuple[str, ...] = ()
    north: Axis | None = None
    unsaid: Mapping[int, str] = field(default_factory=dict, compare=False)

    def is_newer(self, other: "Stated") -> bool:
        """Is a newer datum than that of the other stated?"""
        return self.datum not in (None, "tokyo") and other.datum == "tokyo"

    def code_of(self, row: int) -> int | None:
        """The CRS of one row."""
        own = 0 if self.row_codes is None else int(self.row_codes[row])
        return own or self.code

    def in_datum(self, datum: Datum) -> "Stated":
        """The same in another datum, that was found."""
        code = self.code and in_datum(self.code, datum)
        row_codes = self.row_codes
        if row_codes is not None:
            others = {one: in_datum(one, datum) for one in np.unique(row_codes).tolist()}
            row_codes = np.array([others[one] for one in row_codes.tolist()], np.int64)
        return replace(self, code=code, is_found=True, has_datum=True, datum=datum, row_codes=row_codes)


def stated_crs(columns: Columns, reading: Reading, context: Sequence[str] = (), said: Said = NOTHING_SAID) -> Stated:
    """Finds what the source says about its CRS: in columns of its own, the headers, the title."""
    roles = roles_of(said.free(columns))
    datum_column, zone_column = (
        said.column_of(axis) or next((name for name, role in roles.items() if role.axis == axis), None)
        for axis in ("datum", "zone")
    )
    names = [name for group in reading.layout.columns.values() for name in group]
    texts = [*names, *(name for name, role in roles.items() if role.axis in ("datum", "zone"))]
    # A sheet 2024 is no EPSG code.
    texts += [text for text in context if not text.strip().isdigit()]
    datum = next((found for text in texts if (found := read_datum(text))), None)
    code = next((code for text in texts if (code := _code_in(text, datum, is_plane=reading.is_plane))), None)
    north = north_axis(context) if reading.kind == "plane_xy" and not reading.layout.axes_are_told else None
    stated = Stated(code, has_datum=any(map(names_datum, texts)), datum=datum, north=north)
    if not (datum_column or zone_column) and reading.zone_codes is None:
        return stated
    memo: dict[tuple[str | None, str | None, int], int] = {}
    nothing = [None] * len(reading.x)
    zones = columns[zone_column] if zone_column else nothing
    datums = columns[datum_column] if datum_column else nothing
    given = [0] * len(reading.x) if reading.zone_codes is None else reading.zone_codes.tolist()
    row_codes = np.zeros(len(reading.x), np.int64)
    for row, key in enumerate(zip(datums, zones, given, strict=True)):
        if key not in memo:
            memo[key] = _code_of_cells(key[0], key[1], key[2], stated, is_plane=reading.is_plane)
        row_codes[row] = memo[key]
    known = row_codes[reading.is_valid & (row_codes > 0)]
    unsaid = _unsaid(columns, reading, datum_column, zone_column if reading.is_plane else None)
    if not len(known):
        return replace(stated, unsaid=unsaid)
    beside = tuple(name for name in (datum_column, zone_column) if name)
    has_datum = stated.has_datum or any(
        (datum and read_datum_cell(datum)) or (zone and names_datum(zone)) for datum, zone, _ in memo
    )
    return replace(
        stated,
        code=int(np.bincount(known).argmax()),
        has_datum=has_datum,
        row_codes=row_codes,
        columns=beside,
        unsaid=unsaid,
    )


def _unsaid(columns: Columns, reading: Reading, datum_column: str | None, zone_column: str | None) -> dict[int, str]:
    """The rows whose cell of a datum or zone is blank or cannot be read, where the column is not blank throughout."""
    readers: tuple[tuple[str | None, Callable[[str], object]], ...] = (
        (datum_column, lambda text: read_datum_cell(text) or read_code(text)),
        (zone_column, read_zone_cell),
    )
    found: dict[int, str] = {}
    for name, is_read in readers:
        texts = columns[name] if name else ()
        if name and any(texts):
            said = {text: bool(text and is_read(text)) for text in set(texts)}
            found |= {row: name for row, text in enumerate(texts) if reading.is_valid[row] and not said[text]}
    return found


def _code_in(text: str, datum: Datum | None, *, is_plane: bool) -> int | None:
    """The CRS that a text names, in the datum that another names where it does not say it itself."""
    code = read_code(text)
    if code is None or (code not in GEOGRAPHIC.values()) != is_plane:
        return None
    return in_datum(code, datum) if datum and not names_datum(text) else code


def _code_of_cells(of_datum: str | None, of_zone: str | None, given: int, stated: Stated, *, is_plane: bool) -> int:
    """The CRS that the cells of a row say; 0 = they say nothing of it."""
    datum = (read_datum_cell(of_datum) if of_datum else None) or stated.datum
    said = [read_zone_cell(of_zone) if of_zone else None, read_code(of_datum) if of_datum else None]
    code = given or next((one for one in said if one and (one not in GEOGRAPHIC.values()) == is_plane), None)
    if code is None:
        code = stated.code if is_plane else datum and GEOGRAPHIC[datum]
    is_exact = code == said[0] and of_zone and names_datum(of_zone)
    return in_datum(code, datum) if code and datum and not is_exact else code or 0
