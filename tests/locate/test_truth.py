"""Positions of real files, against what a careful reader wrote down."""

import json
from pathlib import Path
from typing import Any

import pytest

from gis_capture.ledger import read_ledger
from gis_capture.locate import find_coordinates

KINDS = ("lonlat_columns", "dms_columns", "packed_dms", "latlon_in_one")


def entries(shared_dir: Path, kind: str) -> list[tuple[Path, dict[str, Any]]]:
    """Tables of one kind that are the only one of their file."""
    truth = json.loads((shared_dir / "corpus" / "truth.json").read_text(encoding="utf-8"))
    single = [(entry, entry["tables"][0]) for entry in truth if len(entry["tables"]) == 1]
    wanted = [(entry, table) for entry, table in single if (table.get("coordinates") or {}).get("kind") == kind]
    return [(shared_dir / "corpus" / entry["path"], table["coordinates"]) for entry, table in wanted]


@pytest.mark.shared
@pytest.mark.parametrize("kind", KINDS)
def test_coordinates_of_real_files_are_read_as_a_careful_reader_does(shared_dir: Path, kind: str) -> None:
    """Kind, number, extent, first position and CRS of every table."""
    known = entries(shared_dir, kind)
    assert known
    for path, truth in known:
        (table,) = read_ledger(path).tables
        columns = {column.name: values for column, values in zip(table.columns, table.values, strict=True)}
        found = find_coordinates(columns)
        assert (path.name, found.kind, found.crs, found.n_valid) == (path.name, kind, truth["crs"], truth["n_valid"])
        assert found.bbox == pytest.approx(truth["bbox"], abs=1e-6), path.name
        assert found.first == pytest.approx(truth["first"], abs=1e-6), path.name
