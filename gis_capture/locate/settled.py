"""What was decided about the coordinates of a table."""

from dataclasses import dataclass

from gis_capture.locate.crs import WEB_MERCATOR
from gis_capture.locate.evidence import About, RankedReading
from gis_capture.locate.numbers import Floats
from gis_capture.locate.plane import PlaneChoice
from gis_capture.locate.reading import Reading
from gis_capture.locate.stated import Stated


@dataclass(frozen=True, slots=True)
class Settled:
    """How the coordinates of a table are read.

    Attributes:
        stated: The CRS that is used; its code is None where none could be found.
        choice: Of plane coordinates.
        ranked: The readings that were compared, the chosen one of each kind first; () where nothing was to compare.
        thin: What a person should decide, for the next best reading is about as likely.
        doubts: Codes of what else a person should look at.
        elsewhere: Longitude and latitude where rows may lie instead, as decimals or as minutes: what was not decided;
            degrees, NaN = nowhere else, parallel to the rows.
    """

    reading: Reading
    stated: Stated
    choice: PlaneChoice | None = None
    ranked: tuple[RankedReading, ...] = ()
    thin: frozenset[About] = frozenset()
    doubts: tuple[str, ...] = ()
    elsewhere: tuple[Floats, Floats] | None = None

    def is_datum_assumed(self) -> bool:
        """Does nobody state the datum of these coordinates?"""
        stated = self.stated
        if self.reading.is_plane:
            # Web mercator has but one datum.
            return stated.code not in (None, WEB_MERCATOR) and not stated.has_datum
        return stated.code is None and stated.row_codes is None

    def is_datum_open(self) -> bool:
        """Is it assumed, and do addresses not tell it? Mesh codes and grid references are of the new one by rule."""
        is_told = "datum" not in self.thin and any(one.about == "datum" for one in self.ranked)
        return self.is_datum_assumed() and not is_told and self.reading.kind not in ("mesh_code", "grid_reference")
