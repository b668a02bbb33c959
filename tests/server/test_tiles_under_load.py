"""Real processes under load: an edit is in the next tile of each, and every tile shows one state of the layers."""

import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import mapbox_vector_tile
import psycopg
import pytest

from gis_capture.geopackage.functions import register_functions
from gis_capture.model import Constraints
from gis_capture.people import Role
from gis_capture.server.asking import SESSION_COOKIE
from gis_capture.store.postgis import PostgisStore
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.server.conftest import PASSWORD
from tests.server.processes import Asking, serving
from tests.stores import KINDS
from tests.sync.tablets import AT, LAMP, POLE, fill, lamp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes of Linux")
N_LAMPS, N_EDITS, N_ASKERS, N_LOOKS = 60, 9, 4, 8
TILE = "/tiles/lamp/14/14438/6425.mvt"
EDIT = "UPDATE lamp SET number = {number}"


@dataclass
class Looking:
    """Asks for the tile, and judges what comes.

    Attributes:
        committed: Number of the newest edit that had ended.
        etag: Of a tile that came lately; those who ask on may know a newer one already, or an older one still.
    """

    asking: Asking
    committed: int = 0
    etag: str = ""

    def __call__(self) -> int:
        """Gives the edit that the tile shows."""
        least, asking = self.committed, replace(self.asking)
        status, content = asking("GET", TILE)
        assert status == 200
        features = mapbox_vector_tile.decode(content)["lamp"]["features"]
        shown = {int(one["properties"]["label"]) for one in features}
        assert len(features) == N_LAMPS and len(shown) == 1, "the tile is torn"
        (number,) = shown
        assert number >= least, "an edit that had ended is not in the tile"
        self.etag = str(asking.last_headers["ETag"])
        return number


def wait_until_warm(look: Looking) -> None:
    """Waits until what takes the processor behind the start has ended: the encoder is loaded then."""
    for _ in range(60):
        started_s = time.monotonic()
        for _ in range(N_LOOKS):
            look()
        if time.monotonic() - started_s < N_LOOKS * 0.05:
            return
        time.sleep(0.5)


def edit_file(workspace: Workspace) -> Callable[[int], None]:
    """How another program edits the layer file."""

    def edit(number: int) -> None:
        with closing(sqlite3.connect(workspace.folder.store_path, timeout=60)) as connection, connection:
            register_functions(connection)
            connection.execute(EDIT.format(number=f"'{number}'"))

    return edit


def edit_database(workspace: Workspace) -> Callable[[int], None]:
    """How another program edits the layer in a database."""
    store = workspace.store
    assert isinstance(store, PostgisStore)

    def edit(number: int) -> None:
        with psycopg.connect(store.place.conninfo) as connection:
            connection.execute(f"SET search_path TO {store.place.schema}, public")
            connection.execute(EDIT.format(number=f"'{number}'"))

    return edit


@pytest.fixture(params=KINDS)
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """Lamps that lie in one tile, all with the number 0, in a file or in a database."""
    is_file = request.param == KINDS[0]
    url = None if is_file else request.getfixturevalue("schema_url")
    lamps = [lamp(f"00000000-0000-7000-8000-{one:012d}", number="0") for one in range(N_LAMPS)]
    with Workspace.create(tmp_path / "w", store=url) as made:
        layer = replace(
            LAMP, label="{number}", fields=tuple(replace(one, constraints=Constraints()) for one in LAMP.fields)
        )
        fill(made.store, *lamps, layers=(POLE, layer))
        made.people.add_account("高山", PASSWORD, Role.ADMIN)
        yield made


def test_an_edit_is_in_the_next_tile_of_every_process(workspace: Workspace) -> None:
    """Whether another process of ours makes it or another program straight in the tables; no tile shows half of it."""
    edit = edit_file(workspace) if workspace.folder.store_path.is_file() else edit_database(workspace)
    with serving(workspace.path, workers=2) as asking, ThreadPoolExecutor(N_ASKERS) as askers:
        assert asking("POST", "/sign-in", {"name": "高山", "password": PASSWORD})[0] == 200
        token = str(asking.last_headers["Set-Cookie"]).split("=")[1].split(";")[0]
        asking.headers = {"Cookie": f"{SESSION_COOKIE}={token}"}
        look, is_over = Looking(asking), threading.Event()
        wait_until_warm(look)

        def go_on() -> int:
            n_looks = 0
            while not is_over.is_set():
                look()
                n_looks += 1
            return n_looks

        load = [askers.submit(go_on) for _ in range(N_ASKERS)]
        try:
            for number in range(1, N_EDITS + 1):
                before = look.etag
                if number % 3:
                    edit(number)
                else:
                    lamps = list(workspace.store.features("lamp"))
                    with workspace.store.transact(Author("office"), at=AT) as transaction:
                        for one in lamps:
                            transaction.update(replace(one, fields={**one.fields, "number": str(number)}))
                look.committed = number
                # On new connections, so that each process is asked.
                assert {look() for _ in range(N_LOOKS)} == {number}
                assert asking("GET", TILE, **{"If-None-Match": before})[0] == 200
                assert asking.last_headers["ETag"] != before
                time.sleep(0.02)
        finally:
            is_over.set()
        assert sum(one.result() for one in load) > N_EDITS
        assert len(asking.workers()) == 2
