"""Pixels of a sheet on the grid of web map tiles, by GDAL; only for processes of their own."""

import math
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.warp
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS as ProjCRS
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.transform import from_origin
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from gis_capture.tiles.grid import MAX_LATITUDE, Tile
from gis_capture.tiles.raster.bending import OPTIONS, Bent
from gis_capture.tiles.raster.fitting import LEAST, ControlPoint, Fit, Trust, in_plane, trust
from gis_capture.tiles.raster.sheet import Sheet

TILE_PX = 256
_EDGE_POINTS = 21
MERCATOR_HALF_M = 20037508.342789244
# Of a file that a stranger made nothing else is opened: no other file by its name in a VRT, no address.
HEADS = {
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"\0\0\0\x0cjP": "JP2OpenJPEG",
    b"\xff\x4f\xff\x51": "JP2OpenJPEG",
    b"BM": "BMP",
    b"RIFF": "WEBP",
    b"GIF8": "GIF",
}
ENVIRONMENT = {
    "GDAL_CACHEMAX": 128,
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "GDAL_HTTP_MAX_RETRY": 0,
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_TIFF_INTERNAL_MASK": True,
}
Pixels = NDArray[np.uint8]


class NoPlaceError(ValueError):
    """Nothing says where a sheet belongs; the argument is "crs" or "place"."""


def resolution_m(zoom: int) -> float:
    """Metres of the mercator plane in a pixel of a zoom."""
    return 2 * MERCATOR_HALF_M / (TILE_PX << zoom)


def driver_of(path: Path) -> str:
    """Finds GDAL's name for the kind of a picture, by its first bytes.

    Raises:
        ValueError: None that is read here.
    """
    with path.open("rb") as file:
        head = file.read(16)
    for beginning, driver in HEADS.items():
        if head.startswith(beginning):
            return driver
    raise ValueError("not a TIFF, JPEG, PNG, JPEG 2000, BMP, WebP or GIF picture")


