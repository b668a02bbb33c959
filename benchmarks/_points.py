"""A layer of points, of which the same 10,000 lie in a town whatever its size; and the same in PostGIS."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import shapely

from benchmarks._serving import LAYER, feature_id
from gis_capture.model.feature_columns import FeatureColumns
from gis_capture.store.protocol import Author
from gis_capture.tiles.grid import tile_at
from gis_capture.workspace import Workspace

N_SEEN = 10_000
MOST_OF_PEERS = 1_000_000
"""Features of a layer; with more of them some peers take hours."""
TILES = sorted({tile_at(137.2 + i / 300, 36.1 + j / 300, z) for z in range(11, 17) for i in range(3) for j in range(3)})


def make_points(path: Path, n_features: int) -> Workspace:
    """Makes a workspace with a layer of points, the first ones in a town."""
    workspace = Workspace.create(path, name="見本市")
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.put_layer(workspace.known_layer(LAYER))
        transaction.insert_columns(_points(n_features))
    return workspace


def _points(n_features: int) -> Iterator[FeatureColumns]:
    """So many points column by column: an object for each of ten million would take longer than writing them."""
    chance = np.random.default_rng(2026)
    for first in range(0, n_features, N_SEEN):
        numbers = range(first, min(first + N_SEEN, n_features))
        corner, width = ((137.2, 36.1), 0.01) if first < N_SEEN else ((138.0, 35.0), 1.0)
        unknown = [None] * len(numbers)
        yield FeatureColumns(
            LAYER,
            [feature_id(number) for number in numbers],
            np.asarray(shapely.points(corner + chance.random((len(numbers), 2)) * width)).tolist(),
            {
                "ledger_number": [f"A-{number:07d}" for number in numbers],
                "status": ["点灯"] * len(numbers),
                "location_note": [f"見本市本町{number % 900}番地" for number in numbers],
            },
            methods=unknown,
            accuracies_m=unknown,
            notes=unknown,
        )


def boxes_of_thousand(n_features: int, n_boxes: int = 200) -> list[str]:
    """Parts of queries: boxes in the thinly settled part, in which a thousand points lie or as many as there are."""
    chance, width = random.Random(6), min((1_000 / n_features) ** 0.5, 1.0)
    places = [(137 + chance.random(), 35 + chance.random()) for _ in range(n_boxes)]
    return [f"bbox={x + 1:.4f},{y:.4f},{x + 1 + width:.4f},{y + width:.4f}" for x, y in places]


def fill_postgis(connection: psycopg.Connection[tuple[object, ...]], workspace: Workspace) -> None:
    """Copies the points into a table of PostGIS."""
    connection.execute(
        "CREATE TABLE lights (fid bigint, feature_id text, ledger_number text, status text, location_note text,"
        " geom geometry(Point, 3857))"
    )
    connection.execute("CREATE TEMP TABLE raw (LIKE lights INCLUDING ALL)")
    connection.execute("ALTER TABLE raw ALTER COLUMN geom TYPE geometry(Point, 4326) USING NULL")
    names = ("ledger_number", "status", "location_note")
    with connection.cursor() as cursor, cursor.copy("COPY raw FROM STDIN") as copy:
        for fid, feature in workspace.store.numbered_features(LAYER):
            values = [feature.fields[name] for name in names]
            copy.write_row((fid, feature.feature_id, *values, f"SRID=4326;{feature.geometry}"))
    connection.execute("INSERT INTO lights SELECT fid, feature_id, ledger_number, status, location_note,"
                       " ST_Transform(geom, 3857) FROM raw")  # fmt: skip
    connection.execute("CREATE INDEX ON lights USING gist (geom)")
    connection.execute("SET jit = off")
    connection.execute("ANALYZE lights")
