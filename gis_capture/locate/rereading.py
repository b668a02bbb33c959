"""Rows that lie far from their address, read the other way: in the other notation, or with their axes exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gis_capture.locate import messages
from gis_capture.locate.crs import GEOGRAPHIC
from gis_capture.locate.datum import transform
from gis_capture.locate.degrees import OTHER_NOTATION, reread_degrees
from gis_capture.locate.layouts import FORMS_OF_DEGREES, Columns
from gis_capture.locate.numbers import Floats
from gis_capture.locate.settled import Settled
from gis_capture.model import Text


@dataclass(frozen=True, slots=True)
class Rereading:
    """Where some rows would lie, degrees of whatever datum: it is towns that are told apart."""

    words: Text
    lon: Floats
    lat: Floats


def reread(columns: Columns, settled: Settled, rows: Sequence[int]) -> Rereading | None:
    """Reads some rows in the way that the table as a whole is not read; None where there is none."""
    reading, code = settled.reading, settled.stated.code
    indexes = np.array(rows, np.intp)
    if reading.kind == "plane_xy" and code:
        moved = transform(reading.y[indexes], reading.x[indexes], source=code, target=GEOGRAPHIC["jgd2011"])
        return Rereading(messages.AXES_OTHERWISE, moved.x, moved.y)
    if reading.layout.form in FORMS_OF_DEGREES and reading.meaning.notation in OTHER_NOTATION:
        other = reread_degrees(columns, reading, rows)
        return Rereading(messages.NOTATIONS[other.meaning.notation], other.x, other.y)
    return None