class OpenSheet:
    """A sheet that is open for reading; use it in a `with` block.

    Attributes:
        source: The picture.
    """

    def __init__(self, sheet: Sheet) -> None:
        """Opens it.

        Raises:
            NoPlaceError: Nothing says where it belongs.
            rasterio.errors.RasterioError: It cannot be read.
        """
        self._stack = ExitStack()
        self._stack.enter_context(rasterio.Env(**ENVIRONMENT))
        self.source = self._stack.enter_context(rasterio.open(sheet.path, driver=driver_of(sheet.path)))
        own, own_crs = self.source.gcps
        self.crs = CRS.from_user_input(sheet.crs) if sheet.crs else self.source.crs or own_crs
        is_placed = not self.source.transform.is_identity
        places = (ControlPoint(p.col, p.row, p.x, p.y) for p in own)
        # A point that some program could not place says nothing.
        self.points = sheet.points or (() if is_placed else tuple(p for p in places if np.isfinite(p).all()))
        if not is_placed and len(self.points) < LEAST[sheet.method]:
            raise NoPlaceError("place")
        if not self.crs or not (self.crs.is_projected or self.crs.is_geographic):
            raise NoPlaceError("crs")
        self._method, self._mask = sheet.method, sheet.mask
        self._fit: Fit | None = None
        self._transform = self.source.transform
        if self.points:
            points, plane = in_plane(self.points, ProjCRS(self.crs.to_wkt()))
            self._fit, self.crs = Fit(points, self._method), CRS.from_wkt(plane.to_wkt())
            self._transform = _affine_of(self._fit)
            self.points = points
        self._bent = None
        if self._method in OPTIONS and self.points:
            self._bent = Bent(self.source, self.points, self.crs, self._method, self._stack)
            self._box = self.mercator_bounds()
        self._colors = self._palette()
        self._low, self._high = self._stretch()
        self._resampling = Resampling.bilinear if self._colors is None else Resampling.nearest
        self._opened: dict[int, Any] = {}

    def __enter__(self) -> "OpenSheet":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def trust(self) -> list[Trust]:
        """How far each control point lies from where the others put it."""
        return trust(self.points, self._method, ProjCRS(self.crs.to_wkt())) if self.points else []

    @property
    def is_drawing(self) -> bool:
        """Whether it is a line drawing: few colours, whose edges a lossy picture would smear."""
        bits = self.source.tags(1, ns="IMAGE_STRUCTURE").get("NBITS")
        return self._colors is not None or (self.source.count == 1 and bits is not None and int(bits) < 8)

    def warped(self, zoom: int) -> tuple[Any, int, int]:
        """The sheet on the grid of a zoom: a dataset, and the pixel of the whole world at its upper left corner."""
        if zoom not in self._opened:
            west, south, east, north = self.mercator_bounds()
            step = resolution_m(zoom)
            left, top = int((west + MERCATOR_HALF_M) // step), int((MERCATOR_HALF_M - north) // step)
            left, top = left - left % TILE_PX, top - top % TILE_PX
            width = max(int((east + MERCATOR_HALF_M) / step) + 1 - left, 1)
            height = max(int((MERCATOR_HALF_M - south) / step) + 1 - top, 1)
            warped = WarpedVRT(
                self.source,
                crs="EPSG:3857",
                src_crs=self.crs,
                src_transform=self._transform,
                transform=from_origin(left * step - MERCATOR_HALF_M, MERCATOR_HALF_M - top * step, step, step),
                width=width,
                height=height,
                resampling=self._resampling,
                **self._transparency(),
                **self._cutline(),
            )
            self._opened[zoom] = (self._stack.enter_context(warped), left, top)
        opened: tuple[Any, int, int] = self._opened[zoom]
        return opened

    def mercator_bounds(self) -> tuple[float, float, float, float]:
        """Its box in the mercator plane."""
        width, height = self.source.width, self.source.height
        corners = np.array(self._mask or [(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
        along = np.linspace(0, 1, _EDGE_POINTS)[:, None, None]
        edges = (corners + along * (np.roll(corners, -1, axis=0) - corners)).reshape(-1, 2)
        xs, ys = self._mercator(*np.clip(edges, 0, (width, height)).T)
        return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())

    def resolution_m(self) -> float:
        """How many metres of the mercator plane a pixel in its middle covers."""
        column, row = self.source.width / 2, self.source.height / 2
        xs, ys = self._mercator(np.array([column, column + 1]), np.array([row, row + 1]))
        return float(np.hypot(*(xs[1] - xs[0], ys[1] - ys[0])) / 2**0.5)

    def _mercator(self, columns: NDArray[Any], rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        t = self._transform
        xs, ys = t.a * columns + t.b * rows + t.c, t.d * columns + t.e * rows + t.f
        if self._fit:
            xs, ys = self._fit.at(np.column_stack([columns, rows])).T
        if self.crs.is_geographic:
            # What lies beyond the map is left out: a picture of the whole earth ends at the poles.
            ys = np.where(np.abs(ys) <= 90, np.clip(ys, -MAX_LATITUDE, MAX_LATITUDE), ys)
        there = rasterio.warp.transform(self.crs, "EPSG:3857", xs, ys)
        if not np.isfinite(there).all():
            raise ValueError("beyond the CRS")
        return np.asarray(there[0]), np.asarray(there[1])

    def read(self, tile: Tile, n_tiles: int = 1) -> Pixels | None:
        """Reads a square of tiles of one zoom, (rows, columns, RGBA); None where the sheet is not in it."""
        size = TILE_PX * n_tiles
        if self._bent:
            return self._read_bent(tile, size)
        dataset, left, top = self.warped(tile.z)
        column, row = tile.x * TILE_PX - left, tile.y * TILE_PX - top
        first_column, first_row = max(column, 0), max(row, 0)
        width = min(column + size, dataset.width) - first_column
        height = min(row + size, dataset.height) - first_row
        if width <= 0 or height <= 0:
            return None
        window = Window(first_column, first_row, width, height)
        pixels = np.zeros((size, size, 4), dtype=np.uint8)
        target = pixels[
            first_row - row : first_row - row + height, first_column - column : first_column - column + width
        ]
        target[..., 3] = dataset.dataset_mask(window=window)
        if not target[..., 3].any():
            return None
        target[..., :3] = self._rgb(dataset.read(self._color_bands(), window=window))
        target[target[..., 3] == 0] = 0
        return pixels

    def _read_bent(self, tile: Tile, size: int) -> Pixels | None:
        assert self._bent
        step = resolution_m(tile.z)
        left, top = tile.x * TILE_PX * step - MERCATOR_HALF_M, MERCATOR_HALF_M - tile.y * TILE_PX * step
        west, south, east, north = self._box
        if left >= east or left + size * step <= west or top <= south or top - size * step >= north:
            return None
        bands, alpha = self._bent.read(
            self._color_bands(),
            from_origin(left, top, step, step),
            size,
            resampling=self._resampling,
            cutline=self._cutline(),
        )
        if not alpha.any():
            return None
        pixels = np.dstack([self._rgb(bands), alpha])
        pixels[alpha == 0] = 0
        return pixels

    def _color_bands(self) -> list[int]:
        kinds = list(self.source.colorinterp)
        wanted = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        if all(kind in kinds for kind in wanted):
            return [kinds.index(kind) + 1 for kind in wanted]
        colors = [n for n, kind in enumerate(kinds, 1) if kind != ColorInterp.alpha]
        return colors[:3] if len(colors) >= 3 else colors[:1]

    def _rgb(self, bands: NDArray[Any]) -> Pixels:
        if self._colors is not None:
            return np.asarray(self._colors[np.clip(bands[0], 0, 255)])
        if bands.dtype != np.uint8 or self._high != 255:
            scaled = (bands.astype(np.float32) - self._low) * (255 / (self._high - self._low))
            bands = np.clip(np.nan_to_num(scaled), 0, 255).astype(np.uint8)
        return np.moveaxis(np.broadcast_to(bands, (3, *bands.shape[1:])), 0, -1)

    def _palette(self) -> Pixels | None:
        if self.source.colorinterp[0] != ColorInterp.palette:
            return None
        table = np.zeros((256, 3), dtype=np.uint8)
        for value, color in self.source.colormap(1).items():
            if value < 256:
                table[value] = color[:3]
        return table

    def _stretch(self) -> tuple[float, float]:
        """What is drawn as black and as white: all of 8 bits, and of deeper pictures what most pixels lie between."""
        if self.source.dtypes[0] == "uint8":
            bits = self.source.tags(1, ns="IMAGE_STRUCTURE").get("NBITS")
            return 0.0, float(2 ** min(int(bits), 8) - 1) if bits else 255.0
        shape = (1, min(self.source.height, 512), min(self.source.width, 512))
        sample = self.source.read(self._color_bands()[:1], out_shape=shape, masked=True).compressed()
        sample = sample[np.isfinite(sample)]
        if not len(sample):
            return 0.0, 1.0
        low, high = (float(value) for value in np.percentile(sample, (2, 98)))
        return low, high if high > low else low + 1

    def _cutline(self) -> dict[str, str]:
        """What GDAL is told of the part that is shown, in pixels of the picture."""
        if not self._mask:
            return {}
        ring = ", ".join(f"{column} {row}" for column, row in (*self._mask, self._mask[0]))
        return {"CUTLINE": f"POLYGON (({ring}))"}

    def _transparency(self) -> dict[str, Any]:
        if self.source.nodata is not None:
            return {"src_nodata": self.source.nodata, "nodata": self.source.nodata}
        has_alpha = any(MaskFlags.alpha in flags for flags in self.source.mask_flag_enums)
        if not has_alpha and self.source.dtypes[0].startswith("float"):
            # Programs leave out that what is no number is nothing.
            return {"src_nodata": math.nan, "nodata": math.nan}
        return {} if has_alpha else {"add_alpha": True}


def _affine_of(fit: Fit) -> Affine:
    """The transform of a fit without bends."""
    (c, f), (a, d), (b, e) = fit.at([(0, 0), (1, 0), (0, 1)])
    return Affine(a - c, b - c, c, d - f, e - f, f)
