"""A server that is stopped, killed or copied under load: what had a receipt is there, and nothing is half there."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from gis_capture.workspace import Workspace
from gis_capture.workspace.backups import restore
from gis_capture.workspace.identity import new_id, utc_now
from tests.faults.crews import Crews
from tests.faults.oracle import STORED, complaints
from tests.faults.tablet import HeadlessTablet
from tests.server.processes import serving
from tests.sync.tablets import LAMP, POLE, fill, lamp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes of Linux")
N_TABLETS = 6
LIMIT_S = 60


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with a lamp."""
    path = tmp_path / "作業 フォルダー"
    with Workspace.create(path) as made:
        fill(made.store, lamp("f1", name="甲"), layers=(POLE, LAMP))
    return path


def receipts_of(crews: Crews) -> set[str]:
    """The changes of which a tablet was told that they are stored."""
    told = (receipt for tablet in crews.tablets for receipt in list(tablet.told.values()))
    return {receipt["change_id"] for receipt in told if receipt["status"] in STORED}


def wait_for_receipts(crews: Crews) -> set[str]:
    """Waits until the crews are in the midst of their work; gives the changes that are stored by then."""
    deadline = time.monotonic() + LIMIT_S
    while len(told := receipts_of(crews)) <= 3 * N_TABLETS and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(told) > 3 * N_TABLETS, crews.errors
    return told


def stored_in(path: Path) -> set[str]:
    """The changes that a workspace knows."""
    with Workspace.open(path) as workspace, workspace.store.snapshot() as snapshot:
        return {change.change_id for change in snapshot.sync.changes()}


@pytest.mark.parametrize(("way", "n_workers"), [("stop", 2), ("kill", 2)])
def test_what_had_a_receipt_outlives_the_server(place: Path, way: str, n_workers: int) -> None:
    """Under load: a stop ends all processes soon, with what they were at; after a kill all is sent again."""
    with serving(place, workers=n_workers) as asking:
        crews = Crews(asking.port, N_TABLETS)
        with crews.at_work():
            wait_for_receipts(crews)
            began = time.monotonic()
            if way == "kill":
                asking.kill()
            else:
                asking.process.terminate()
                assert asking.process.wait(timeout=40) == 0
                assert time.monotonic() - began < 20
        told = receipts_of(crews)
    assert told <= stored_in(place)
    assert sorted(one.name for one in place.glob("layers.gpkg*")) == ["layers.gpkg"] or way == "kill"

    with serving(place) as asking:
        crews.port = asking.port
        crews.settle()
    assert complaints(place, crews.tablets, crews.captured, []) == []


def test_a_backup_taken_under_load_is_whole(place: Path, tmp_path: Path) -> None:
    """Restored elsewhere it passes the oracle; what had a receipt before it began is in it."""
    with serving(place, workers=2) as asking:
        crews = Crews(asking.port, N_TABLETS)
        with crews.at_work():
            told = wait_for_receipts(crews)
            with Workspace.open(place) as workspace:
                made = workspace.back_up()
            time.sleep(1)
        crews.settle()

    restored = restore(made.path, tmp_path / "restored", at=utc_now(), new_id=new_id)
    assert told and told <= stored_in(tmp_path / "restored")
    # A new tablet has what the backup has; the old ones have more, and bring it when they sync.
    with serving(tmp_path / "restored") as asking:
        fresh = HeadlessTablet("fresh")
        fresh.pull_all(asking.port)
    assert fresh.epoch == restored.epoch
    assert complaints(tmp_path / "restored", [fresh], [], []) == []


def test_a_photograph_that_is_made_into_tiles_does_not_keep_a_server_from_stopping(tmp_path: Path) -> None:
    """It is cut, with its process, and goes on at the next start."""
    photo, place = tmp_path / "photo.tif", tmp_path / "place"
    size = 6_000
    profile = {"driver": "GTiff", "width": size, "height": size, "count": 3, "dtype": "uint8", "crs": "EPSG:6675"}
    noise = np.random.default_rng(0).integers(0, 255, (3, size, size), dtype=np.uint8)
    with rasterio.open(photo, "w", transform=from_origin(-20_000, -15_000, 0.2, 0.2), **profile) as target:
        target.write(noise)
    with Workspace.create(place) as made:
        made.rasters.prepare([photo], name="photo")
    with serving(place) as asking:
        deadline = time.monotonic() + LIMIT_S
        while asking.json("GET", "/rasters")[1]["jobs"][0]["progress"] == 0 and time.monotonic() < deadline:
            time.sleep(0.1)
        began = time.monotonic()
        asking.process.terminate()
        assert asking.process.wait(timeout=40) == 0
        assert time.monotonic() - began < 20

    ends = time.monotonic() + 10
    while (found := _building(place)) and time.monotonic() < ends:
        time.sleep(0.1)
    assert not found
    with Workspace.open(place) as workspace:
        assert [job["state"] for job in workspace.rasters.jobs()] == ["stopped"]


def _building(place: Path) -> str:
    """The processes that make tiles of a workspace."""
    told = subprocess.run(["pgrep", "-f", f"raster.building {place}"], capture_output=True, text=True)
    return told.stdout.strip()
