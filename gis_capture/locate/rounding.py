"""What the number of written digits leaves open."""

import numpy as np

from gis_capture.locate.numbers import Floats
from gis_capture.locate.reading import Reading

_M_PER_DEG = 111_320.0
# Finest first, so that the coarsest unit that both numbers are whole in stays.
_DECIMAL_UNITS_DEG = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_DMS_UNITS_DEG = (0.1 / 3600, 1 / 3600, 1 / 60, 1.0)


def rounding_m(reading: Reading) -> Floats:
    """The radius in metres that the last written digit leaves, by row; NaN where it is below a metre.

    Both numbers have to end early: one of them does so by chance in one row of ten.
    """
    if reading.cells is not None:
        return reading.cells.radii_m()
    radii = np.full(len(reading.x), np.nan)
    if reading.kind == "plane_xy":
        return radii
    is_dms = reading.is_dms | (reading.kind == "packed_dms")
    for units_deg, rows in ((_DECIMAL_UNITS_DEG, ~is_dms), (_DMS_UNITS_DEG, is_dms)):
        for unit_deg in units_deg if rows.any() else ():
            is_whole = rows.copy()
            for values in (reading.x, reading.y):
                units = values / unit_deg
                is_whole &= np.abs(units - np.round(units)) < 1e-5
            radii[is_whole] = unit_deg / 2 * _M_PER_DEG * np.sqrt(2)
    return radii
