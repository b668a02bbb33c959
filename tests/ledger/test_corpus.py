"""Real files of cities and ministries: every table is read as a careful person reads it."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import Table, read_ledger

pytestmark = pytest.mark.shared

HOSTILE = """
import sys
from pathlib import Path
from gis_capture.errors import SourceError
from gis_capture.ledger import read_ledger
for name in sys.argv[1:]:
    try:
        read_ledger(Path(name))
    except SourceError as error:
        assert error.message.ja and error.message.en
"""


def is_read(truth: dict[str, Any], table: Table) -> bool:
    """Whether header rows, number of rows and names are those of the truth or of a reading that counts as right."""
    accepted = truth.get("accept", {})
    return (
        list(table.header_rows) in [truth["header_rows"], *accepted.get("header_rows", [])]
        and (truth["n_rows"] is None or len(table.row_numbers) in [truth["n_rows"], *accepted.get("n_rows", [])])
        and any(len(names) == len(table.columns) for names in [truth["columns"], *accepted.get("columns", [])] if names)
    )


def test_ledgers_are_read_as_a_careful_person_reads_them(shared_dir: Path) -> None:
    """Encoding, number of tables, header rows, data rows and columns of every ledger with one sensible reading."""
    entries = json.loads((shared_dir / "corpus" / "truth.json").read_text("utf-8"))
    wrong = []
    for entry in entries:
        if entry["kind"] != "ledger" or "accept_tables" in entry:
            continue
        reading = read_ledger(shared_dir / "corpus" / entry["path"])
        sheets = entry.get("sheets_considered")
        tables = [table for table in reading.tables if not sheets or table.sheet in sheets]
        encodings = [entry["encoding"], *entry.get("accept", {}).get("encoding", [])]
        is_right = len(tables) == len(entry["tables"]) and all(map(is_read, entry["tables"], tables))
        if not is_right or (entry["encoding"] and reading.source.encoding not in encodings):
            wrong.append(entry["path"])
    assert wrong == []


def test_every_file_is_read_or_refused(shared_dir: Path) -> None:
    """Whatever it is, nothing but a SourceError comes out."""
    n_refused = 0
    for folder in (
        "04_geojson_kml_gpx",
        "06_gov_xml_gml",
        "08_dxf_cad",
        "09_excel_edge",
        "10_csv_edge",
        "13_raster_scan",
    ):
        for path in sorted((shared_dir / "corpus" / folder).iterdir()):
            if path.suffix.lower() in (".tif", ".jpg"):
                continue
            try:
                read_ledger(path)
            except SourceError as error:
                n_refused += 1
                assert path.name.split(".")[0] in error.message.ja or ".zip" in path.suffix
    assert n_refused > 0


def test_hostile_files_end_within_ten_seconds_and_a_gigabyte(shared_dir: Path) -> None:
    """Bombs, encrypted and broken files: read or refused, no hang, no crash."""
    paths = [p for folder in ("11_hostile", "12_shp_edge") for p in sorted((shared_dir / "corpus" / folder).iterdir())]
    run = subprocess.run(
        [sys.executable, "-c", HOSTILE, *map(str, paths)],
        capture_output=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()[-2000:]


def test_the_encoding_of_japanese_shapefiles_is_found(shared_dir: Path) -> None:
    """With and without .cpg, the field texts are Japanese."""
    for path in sorted((shared_dir / "corpus" / "03_shapefile_jp").rglob("*.shp")):
        reading = read_ledger(path)
        assert reading.source.encoding in ("cp932", "utf-8")
        assert "bytes_not_decoded" not in [problem.code for problem in reading.problems]
