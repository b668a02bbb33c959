"""What writes FlatGeobuf is light in a process that has no use of frames."""

import subprocess
import sys

import pytest

_WRITE = """
import sys
from shapely import Point
from gis_capture.model import Feature
from gis_capture.report.flatgeobuf import encode_flatgeobuf, load_alone
from tests.tiles.drawing import LAYER

if "light" in sys.argv:
    load_alone()
    load_alone()
feature = Feature("park", "00000000-0000-7000-8000-000000000001", Point(137.25, 36.125), {"name": "城山"})
content = encode_flatgeobuf(LAYER, [feature])
assert content.startswith(b"fgb\\x03fgb") and "城山".encode() in content
print(*sorted({"pandas", "geopandas"} & {name.partition(".")[0] for name in sys.modules}))
import geopandas
print(len(geopandas.GeoDataFrame(geometry=[Point(1, 2)])))
"""


@pytest.mark.parametrize(("way", "loaded"), [("light", ""), ("plain", "geopandas pandas")])
def test_frames_are_loaded_only_where_they_are_used(way: str, loaded: str) -> None:
    """The files are the same; what hides them from the writer hides them from nobody else."""
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", _WRITE, way], capture_output=True, text=True)

    assert (told.returncode, told.stdout.split("\n")[:2]) == (0, [loaded, "1"]), told.stderr[-2000:]
