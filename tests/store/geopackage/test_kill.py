"""A kill at any moment leaves the state before; the file stays a sound GeoPackage."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from gis_capture.geopackage.connection import connect
from gis_capture.store import GeoPackageStore, open_store
from tests.store.lamps import lamp

_CHILD = """
import sys
from pathlib import Path
from gis_capture.store import open_store
from tests.store.lamps import AT, OFFICE, lamp
def features():
    for number in range(1_000_000):
        if number == int(sys.argv[2]):
            print("now", flush=True)
        yield lamp(f"k{number}", x=137 + number * 1e-6)
with open_store(Path(sys.argv[1])).transact(OFFICE, at=AT) as transaction:
    transaction.insert(features())
"""


@pytest.mark.parametrize("moment", [10, 12_345])
def test_a_killed_import_leaves_the_state_before(path: Path, store: GeoPackageStore, write: Any, moment: int) -> None:
    """SIGKILL in the middle of a bulk load: integrity, counts, triggers, and what GDAL reads."""
    write(lamp("a"))
    triggers = _triggers(path)
    store.close()
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path), str(moment)], stdout=subprocess.PIPE, cwd=root
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.2)
        child.send_signal(signal.SIGKILL)

    again = open_store(path)
    assert ([one.feature_id for one in again.features("lamp")], again.revision()) == (["a"], 1)
    assert (again.check_integrity(), _triggers(path)) == ([], triggers)
    assert pyogrio.read_info(path, layer="lamp")["features"] == 1
    again.close()


def _triggers(path: Path) -> set[str]:
    database = connect(path)
    found = {row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")}
    database.close()
    return found


_MAKER = """
import sys
from pathlib import Path
from gis_capture.geopackage import files
from gis_capture.store import open_store
def halt(connection, crs):
    print("now", flush=True)
    sys.stdin.read()
if sys.argv[2] == "filling":
    files.put_crs = halt
else:
    files.os.replace = halt
open_store(Path(sys.argv[1]), create=True)
"""


@pytest.mark.parametrize("moment", ["filling", "naming"])
def test_a_store_that_was_killed_while_it_was_made_is_not_there(path: Path, moment: str) -> None:
    """What is left of it stands in nobody's way: the next attempt makes a whole one and takes the rest away."""
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", _MAKER, str(path), moment], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"now\n"
        child.send_signal(signal.SIGKILL)
    was_there = path.exists()

    store = open_store(path, create=True)
    found = (store.revision(), store.layers(), store.check_integrity())
    store.close()

    assert (was_there, found) == (False, (0, (), []))
    assert [file.name for file in path.parent.iterdir()] == [path.name]
