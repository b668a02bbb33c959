"""The area that somebody works in: what of a layer lies in it, whatever the CRS of the layer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry

from gis_capture.locate.crs import parse_crs
from gis_capture.locate.datum import transform
from gis_capture.model import BBox

WGS84, JGD2011 = 4326, 6668
_STEP_DEGREES = 0.001
"""Between two corners its edges are looked at so often when they are bent into another CRS: about 100 m."""


@dataclass(frozen=True, slots=True)
class Area:
    """Polygons in EPSG:4326. Two areas are the same where they are called the same and look the same.

    Attributes:
        name: For people.
        digest: Of both.
    """

    name: str
    shape: Geometry = field(compare=False, repr=False)
    digest: str = ""

    @classmethod
    def of(cls, name: str, shape: Geometry) -> "Area":
        """Makes an area."""
        return cls(name, shape, sha256(name.encode() + b"\0" + shapely.to_wkb(shape)).hexdigest()[:32])

    def common_part(self, other: "Area") -> "Area":
        """What lies in both; it may be empty, and then nothing lies in it."""
        if self == other:
            return self
        return Area.of(f"{self.name} / {other.name}", shapely.intersection(self.shape, other.shape))

    @property
    def bounds(self) -> BBox:
        """Its box."""
        return BBox(*map(float, shapely.bounds(self.shape)))

    def keeper(self, crs: str) -> Callable[[Geometry | None], bool]:
        """Tells of geometries in a CRS whether they touch the area; what has no place is in no area."""
        return lambda geometry: geometry is not None and bool(shapely.intersects(_bent(self, parse_crs(crs)), geometry))

    def mask(self, geometries: npt.NDArray[np.object_], crs: str) -> npt.NDArray[np.bool_]:
        """Tells the same of many."""
        found: npt.NDArray[np.bool_] = shapely.intersects(_bent(self, parse_crs(crs)), geometries)
        return found

    def common(self, box: BBox | None) -> BBox | None:
        """What a box and the box of the area have in common; None = nothing. Of a box in two parts, one may be left."""
        own = self.bounds
        if shapely.is_empty(self.shape):
            return None
        if box is None:
            return own
        found = [part for part in (_common(own, part) for part in box.parts) if part is not None]
        return found[0]._replace(max_x=found[-1].max_x) if found else None


def _common(one: BBox, other: BBox) -> BBox | None:
    west, south = max(one.min_x, other.min_x), max(one.min_y, other.min_y)
    east, north = min(one.max_x, other.max_x), min(one.max_y, other.max_y)
    return BBox(west, south, east, north) if west <= east and south <= north else None


def fine(area: Area) -> Geometry:
    """The shape with so many corners that its edges stay where they are in any projection."""
    return shapely.segmentize(area.shape, _STEP_DEGREES)


def made_ready(shape: Geometry) -> Geometry:
    """Prepares a shape; what that builds at the first question is built here, before threads share it."""
    shapely.prepare(shape)
    shapely.intersects(shape, [shapely.boundary(shape), shapely.point_on_surface(shape)])
    return shape


@lru_cache(256)
def _bent(area: Area, crs: int) -> Geometry:
    def move(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        moved = transform(xy[:, 0], xy[:, 1], source=WGS84, target=crs)
        return np.column_stack((moved.x, moved.y))

    return made_ready(
        area.shape if crs in (WGS84, JGD2011) else shapely.make_valid(shapely.transform(fine(area), move))
    )
