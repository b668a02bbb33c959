"""What lies below the features of a sheet: streets, buildings and waters of the office's base map."""

import gzip
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import shapely
from shapely import Geometry
from shapely.geometry import shape

from gis_capture.geopackage.crs import shape_in, to_wgs84
from gis_capture.model import BBox
from gis_capture.paper.printing import BaseKind
from gis_capture.tiles.archive import Archive, tiles_over
from gis_capture.tiles.grid import Tile, to_degrees
from gis_capture.workspace.basemaps import Basemap

# What the names of source layers of the usual schemes say.
_KINDS: tuple[tuple[str, BaseKind], ...] = (
    ("building", "building"),
    ("bldg", "building"),
    ("waterway", "waterway"),
    ("river", "waterway"),
    ("water", "water"),
    ("road", "road"),
    ("transport", "road"),
    ("street", "road"),
    ("rail", "line"),
    ("bound", "line"),
    ("contour", "line"),
    ("land", "area"),
    ("park", "area"),
)
MAX_TILES = 200


def base_shapes(packs_dir: Path, basemap: Basemap | None, extent: BBox, crs: str) -> list[tuple[BaseKind, Geometry]]:
    """Gives the shapes of a vector base map on a sheet, in its CRS; none of pictures."""
    degrees = to_wgs84(extent, crs)
    if basemap is None or basemap.kind != "vector" or degrees is None:
        return []
    with Archive(packs_dir / basemap.file_name) as archive:
        low, zoom = archive.header.zooms
        while zoom > low and sum(1 for _ in tiles_over(degrees, zoom)) > MAX_TILES:
            zoom -= 1
        found = [one for tile in tiles_over(degrees, zoom) for one in _shapes_in(archive.get(tile), tile)]
    return [(kind, shape_in(geometry, crs)) for kind, geometry in found]


def _shapes_in(content: bytes | None, tile: Tile) -> Iterator[tuple[BaseKind, Geometry]]:
    if not content:
        return
    plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    for name, layer in mapbox_vector_tile.decode(plain, default_options={"y_coord_down": True}).items():
        kind = next((kind for word, kind in _KINDS if word in name.lower()), None)
        if kind is None:
            continue
        # Streets of a tile end beyond its edge; there the neighbour has them as well.
        edge = shapely.box(0, 0, layer["extent"], layer["extent"])
        for feature in layer["features"]:
            geometry = shapely.make_valid(shape(feature["geometry"]))
            if not geometry.is_empty and shapely.get_dimensions(geometry) > 0:
                inside = shapely.intersection(geometry, edge)
                if not inside.is_empty:
                    kept: BaseKind = "waterway" if kind == "water" and shapely.get_dimensions(inside) == 1 else kind
                    yield kept, shapely.transform(inside, partial(_degrees, tile=tile, extent=layer["extent"]))


def _degrees(units: np.ndarray, tile: Tile, extent: int) -> np.ndarray:
    return to_degrees((units / extent + (tile.x, tile.y)) / 2**tile.z)
