"""The common workload: 200,000 points, 50,000 areas and 20,000 lines with all their attributes, and 300 tiles.

`BENCHMARK_WORKLOAD` names the folder with `make_workload.py` and `tiles.txt`; without it ../shared/bench is looked for.
"""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pyogrio

from gis_capture.model import Feature, Field, FieldType, Layer, Text
from gis_capture.model.layer import GeometryType
from gis_capture.store.protocol import Author
from gis_capture.tiles.grid import Tile
from gis_capture.workspace import Workspace

LAYERS: dict[str, GeometryType] = {"facilities": "Point", "parcels": "MultiPolygon", "roads": "LineString"}
_TYPES = {"object": "text", "str": "text", "float64": "real", "int32": "integer", "bool": "boolean"}
_COLUMNS = {"text": "text", "real": "double precision", "integer": "integer", "boolean": "boolean"}
_MVT = """
SELECT ST_AsMVT(t, '{layer}', 4096, 'geom', 'fid') FROM (
  SELECT fid, feature_id, {names}, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64) AS geom
  FROM {layer} WHERE geom && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)) t
"""


def find_workload() -> Path | None:
    """The folder of the workload; None where there is none."""
    folder = Path(os.environ.get("BENCHMARK_WORKLOAD", Path(__file__).parents[1] / "../shared/bench")).resolve()
    return folder if (folder / "make_workload.py").is_file() else None


def read_tiles(workload: Path) -> list[Tile]:
    """The tiles to be measured."""
    return [Tile(*map(int, line.split("/"))) for line in (workload / "tiles.txt").read_text().split()]


def make_source(workload: Path, folder: Path) -> Path:
    """Makes the GeoPackage of the features, unless it is in the folder; gives its path."""
    source = folder / "work.gpkg"
    command = [sys.executable, str(workload / "make_workload.py"), str(source)]
    if not source.exists():
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return source


def make_workspace(workload: Path, folder: Path) -> Path:
    """Makes a workspace of the features; gives its path."""
    source, path = make_source(workload, folder), folder / "w"
    with Workspace.create(path, name="見本市") as workspace:
        for key, kind in LAYERS.items():
            read = pyogrio.read_dataframe(source, layer=key)
            columns = {name: str(read[name].dtype) for name in read.columns if name != "geometry"}
            fields = tuple(
                Field(f"{key}.{name}", name, Text(name, name), FieldType(_TYPES[kind]))
                for name, kind in columns.items()
            )
            layer = Layer(key, Text(key, key), kind, fields)
            with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
                transaction.put_layer(layer)
                transaction.insert(_features(key, read))
    return path


def feature_id(key: str, number: int) -> str:
    """The id of a feature."""
    return str(uuid.UUID(int=number + (list(LAYERS).index(key) + 1 << 40), version=4))


def _features(key: str, read: Any) -> Iterator[Feature]:
    names = [name for name in read.columns if name != "geometry"]
    columns = [[None if value != value else value for value in read[name].tolist()] for name in names]
    for number, (geometry, *values) in enumerate(zip(read.geometry, *columns, strict=True)):
        yield Feature(key, feature_id(key, number), geometry, dict(zip(names, values, strict=True)))


def fill_postgis(connection: psycopg.Connection[tuple[object, ...]], workspace: Workspace) -> list[str]:
    """Copies the layers into tables with geometries in 3857; gives the prepared statements, one for each layer."""
    connection.execute("SET jit = off")
    statements = []
    for key in LAYERS:
        fields = workspace.store.layer(key).fields
        columns = ", ".join(f"{field.name} {_COLUMNS[field.type]}" for field in fields)
        connection.execute(f"CREATE TABLE {key} (fid bigint, feature_id text, {columns}, geom geometry)")
        with connection.cursor() as cursor, cursor.copy(f"COPY {key} FROM STDIN") as copy:
            for fid, feature in workspace.store.numbered_features(key):
                values = [feature.fields[field.name] for field in fields]
                copy.write_row((fid, feature.feature_id, *values, f"SRID=4326;{feature.geometry}"))
        connection.execute(f"UPDATE {key} SET geom = ST_Transform(geom, 3857)")
        connection.execute(f"CREATE INDEX ON {key} USING gist (geom)")
        connection.commit()
        connection.autocommit = True
        connection.execute(f"VACUUM FULL ANALYZE {key}")
        connection.autocommit = False
        statement = f"tile_{key}"
        names = ", ".join(field.name for field in fields)
        connection.execute(f"PREPARE {statement} (int, int, int) AS {_MVT.format(layer=key, names=names)}")
        statements.append(statement)
    return statements
