"""Pictures that only a polynomial or a spline brings onto the map, warped piece by piece by GDAL.

`WarpedVRT`, which serves the straight ones, passes no control points on.
"""

import math
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
import rasterio.warp
from affine import Affine
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.io import MemoryFile

from gis_capture.tiles.raster.fitting import ControlPoint, Method

OPTIONS: dict[Method, dict[str, str]] = {"polynomial": {"MAX_GCP_ORDER": "2"}, "tps": {"SRC_METHOD": "GCP_TPS"}}
_ERROR_PX = 0.125


class Bent:
    """A picture with control points; it closes with the stack.

    Args:
        source: The picture.
        points: In the CRS.
        method: "polynomial" or "tps".
        stack: What it opens is closed by it.
    """

    def __init__(self, source: Any, points: Sequence[ControlPoint], crs: CRS, method: Method, stack: ExitStack) -> None:
        """Opens it as a virtual dataset that has the control points; the picture's own file stays as it is."""
        name = stack.enter_context(MemoryFile(ext=".vrt")).name
        rasterio.shutil.copy(source, name, driver="VRT")
        with rasterio.open(name, "r+") as target:
            target.gcps = ([GroundControlPoint(row=p.row, col=p.column, x=p.x, y=p.y) for p in points], crs)
        self._opened = stack.enter_context(rasterio.open(name))
        self._crs = crs
        self._options = OPTIONS[method]

    def read(
        self, bands: Sequence[int], transform: Affine, size: int, *, resampling: Resampling, cutline: dict[str, str]
    ) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        """Reads a square of the plane of web maps: bands (n, size, size), and how far each pixel shows (0 to 255)."""
        opened = self._opened
        out = np.zeros((len(bands) + 1, size, size), dtype=opened.dtypes[0])
        kinds = list(opened.colorinterp)
        alpha = kinds.index(ColorInterp.alpha) + 1 if ColorInterp.alpha in kinds else 0
        nodata = opened.nodata
        if nodata is None and not alpha and opened.dtypes[0].startswith("float"):
            # Programs leave out that what is no number is nothing.
            nodata = math.nan
        rasterio.warp.reproject(
            rasterio.band(opened, [*bands, alpha] if alpha else list(bands)),
            out,
            gcps=opened.gcps[0],
            src_crs=self._crs,
            dst_crs="EPSG:3857",
            dst_transform=transform,
            src_nodata=nodata,
            src_alpha=len(bands) + 1 if alpha else 0,
            dst_alpha=len(bands) + 1,
            resampling=resampling,
            tolerance=_ERROR_PX,
            **self._options,
            **cutline,
        )
        most = 255 if out.dtype == np.uint8 else out[-1].max() or 1
        return out[:-1], np.clip(out[-1] * (255.0 / most), 0, 255).astype(np.uint8)
