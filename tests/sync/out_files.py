"""A workspace that hands files out, and the hands that edit them."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shapely import Point

from gis_capture.geopackage.functions import register_functions
from gis_capture.model import Feature
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.sync.tablets import AT, LAMP, POLE

N_LAMPS = 30


def fid_id(number: int) -> str:
    """The id of the lamp that is handed out as row `number`."""
    return f"00000000-0000-7000-8000-{number:012d}"


def make_workspace(folder: Path, n_lamps: int = N_LAMPS) -> Workspace:
    """A workspace with lamps in a row to the east, and one pole."""
    workspace = Workspace.create(folder)
    workspace.clock = lambda: AT
    lamps = [
        Feature(
            "lamp",
            fid_id(number),
            Point(137 + number / 1000, 36),
            {"number": f"A-{number}", "status": "点灯", "height_m": 4.5, "seen_at": "2026-01-02T03:04:05.678901Z"},
        )
        for number in range(1, n_lamps + 1)
    ]
    with workspace.store.transact(Author("office", "係長"), at=AT) as transaction:
        transaction.put_layer(POLE)
        transaction.put_layer(LAMP)
        transaction.insert([Feature("pole", fid_id(900), Point(137, 36), {"number": "P-1"})])
        transaction.insert(lamps)
    return workspace


@contextmanager
def edited(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to a file, committed at the end."""
    connection = sqlite3.connect(path)
    register_functions(connection)
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def repackaged(path: Path, target: Path, *layers: str) -> Path:
    """The file as GDAL writes it anew: rows numbered anew, tables of ours gone."""
    code = (
        "import sys, fiona\n"
        "for layer in sys.argv[3:]:\n"
        "    with fiona.open(sys.argv[1], layer=layer) as source:\n"
        "        kept = {'schema': source.schema, 'crs_wkt': source.crs_wkt, 'driver': 'GPKG'}\n"
        "        with fiona.open(sys.argv[2], 'w', layer=layer, **kept) as target:\n"
        "            target.writerecords({**one.__geo_interface__, 'id': None} for one in source)\n"
    )
    # In a process of its own: two SQLite libraries in one process take each other's file locks away.
    subprocess.run([sys.executable, "-c", code, str(path), str(target), *layers], check=True, capture_output=True)
    return target


def copy(path: Path, name: str) -> Path:
    """A copy beside a file."""
    return Path(shutil.copyfile(path, path.with_name(name)))


def statuses(workspace: Workspace) -> dict[str, Any]:
    """The status of every lamp by its id."""
    return {one.feature_id: one.fields["status"] for one in workspace.store.features("lamp")}
