"""The public names: complete, sorted, quick to import."""

import subprocess
import sys

import gis_capture


def test_all_names_are_sorted_and_there() -> None:
    """`__all__` is what a reader sees; everything in it can be imported."""
    assert sorted(gis_capture.__all__) == gis_capture.__all__
    assert all(getattr(gis_capture, name) for name in gis_capture.__all__)


def test_importing_loads_nothing_heavy() -> None:
    """`gis-capture --version` need not wait for GDAL and pandas."""
    code = (
        "import sys, gis_capture; from gis_capture import open_workspace;"
        "print([name for name in ('pandas', 'numpy', 'shapely', 'flask', 'pyproj') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
