"""Decides how the coordinates of a table are read, by what is said, by the rows together and by their addresses."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gis_capture.locate import codes, messages
from gis_capture.locate.crs import GEOGRAPHIC, Datum, crs_of, datum_of, plane_code, plane_name, zone_of
from gis_capture.locate.datum import transform
from gis_capture.locate.evidence import KnownPlaces, RankedReading, is_better_datum
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Floats, Notation
from gis_capture.locate.plane import PlaneChoice, choose_plane
from gis_capture.locate.reading import Reading, read_layout
from gis_capture.locate.stated import Stated
from gis_capture.model import BBox, Text

_SAMPLE_SIZE = 400
_JGD2011 = GEOGRAPHIC["jgd2011"]
_OTHER: dict[Notation, Notation] = {"decimal": "packed_dms", "packed_dms": "decimal"}
_NOTATION_WORDS = {"decimal": messages.DECIMAL, "packed_dms": messages.PACKED}
_DOUBTFUL_LOG_ODDS = 12.0
_FAR_M = 20_000.0


@dataclass(frozen=True, slots=True)
class Settled:
    """How the coordinates of a table are read.

    Attributes:
        stated: The CRS that is used; its code is None where none could be found.
        choice: Of plane coordinates.
        ranked: The readings that were compared, best first; () where there was nothing to compare.
        doubts: Codes of what a person should look at.
    """

    reading: Reading
    stated: Stated
    choice: PlaneChoice | None = None
    ranked: tuple[RankedReading, ...] = ()
    doubts: tuple[str, ...] = ()


def settle(
    columns: Columns,
    reading: Reading,
    stated: Stated,
    *,
    wanted: int | None,
    area: BBox | None,
    known: KnownPlaces | None,
    grids_dir: Path | None,
) -> Settled:
    """Decides between the readings of coordinates.

    Args:
        columns: Texts by column name.
        reading: As the columns look by themselves.
        stated: What the source says.
        wanted: The CRS that a person names; it is never overruled.
        area: Where the rows should be, in EPSG:4326.
        known: Where they are by their addresses, parallel to the rows.
        grids_dir: Folder of datum grids.
    """
    settled = Settled(reading, stated)
    if reading.kind == "plane_xy":
        settled = _settle_plane(settled, wanted, area, known)
    else:
        if wanted:
            geographic = GEOGRAPHIC[datum_of(wanted)] if crs_of(wanted).is_projected else wanted
            settled = replace(settled, stated=Stated(geographic, has_datum=True))
        if known and reading.layout.form == "degrees":
            settled = _settle_notation(columns, settled, known)
    return _settle_datum(settled, known, grids_dir) if known else settled


def _settle_plane(settled: Settled, wanted: int | None, area: BBox | None, known: KnownPlaces | None) -> Settled:
    reading = settled.reading
    stated = Stated(wanted, has_datum=True) if wanted and crs_of(wanted).is_projected else settled.stated
    rows = _sample(reading)
    choice = choose_plane(
        reading.x[rows],
        reading.y[rows],
        code=stated.code,
        axes_are_told=reading.layout.axes_are_told,
        axes_are_said=reading.layout.is_said,
        area=area,
        known=known.of_rows(rows) if known else None,
    )
    names = {axis: names[0] for axis, names in reading.layout.columns.items()}
    ranked = tuple(replace(one, roles={names[axis]: role for axis, role in one.roles.items()}) for one in choice.ranked)
    if choice.is_exchanged:
        layout = replace(reading.layout, columns={"x": reading.layout.columns["y"], "y": reading.layout.columns["x"]})
        reading = replace(reading, x=reading.y, y=reading.x, layout=layout)
    if stated.code is None:
        stated = Stated(choice.code, is_found=choice.code is not None, has_datum=stated.has_datum)
    return Settled(reading, stated, choice, ranked)


def _settle_notation(columns: Columns, settled: Settled, known: KnownPlaces) -> Settled:
    reading = settled.reading
    meaning = reading.meaning
    is_said = reading.layout.notation is not None
    if is_said or meaning.log_odds > _DOUBTFUL_LOG_ODDS or meaning.notation not in _OTHER:
        return settled
    other = read_layout(columns, replace(reading.layout, notation=_OTHER[meaning.notation]))
    distance_m, other_m = known.distance_m(reading.x, reading.y), known.distance_m(other.x, other.y)
    if distance_m is None or other_m is None:
        return settled
    ranked = [
        RankedReading(
            _NOTATION_WORDS[one.meaning.notation],
            _JGD2011,
            float(one.is_valid.mean()),
            round(metres),
            "notation",
            notation=one.meaning.notation,
        )
        for one, metres in ((reading, distance_m), (other, other_m))
    ]
    is_clear = max(distance_m, other_m) > 2 * min(distance_m, other_m)
    if is_clear and other_m < distance_m:
        reading, ranked = other, ranked[::-1]
    log_odds = math.inf if is_clear else 0.0
    return replace(
        settled, reading=replace(reading, meaning=replace(reading.meaning, log_odds=log_odds)), ranked=tuple(ranked)
    )


def _settle_datum(settled: Settled, known: KnownPlaces, grids_dir: Path | None) -> Settled:
    """Compares the Tokyo datum with the assumed or stated one; only what nobody stated is changed by it."""
    reading, stated = settled.reading, settled.stated
    code = stated.code or (None if reading.kind == "plane_xy" else _JGD2011)
    is_comparable = code in GEOGRAPHIC.values() or (code and zone_of(code))
    if code is None or not is_comparable or stated.row_codes is not None or reading.kind == "mesh_code":
        return settled
    rows = _sample(reading)
    places = known.of_rows(rows)
    x, y = reading.x[rows], reading.y[rows]
    datum: Datum = "jgd2011" if datum_of(code) == "tokyo" else "tokyo"
    other_code = _in_datum(code, datum)
    offsets = [places.offset_m(*_to_jgd2011(x, y, one, grids_dir)) for one in (code, other_code)]
    if offsets[0] is None or offsets[1] is None:
        lon, lat = _to_jgd2011(x, y, code, grids_dir)
        distance = places.distance_m(lon, lat)
        doubts = (codes.POSITIONS_FAR_FROM_ADDRESSES,) if distance and distance > _FAR_M else ()
        return replace(settled, doubts=settled.doubts + doubts)
    ranked = tuple(
        RankedReading(Text(plane_name(one), f"EPSG:{one}"), one, 1.0, round(offset[0]), "datum")
        for one, offset in zip((code, other_code), offsets, strict=True)
        if offset
    )
    if not is_better_datum(offsets[1], offsets[0]):
        far = (codes.POSITIONS_FAR_FROM_ADDRESSES,) if offsets[0][0] > _FAR_M else ()
        is_thin = not stated.has_datum and not far and not is_better_datum(offsets[0], offsets[1])
        thin = (codes.READING_MARGIN_THIN,) if is_thin else ()
        return replace(settled, ranked=settled.ranked + ranked, doubts=settled.doubts + far + thin)
    if stated.has_datum:
        return replace(settled, ranked=settled.ranked + ranked, doubts=(*settled.doubts, codes.DATUM_DOUBTED))
    found = Stated(other_code, is_found=True, has_datum=True)
    return replace(
        settled, stated=found, ranked=settled.ranked + ranked[::-1], doubts=(*settled.doubts, codes.DATUM_FOUND)
    )


def _in_datum(code: int, datum: Datum) -> int:
    zone = zone_of(code)
    return plane_code(zone, datum) if zone else GEOGRAPHIC[datum]


def _to_jgd2011(x: Floats, y: Floats, code: int, grids_dir: Path | None) -> tuple[Floats, Floats]:
    moved = transform(x, y, source=code, target=_JGD2011, grids_dir=grids_dir)
    return moved.x, moved.y


def _sample(reading: Reading) -> np.ndarray:
    """Some hundred valid rows, spread over the table."""
    rows = np.flatnonzero(reading.is_valid)
    chosen = np.zeros(len(reading.x), bool)
    chosen[rows[:: max(1, len(rows) // _SAMPLE_SIZE)]] = True
    return chosen
