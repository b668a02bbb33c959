"""Decides how the coordinates of a table are read, by what is said, by the rows together and by their addresses."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from gis_capture.locate import codes
from gis_capture.locate.crs import GEOGRAPHIC, Datum, crs_of, datum_of, in_datum, plane_name, utm_zone_of, zone_of
from gis_capture.locate.datum import transform
from gis_capture.locate.degrees import OTHER_NOTATION, settle_degrees
from gis_capture.locate.evidence import About, KnownPlaces, RankedReading, is_better_datum
from gis_capture.locate.layouts import FORMS_OF_DEGREES, Columns
from gis_capture.locate.numbers import Floats
from gis_capture.locate.plane import Beside, ToTown, choose_plane, nowhere
from gis_capture.locate.reading import Reading
from gis_capture.locate.row_notations import settle_rows
from gis_capture.locate.settled import Settled
from gis_capture.locate.stated import Stated
from gis_capture.model import BBox

_JGD2011 = GEOGRAPHIC["jgd2011"]
_FAR_M = 20_000.0


def settle(
    columns: Columns,
    reading: Reading,
    stated: Stated,
    *,
    wanted: int | None,
    area: BBox | None,
    known: KnownPlaces | None,
    grids_dir: Path | None,
    beside: Beside = nowhere,
    to_town_m: ToTown | None = None,
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
        beside: Gives the box of what is surely placed in the other layers, in EPSG:4326.
        to_town_m: Gives the distances of places to the nearest town.
    """
    settled = Settled(reading, stated)
    if reading.kind == "grid_reference":
        # The references name their zones; a CRS that a person names can only be their datum.
        settled = replace(settled, stated=stated.in_datum(datum_of(wanted)) if wanted else stated)
    elif reading.kind == "plane_xy":
        settled = _settle_plane(settled, wanted, area, known, beside, to_town_m)
    else:
        if wanted:
            geographic = GEOGRAPHIC[datum_of(wanted)] if crs_of(wanted).is_projected else wanted
            settled = replace(settled, stated=Stated(geographic, has_datum=True))
        if reading.layout.form in FORMS_OF_DEGREES:
            settled = settle_degrees(columns, settled, area=area, known=known)
            is_told = reading.layout.notation is not None or "notation" in settled.thin
            if not is_told and settled.reading.meaning.notation in OTHER_NOTATION:
                settled = settle_rows(columns, settled, known)
    is_doubted = codes.ZONE_DOUBTED in settled.doubts
    return _settle_datum(settled, known, grids_dir) if known and not is_doubted else settled


def _settle_plane(
    settled: Settled,
    wanted: int | None,
    area: BBox | None,
    known: KnownPlaces | None,
    beside: Beside,
    to_town_m: ToTown | None,
) -> Settled:
    reading, stated = settled.reading, settled.stated
    if stated.north:
        # Columns of letters are laid out as surveyors write, with X to the north.
        reading = reading.turned() if stated.north == "y" else reading
        reading = replace(reading, layout=replace(reading.layout, axes_are_told=True))
    if wanted and crs_of(wanted).is_projected:
        stated = Stated(wanted, has_datum=True)
    in_zone = reading.is_valid
    if stated.row_codes is not None:
        in_zone = in_zone & ((stated.row_codes == stated.code) | (stated.row_codes == 0))
    rows = reading.sample(np.asarray(in_zone))
    choice = choose_plane(
        reading.x[rows],
        reading.y[rows],
        code=stated.code,
        axes_are_told=reading.layout.axes_are_told,
        axes_are_said=reading.layout.is_said,
        area=area,
        beside=beside,
        known=known.of_rows(rows) if known else None,
        to_town_m=to_town_m,
        x_is_east=settled.stated.north == "y",
    )
    names = {axis: names[0] for axis, names in reading.layout.columns.items()}
    ranked = choice.ranked
    if names["x"] == names["y"]:
        # One column for both has no role of one of them.
        ranked = tuple(replace(one, roles={}) for one in ranked)
    else:
        ranked = tuple(replace(one, roles={names[axis]: role for axis, role in one.roles.items()}) for one in ranked)
    if choice.is_exchanged:
        reading = reading.turned()
    if stated.code is None:
        # The zone is found in the newest datum, which is right within half a kilometre of the stated one.
        code = in_datum(choice.code, stated.datum) if choice.code and stated.datum else choice.code
        stated = replace(stated, code=code, is_found=code is not None, is_zone_found=code is not None)
    thin: frozenset[About] = frozenset() if choice.is_sure or choice.is_doubted else frozenset({"plane"})
    doubts = (codes.ZONE_DOUBTED,) if choice.is_doubted else ()
    return replace(settled, reading=reading, stated=stated, choice=choice, ranked=ranked, thin=thin, doubts=doubts)


def _settle_datum(settled: Settled, known: KnownPlaces, grids_dir: Path | None) -> Settled:
    """Compares the Tokyo datum with the assumed or stated one; only what nobody stated is changed by it."""
    reading, stated = settled.reading, settled.stated
    code = stated.code or (None if reading.kind == "plane_xy" else _JGD2011)
    is_comparable = code in GEOGRAPHIC.values() or (code and (zone_of(code) or utm_zone_of(code)))
    if code is None or not is_comparable or reading.kind == "mesh_code":
        return settled
    rows = reading.sample()
    if stated.row_codes is not None:
        # Rows of other zones or datums are for themselves.
        rows &= stated.row_codes == code
    places = known.of_rows(rows)
    x, y = reading.x[rows], reading.y[rows]
    datum: Datum = "jgd2011" if datum_of(code) == "tokyo" else "tokyo"
    other_code = in_datum(code, datum)
    offsets = [places.offset_m(*_to_jgd2011(x, y, one, grids_dir)) for one in (code, other_code)]
    if offsets[0] is None or offsets[1] is None:
        lon, lat = _to_jgd2011(x, y, code, grids_dir)
        distance = places.distance_m(lon, lat)
        doubts = (codes.POSITIONS_FAR_FROM_ADDRESSES,) if distance and distance > _FAR_M else ()
        return replace(settled, doubts=settled.doubts + doubts)
    ranked = tuple(
        RankedReading(plane_name(one), one, 1.0, round(offset[0]), "datum")
        for one, offset in zip((code, other_code), offsets, strict=True)
        if offset
    )
    if not is_better_datum(offsets[1], offsets[0]):
        far = (codes.POSITIONS_FAR_FROM_ADDRESSES,) if offsets[0][0] > _FAR_M else ()
        is_thin = not stated.has_datum and not far and not is_better_datum(offsets[0], offsets[1])
        thin: frozenset[About] = settled.thin | {"datum"} if is_thin else settled.thin
        return replace(settled, ranked=settled.ranked + ranked, thin=thin, doubts=settled.doubts + far)
    if stated.has_datum:
        return replace(settled, ranked=settled.ranked + ranked, doubts=(*settled.doubts, codes.DATUM_DOUBTED))
    found = replace(stated, code=code).in_datum(datum)
    return replace(
        settled, stated=found, ranked=settled.ranked + ranked[::-1], doubts=(*settled.doubts, codes.DATUM_FOUND)
    )


def _to_jgd2011(x: Floats, y: Floats, code: int, grids_dir: Path | None) -> tuple[Floats, Floats]:
    moved = transform(x, y, source=code, target=_JGD2011, grids_dir=grids_dir)
    return moved.x, moved.y
