"""What a person sees of a source before it goes into a layer: its first rows, and where they lie."""

from dataclasses import replace
from itertools import islice
from typing import Any

from gis_capture.convert import Inspection
from gis_capture.convert.positions import position_rows
from gis_capture.errors import CRSError
from gis_capture.ledger import Table
from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.model import geometry_to_geojson
from gis_capture.workspace import Workspace

MAX_POSITIONS = 2_000
MAX_TABLES = 20
# Takes any geometry in longitude and latitude.
ANY_LAYER = "generic"


def preview_tables(inspection: Inspection, workspace: Workspace) -> list[dict[str, Any]]:
    """Gives rows and positions of the tables."""
    tables = [found.table for found in inspection.tables[:MAX_TABLES]]
    return [
        {
            "table": table.name,
            "rows": _rows(table, workspace.settings.preview_rows),
            "geojson": {"type": "FeatureCollection", "features": _places(table, workspace)},
        }
        for table in tables
    ]


def _rows(table: Table, n_rows: int) -> list[dict[str, Any]]:
    columns = [list(islice(values, n_rows)) for values in table.values]
    names = [column.name for column in table.columns]
    return [
        {"row": row_number, "values": {name: values[index] for name, values in zip(names, columns, strict=True)}}
        for index, row_number in enumerate(islice(table.row_numbers, n_rows))
    ]


def _places(table: Table, workspace: Workspace) -> list[dict[str, Any]]:
    """Gives the positions of the first rows as features whose property is the row."""
    first = replace(
        table,
        row_numbers=table.row_numbers[:MAX_POSITIONS],
        values=tuple(values[:MAX_POSITIONS] for values in table.values),
        geometries=None if table.geometries is None else table.geometries[:MAX_POSITIONS],
    )
    layer = workspace.known_layer(ANY_LAYER)
    try:
        positions = position_rows(first, layer, grids_dir=workspace.grids_dir)
    except CRSError:
        # The CRS is asked for when the source is converted; until then there is nothing to draw.
        return []
    return [
        {"type": "Feature", "geometry": geometry_to_geojson(geometry), "properties": {"row": row_number}}
        for row_number, geometry in zip(first.row_numbers, to_lon_lat(positions.geometries, layer.crs), strict=True)
        if geometry is not None
    ]
