"""An edit in one process is in the next tile of every other, under a name that no other content has."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from shapely import Point

from gis_capture.model import Feature
from gis_capture.store import Store, open_store
from gis_capture.store.protocol import Author
from gis_capture.tiles.grid import tile_at
from tests.stores import KINDS
from tests.tiles.drawing import LAYER

AT = "2026-11-23T00:00:00Z"
TILE = tile_at(137.25, 36.14, 14)
ANSWER = """
import json, sys
from pathlib import Path
import mapbox_vector_tile
from gis_capture.store import open_store
from gis_capture.tiles import TileService
place, tile = sys.argv[1], json.loads(sys.argv[2])
store = open_store(place if "://" in place else Path(place))
service = TileService(store)
for _ in sys.stdin:
    name = service.generation(["park"], *tile)
    content = service.encode(["park"], *tile)
    features = mapbox_vector_tile.decode(content)["park"]["features"] if content else []
    names = sorted(one["properties"]["name"] for one in features)
    print(json.dumps([name, names]), flush=True)
"""


@contextmanager
def worker(place: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that tells name and content of the tile for each line."""
    command = [sys.executable, "-c", ANSWER, place, json.dumps(TILE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def tell(process: "subprocess.Popen[str]") -> tuple[str, list[str]]:
    """Asks a process for its tile."""
    assert process.stdin and process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    name, names = json.loads(process.stdout.readline())
    return name, names


def put(store: Store, number: int, name: str) -> None:
    """Names a park, or makes it."""
    feature_id = f"00000000-0000-7000-8000-{number:012d}"
    made: Any = Feature("park", feature_id, Point(137.25, 36.14), {"name": name, "size": None, "owner": None})
    with store.transact(Author("office"), at=AT) as transaction:
        if transaction.feature("park", feature_id):
            transaction.update(made)
        else:
            transaction.insert([made])


@pytest.mark.parametrize("kind", KINDS)
def test_workers_see_what_another_wrote(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """At once, each of them, whichever of them had been asked before."""
    place = str(tmp_path / "layers.gpkg") if kind == KINDS[0] else str(request.getfixturevalue("schema_url"))
    store = open_store(Path(place) if kind == KINDS[0] else place, create=True)
    with store.transact(Author("office"), at=AT) as transaction:
        transaction.put_layer(LAYER)
    contents: dict[str, list[str]] = {}
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(place)) for _ in range(2)]
        for number in range(12):
            put(store, number % 3, f"版{number}")
            for process in workers if number % 4 == 0 else [workers[number % 2]]:
                name, names = tell(process)
                assert f"版{number}" in names and len(names) == min(number + 1, 3)
                assert contents.setdefault(name, names) == names
    store.close()
