"""What was decided about the coordinates of a table."""

from dataclasses import dataclass

from gis_capture.locate.evidence import About, RankedReading
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
    """

    reading: Reading
    stated: Stated
    choice: PlaneChoice | None = None
    ranked: tuple[RankedReading, ...] = ()
    thin: frozenset[About] = frozenset()
    doubts: tuple[str, ...] = ()
