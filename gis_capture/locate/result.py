"""What locating gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from shapely import Geometry, Polygon

from gis_capture.locate.evidence import RankedReading
from gis_capture.locate.numbers import Floats
from gis_capture.locate.points import Points
from gis_capture.model import BBox, Problem

Kind = Literal[
    "lonlat_columns", "dms_columns", "packed_dms", "latlon_in_one", "plane_xy", "grid_reference", "mesh_code", "none"
]


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a table keeps positions and how they are written.

    Attributes:
        kind: How they are written.
        columns: Names by role: "lon", "lat"; "latlon" for both in one; "x" (east), "y" (north) in a plane; "mesh";
            "grid".
        crs: "EPSG:…" as the source says it, "unknown" where it does not.
        n_valid: Rows with a readable position inside Japan (in a plane: of a possible size).
        bbox: Of those rows, as written: degrees or metres, x before y, no datum shift.
        first: The first of them, (lon, lat) or (east, north).
    """

    kind: Kind = "none"
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    crs: str | None = None
    n_valid: int = 0
    bbox: BBox | None = None
    first: tuple[float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Gives the form of `gis-capture.inspect/v1`."""
        return {
            "kind": self.kind,
            "columns": {role: list(names) for role, names in self.columns.items()},
            "crs": self.crs,
            "n_valid": self.n_valid,
            "bbox": None if self.bbox is None else list(self.bbox),
            "first": None if self.first is None else list(self.first),
        }


NO_COORDINATES = Coordinates()


@dataclass(frozen=True, slots=True)
class Located:
    """Positions of the rows of a table, each with its evidence; all lists are parallel to the rows.

    Attributes:
        geometries: In the layer's CRS, (x, y); None = no position.
        methods: "coordinates", "dms", "plane", "mesh", "address", or the way of a key ("parcel" …);
            None = no position.
        accuracies_m: Radius in metres within which the place lies, as far as reading and datum tell; None = not known.
        notes: What was read and how, in Japanese; None = the cells were taken as they are.
        reasons: Problem code of the rows without a position.
        coordinates: What was found in the table.
        operation: The datum operations that were used, for the record; "" = none.
        readings: The ways to read the coordinates that were compared, the chosen one first.
        address_columns: Where the addresses stand by which rows were placed.
        key_columns: Where the keys stand by which rows were looked up in another layer.
        areas: Cells of mesh codes in the layer's CRS, where they were asked for; () = none.
        crs_columns: Columns beside the coordinates that say their CRS.
        doubted: Rows whose radius is that of a doubt: it reaches to what speaks against their place.
        shapes: By row, of the features that keys led to, in degrees of JGD2011.
    """

    geometries: Points
    methods: list[str | None]
    accuracies_m: list[float | None]
    notes: list[str | None]
    reasons: list[str | None]
    problems: tuple[Problem, ...]
    coordinates: Coordinates
    operation: str = ""
    readings: tuple[RankedReading, ...] = ()
    address_columns: tuple[str, ...] = ()
    key_columns: tuple[str, ...] = ()
    areas: Sequence[Polygon | None] = ()
    crs_columns: tuple[str, ...] = ()
    doubted: frozenset[int] = frozenset()
    shapes: Mapping[int, Geometry] = field(default_factory=dict)

    def coarseness_m(self) -> Floats:
        """Radii of places that are as near as they could be written, which something finer may replace; else NaN."""
        metres = np.array(self.accuracies_m, np.float64)
        metres[list(self.doubted)] = np.nan
        return metres
