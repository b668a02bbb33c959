"""The change of datum for tablets, as a grid of the area that they take along."""

from flask import Blueprint, Response, request

from gis_capture.locate.crs import parse_crs
from gis_capture.locate.datum import CELL_LAT_DEG, CELL_LON_DEG
from gis_capture.locate.shift_grid import n_nodes, shift_grid
from gis_capture.model import parse_bbox
from gis_capture.server.answers import json_response
from gis_capture.server.context import workspace
from gis_capture.server.errors import RequestError
from gis_capture.text import Text

area = Blueprint("datum_shift", __name__)
MOST_NODES = 100_000
DEGREE_DIGITS = 11


@area.get("/datum-shift")
def give_shift() -> Response:
    """Gives what takes positions from the datum of a CRS to JGD2011, at the nodes of the third mesh."""
    source, box = parse_crs(request.args.get("crs", "")), parse_bbox(request.args.get("bbox", ""))
    if n_nodes(box) > MOST_NODES:
        raise RequestError(
            Text("範囲が広すぎます。レイヤーの範囲を確かめてください。", "The area is too large: look at the extents.")
        )
    grid = shift_grid(source, box, grids_dir=workspace().folder.grids_dir)
    n_rows, n_columns, _ = grid.shifts.shape
    return json_response(
        {
            "format": "gis-capture.datum-shift/v1",
            "crs": f"EPSG:{source}",
            "west": grid.west,
            "south": grid.south,
            "step": [CELL_LON_DEG, CELL_LAT_DEG],
            "n_columns": n_columns,
            "n_rows": n_rows,
            "shifts": grid.shifts.round(DEGREE_DIGITS).ravel().tolist(),
            "accuracy_m": grid.accuracy_m,
        }
    )
