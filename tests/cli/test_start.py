"""What a command brings in before it does its work: a clerk waits for it every time."""

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

HEAVY = ("fiona", "pyogrio", "geopandas", "pandas", "rasterio", "numba", "openpyxl", "xlrd", "pdfplumber", "ezdxf")
SCRIPT = """
import sys
from gis_capture.cli import main

try:
    main(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("command", ["inspect", "convert"])
def test_plain_ledgers_bring_in_no_library_of_maps(tmp_path: Path, suffix: str, command: str) -> None:
    """Neither GDAL nor pandas nor the readers of other formats, which take seconds to begin."""
    lines = ["管理番号,設置場所,緯度,経度", "A-1,本町,36.14,137.25", "A-2,花里町,36.15,137.26"]
    path = tmp_path / f"街路灯台帳{suffix}"
    if suffix == ".csv":
        path.write_text("\n".join(lines), "utf-8")
    else:
        book = openpyxl.Workbook()
        for line in lines:
            book.worksheets[0].append(line.split(","))
        book.save(path)
    arguments = [command, str(path)]
    if command == "convert":
        workspace = tmp_path / "w"
        subprocess.run([sys.executable, "-m", "gis_capture", "init", str(workspace)], check=True, capture_output=True)
        arguments += ["--layer", "street_light", "--workspace", str(workspace)]
    done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr[-2000:]
    assert [name for name in HEAVY if name in done.stderr.split()] == []
