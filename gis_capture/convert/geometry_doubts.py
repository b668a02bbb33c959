"""What is doubtful about geometries that a source brings: parcels at the origin of a zone, or far from their town."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from gis_capture.convert.geometries import Geometries, to_crs
from gis_capture.ledger import Table
from gis_capture.locate.crs import GEOGRAPHIC
from gis_capture.locate.doubtful import check_geometries
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.model import Problem


def columns_of(table: Table) -> dict[str, Sequence[str | None]]:
    """The texts of a table by column name."""
    return {column.name: values for column, values in zip(table.columns, table.values, strict=True)}


def doubts_of(table: Table, geometries: Geometries, crs: int, gazetteer: Gazetteer | None) -> Iterator[Problem]:
    """Checks the middle of the box of each geometry: nothing here is nearer than a kilometre.

    Args:
        table: Its rows.
        geometries: In the CRS; None = no position.
        crs: EPSG code.
        gazetteer: Knows where their towns are.
    """
    boxes = shapely.bounds(geometries)
    middles = np.full(len(boxes), None, dtype=object)
    is_there = np.isfinite(boxes[:, 0])
    middles[is_there] = shapely.points((boxes[is_there, :2] + boxes[is_there, 2:]) / 2)
    moved, _ = to_crs(middles, source=crs, target=GEOGRAPHIC["jgd2011"], grids_dir=None)
    lon, lat = shapely.get_x(moved), shapely.get_y(moved)
    yield from check_geometries(columns_of(table), lon, lat, gazetteer, row_numbers=table.row_numbers)
