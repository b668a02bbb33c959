"""Pictures to make layers of."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.transform import from_origin

ORIGIN = (5000.0, 16000.0)
PIXEL_M = 0.5


def pattern(edge_px: int = 700) -> NDArray[np.uint8]:
    """A picture in which every place looks different, (3, rows, columns)."""
    rows, columns = np.mgrid[0:edge_px, 0:edge_px]
    return np.stack([(columns // 3) % 256, (rows // 3) % 256, ((rows + columns) // 6) % 256]).astype(np.uint8)


def write_geotiff(path: Path, bands: NDArray[Any], crs: str | None = "EPSG:6675", **profile: object) -> Path:
    """Writes a GeoTIFF at the origin of Takayama's zone."""
    count, height, width = bands.shape
    described = {"width": width, "height": height, "count": count, "dtype": str(bands.dtype), "crs": crs}
    transform = from_origin(*ORIGIN, PIXEL_M, PIXEL_M)
    with rasterio.open(path, "w", driver="GTiff", transform=transform, **described, **profile) as target:
        target.write(bands)
    return path


def write_png(path: Path, bands: NDArray[np.uint8]) -> Path:
    """Writes a picture that says nothing of its place."""
    Image.fromarray(np.moveaxis(bands, 0, -1)).save(path)
    return path


def write_world_file(path: Path) -> None:
    """Writes where the middle of the upper left pixel is."""
    middle = (ORIGIN[0] + PIXEL_M / 2, ORIGIN[1] - PIXEL_M / 2)
    path.write_text("\n".join(map(str, (PIXEL_M, 0, 0, -PIXEL_M, *middle))))


def write_points(path: Path, edge_px: int, *, enabled: int = 4) -> Path:
    """Writes control points at the corners, as QGIS does."""
    lines = ["#CRS: EPSG:6675", "mapX,mapY,sourceX,sourceY,enable,dX,dY,residual"]
    for number, (column, row) in enumerate([(0, 0), (edge_px, 0), (edge_px, edge_px), (0, edge_px)]):
        x, y = ORIGIN[0] + column * PIXEL_M, ORIGIN[1] - row * PIXEL_M
        lines.append(f"{x},{y},{column},{-row},{int(number < enabled)},0,0,0")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
