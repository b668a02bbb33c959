"""The datum of a picture, changed by the official grids where the office has them.

GDAL knows three parameters for the Tokyo datum, which are off by metres, and nothing of the earthquake of 2011. A
picture is small beside how slowly the grids change: what they say of its middle holds for all of it.
"""

import warnings
from pathlib import Path

import numpy as np
from pyproj import CRS, Transformer

from gis_capture.errors import CRSError
from gis_capture.locate.crs import GEOGRAPHIC, datum_of
from gis_capture.locate.datum import TKY2JGD, TOUHOKU, transform

_JGD2011 = 6668


def shifted_crs(crs: str, middle: tuple[float, float], grids_dir: Path | None) -> str | None:
    """Gives a CRS, as WKT, that says how far its datum is off at a place; None where it needs none or no grid says it.

    Args:
        crs: As the picture has it, "EPSG:30167" or WKT.
        middle: Of the picture: longitude, latitude, JGD2011; some metres do not matter.
        grids_dir: Folder of datum grids.
    """
    source = CRS.from_user_input(crs)
    code, base = source.to_epsg(), source.geodetic_crs
    try:
        datum = datum_of(code) if code else "wgs84"
    except CRSError:
        return None
    # Degrees are brought into a plane about control points, which would lose what is said here.
    if datum not in ("tokyo", "jgd2000") or base is None or not source.is_projected:
        return None
    lon, lat = (np.array([value]) for value in middle)
    moved = transform(lon, lat, source=_JGD2011, target=GEOGRAPHIC[datum], grids_dir=grids_dir)
    if moved.missing_grid == (TKY2JGD if datum == "tokyo" else TOUHOKU) or moved.is_gap.any():
        return None
    there = _from_centre(CRS.from_epsg(_JGD2011), *middle)
    here = _from_centre(base, float(moved.x[0]), float(moved.y[0]))
    with warnings.catch_warnings():
        # It loses the name of the datum, for which GDAL would take its own three parameters, and nothing else.
        warnings.simplefilter("ignore", UserWarning)
        words = [word for word in source.to_proj4().split() if not word.startswith(("+datum", "+towgs84"))]
    shift = ",".join(f"{metres:.3f}" for metres in there - here)
    return CRS.from_proj4(" ".join([*words, f"+towgs84={shift}"])).to_wkt("WKT1_GDAL")


def _from_centre(crs: CRS, lon: float, lat: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A place on the ellipsoid of a CRS, in metres from the middle of the earth."""
    assert crs.ellipsoid is not None
    ellipsoid = f"+a={crs.ellipsoid.semi_major_metre} +b={crs.ellipsoid.semi_minor_metre}"
    cart = Transformer.from_pipeline(
        f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart {ellipsoid}"
    )
    return np.array(cart.transform(lon, lat, 0.0))
