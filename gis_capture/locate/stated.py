"""What a source says about its CRS: in columns of its own, in headers, in titles."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gis_capture.locate.crs import GEOGRAPHIC, Datum, plane_code, read_code, read_datum, read_zone, read_zone_cell
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
        has_datum: The source says its datum, too.
        datum: The datum that is said, with a zone or without.
        row_codes: Per row, where a column says it; 0 = nothing said there.
    """

    code: int | None
    is_found: bool = False
    has_datum: bool = False
    datum: Datum | None = None
    row_codes: np.ndarray | None = field(default=None, compare=False)


def stated_crs(columns: Columns, reading: Reading, context: Sequence[str] = (), said: Said = NOTHING_SAID) -> Stated:
    """Finds what the source says about its CRS: in columns of its own, the headers, the title."""
    roles = roles_of(said.free(columns))
    datum_column = said.column_of("datum") or next((name for name, role in roles.items() if role.axis == "datum"), None)
    zone_column = said.column_of("zone") or next((name for name, role in roles.items() if role.axis == "zone"), None)
    is_plane = reading.kind == "plane_xy"
    names = [name for group in reading.layout.columns.values() for name in group]
    texts = [*names, *(name for name, role in roles.items() if role.axis in ("datum", "zone")), *context]
    code = next((code for text in texts if (code := _code_in(text, is_plane=is_plane))), None)
    row_codes = None
    if datum_column or (zone_column and is_plane):
        memo: dict[tuple[str | None, str | None], int] = {}
        n_rows = len(reading.x)
        zones = columns[zone_column] if zone_column else [None] * n_rows
        datums = columns[datum_column] if datum_column else [None] * n_rows
        default_zone = next((zone for text in texts if (zone := read_zone(text))), None)
        row_codes = np.zeros(n_rows, np.int64)
        for row, key in enumerate(zip(datums, zones, strict=True)):
            if key not in memo:
                datum = read_datum(key[0]) if key[0] else None
                zone = (
                    (read_zone_cell(key[1]) if key[1] else None)
                    or (read_zone(key[0]) if key[0] and is_plane else None)
                    or default_zone
                )
                if is_plane:
                    memo[key] = plane_code(zone, datum or "jgd2011") if zone else 0
                else:
                    memo[key] = GEOGRAPHIC[datum] if datum else 0
            row_codes[row] = memo[key]
        stated = row_codes[reading.is_valid & (row_codes > 0)]
        if len(stated):
            code = int(np.bincount(stated).argmax())
    has_datum = row_codes is not None or any(read_datum(text) or "epsg" in text.lower() for text in texts)
    datum = next((found for text in texts if (found := read_datum(text))), None)
    return Stated(code, has_datum=has_datum, datum=datum, row_codes=row_codes)


def _code_in(text: str, *, is_plane: bool) -> int | None:
    code = read_code(text)
    return code if code and (code not in GEOGRAPHIC.values()) == is_plane else None
