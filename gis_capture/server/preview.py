"""What a person sees of a source before it goes into a layer: its first rows, and where they lie."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from gis_capture.convert import Inspection
from gis_capture.convert.codes import PHOTO_OUTSIDE_TRACK
from gis_capture.errors import CRSError
from gis_capture.ledger import Table
from gis_capture.locate import codes
from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.model import geometry_to_geojson
from gis_capture.workspace import Workspace

MAX_POSITIONS = 2_000
MAX_TABLES = 20
MAX_PROBLEMS = 20
MAX_OUTSIDE_TRACK = 3
NO_CHOICE: Mapping[str, Any] = {}
UNCERTAIN = (
    codes.READING_MARGIN_THIN,
    codes.DATUM_DOUBTED,
    codes.NOTATION_UNCERTAIN,
    codes.CRS_UNKNOWN,
    codes.ZONE_ASSUMED,
    codes.ZONE_DOUBTED,
    codes.AXES_ASSUMED,
    codes.AXES_EXCHANGED,
    codes.POSITIONS_FAR_FROM_ADDRESSES,
)
"""Where one of these is told, a person is asked which reading is right."""
# Takes any geometry in longitude and latitude.
ANY_LAYER = "generic"


def preview_tables(
    inspection: Inspection, workspace: Workspace, how: Mapping[str, Any] = NO_CHOICE, *, language: str = "ja"
) -> list[dict[str, Any]]:
    """Gives rows and positions of the tables; `how` are arguments of `Workspace.position` that a person chose."""
    if "said" in how:
        how["said"].check(column.name for found in inspection.tables for column in found.table.columns)
    return [
        {"table": found.table.name, "rows": _rows(found.table, workspace.settings.preview_rows)}
        | _places(found.table, workspace, how, language)
        for found in inspection.tables[:MAX_TABLES]
    ]


def _rows(table: Table, n_rows: int) -> list[dict[str, Any]]:
    columns = [list(islice(values, n_rows)) for values in table.values]
    names = [column.name for column in table.columns]
    return [
        {"row": row_number, "values": {name: values[index] for name, values in zip(names, columns, strict=True)}}
        for index, row_number in enumerate(islice(table.row_numbers, n_rows))
    ]


def _places(table: Table, workspace: Workspace, how: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Gives the positions of the first rows as features whose property is the row, and what was found about them."""
    first = replace(
        table,
        row_numbers=table.row_numbers[:MAX_POSITIONS],
        values=tuple(values[:MAX_POSITIONS] for values in table.values),
        geometries=None if table.geometries is None else table.geometries[:MAX_POSITIONS],
    )
    layer = workspace.known_layer(ANY_LAYER)
    try:
        positions = workspace.position(first, layer, **how)
    except CRSError:
        if how:
            raise
        # The CRS is asked for when the source is converted; until then there is nothing to draw.
        nothing = {"geojson": {"type": "FeatureCollection", "features": []}, "n_rows": len(first.row_numbers)}
        return nothing | {"n_placed": 0, "methods": {}, "readings": [], "problems": [], "needs_answer": False}
    features = [
        {"type": "Feature", "geometry": geometry_to_geojson(geometry), "properties": {"row": row_number}}
        for row_number, geometry in zip(first.row_numbers, to_lon_lat(positions.geometries, layer.crs), strict=True)
        if geometry is not None
    ]
    about_all = [problem for problem in positions.problems if problem.row_number is None]
    # When the photos were taken and when the track goes is what a person needs to set the clock right.
    outside = [problem for problem in positions.problems if problem.code == PHOTO_OUTSIDE_TRACK]
    told = [*about_all[:MAX_PROBLEMS], *outside[:MAX_OUTSIDE_TRACK]]
    return {
        "geojson": {"type": "FeatureCollection", "features": features},
        "n_rows": len(first.row_numbers),
        "n_placed": len(features),
        "methods": dict(Counter(filter(None, positions.methods)).most_common()),
        "readings": [reading.to_json() for reading in positions.readings],
        "problems": [problem.to_json(language) for problem in told],
        "needs_answer": any(problem.code in UNCERTAIN for problem in about_all),
    }
