"""Decides how the coordinates of a table are read, by what is said, by the rows together and by their addresses."""

from dataclasses import replace
from pathlib import Path

from gis_capture.locate import codes
from gis_capture.locate.crs import GEOGRAPHIC, Datum, crs_of, datum_of, plane_code, plane_name, zone_of
from gis_capture.locate.datum import transform
from gis_capture.locate.degrees import settle_degrees
from gis_capture.locate.evidence import About, KnownPlaces, RankedReading, is_better_datum
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Floats
from gis_capture.locate.plane import choose_plane
from gis_capture.locate.reading import Reading
from gis_capture.locate.settled import Settled
from gis_capture.locate.stated import Stated
from gis_capture.model import BBox, Text

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
        if reading.layout.form == "degrees":
            settled = settle_degrees(columns, settled, area=area, known=known)
    return _settle_datum(settled, known, grids_dir) if known else settled


def _settle_plane(settled: Settled, wanted: int | None, area: BBox | None, known: KnownPlaces | None) -> Settled:
    reading = settled.reading
    stated = Stated(wanted, has_datum=True) if wanted and crs_of(wanted).is_projected else settled.stated
    rows = reading.sample()
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
        # The zone is found in the newest datum, which is right within half a kilometre of the stated one.
        code = _in_datum(choice.code, stated.datum) if choice.code and stated.datum else choice.code
        stated = Stated(code, is_found=code is not None, has_datum=stated.has_datum, datum=stated.datum)
    thin: frozenset[About] = frozenset() if choice.is_sure else frozenset({"plane"})
    return replace(settled, reading=reading, stated=stated, choice=choice, ranked=ranked, thin=thin)


def _settle_datum(settled: Settled, known: KnownPlaces, grids_dir: Path | None) -> Settled:
    """Compares the Tokyo datum with the assumed or stated one; only what nobody stated is changed by it."""
    reading, stated = settled.reading, settled.stated
    code = stated.code or (None if reading.kind == "plane_xy" else _JGD2011)
    is_comparable = code in GEOGRAPHIC.values() or (code and zone_of(code))
    if code is None or not is_comparable or stated.row_codes is not None or reading.kind == "mesh_code":
        return settled
    rows = reading.sample()
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
        thin: frozenset[About] = settled.thin | {"datum"} if is_thin else settled.thin
        return replace(settled, ranked=settled.ranked + ranked, thin=thin, doubts=settled.doubts + far)
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
