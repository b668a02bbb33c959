"""Gives rows their positions, each with its evidence and its accuracy.

Columns of texts come in, points in the layer's CRS go out. This part knows no table, no store and no layer.
"""

from gis_capture.locate import codes
from gis_capture.locate.find import find_coordinates
from gis_capture.locate.points import Points
from gis_capture.locate.result import Coordinates, Located
from gis_capture.locate.rows import locate_rows

__all__ = ["Coordinates", "Located", "Points", "codes", "find_coordinates", "locate_rows"]
