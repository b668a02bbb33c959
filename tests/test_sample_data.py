"""The sample data: what the script makes is what is kept, adds up, and is read as its maker meant it."""

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import openpyxl
import pyogrio
import pytest
import shapely

from gis_capture.convert import convert, inspect_source
from gis_capture.definitions import read_layer, read_layers
from gis_capture.errors import SourceError
from gis_capture.model import Feature, FeatureColumns, Layer
from gis_capture.resources import layers_dir, sample_data_dir
from gis_capture.store.protocol import Author, Store
from gis_capture.store.source_rows import SourceBlock, SourceRow

SAMPLES = sample_data_dir()
EXPECTED = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((SAMPLES / "expected").glob("*.json"))}
BROKEN = json.loads((SAMPLES / "broken" / "expected.json").read_text("utf-8"))
# 1e-6 degrees are 0.1 m.
SAME_PLACE_DEG = 2e-6


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample data, made anew by the command of the README."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([sys.executable, SAMPLES / "make_sample_data.py", folder], check=True)
    return folder


def made_files() -> list[str]:
    """Everything in git that the script writes."""
    folders = ("basemap", "broken", "expected", "ledgers")
    return sorted(str(path.relative_to(SAMPLES)) for folder in folders for path in (SAMPLES / folder).iterdir())


def test_the_script_makes_exactly_the_files_that_are_kept(made: Path) -> None:
    """None is missing, none is left over from an earlier version."""
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()) == made_files()


@pytest.mark.parametrize("name", made_files())
def test_the_kept_files_are_what_the_script_makes(name: str, made: Path) -> None:
    """Text byte for byte, workbooks cell by cell, the shapefile feature by feature."""
    new, kept = made / name, SAMPLES / name
    if name.endswith(".xlsx") and "ledgers" in name:
        assert cells(new) == cells(kept)
    elif name.endswith(".shp"):
        first, second = (pyogrio.read_dataframe(path) for path in (new, kept))
        assert first.equals(second) and first.crs == second.crs
    elif not name.endswith((".shx", ".prj", ".xlsx")):
        assert new.read_bytes() == kept.read_bytes()


def cells(path: Path) -> list[Any]:
    """All values, merged ranges and struck-out cells of a workbook."""
    book = openpyxl.load_workbook(path)
    return [
        (
            sheet.title,
            sorted(map(str, sheet.merged_cells.ranges)),
            [[(cell.value, cell.number_format, cell.font.strike) for cell in row] for row in sheet.iter_rows()],
        )
        for sheet in book.worksheets
    ]


def test_every_ledger_has_its_expected_result() -> None:
    """And at least seven ledgers of seven layers are there."""
    ledgers = {path.name for path in (SAMPLES / "ledgers").iterdir() if path.suffix in (".csv", ".xlsx", ".shp")}
    assert ledgers == {expected["source"] for expected in EXPECTED.values()}
    assert len({expected["layer"] for expected in EXPECTED.values()}) >= 7


@pytest.mark.parametrize("name", EXPECTED)
def test_the_expected_result_adds_up(name: str) -> None:
    """Every row of the source is loaded, unlocated, rejected or skipped, once."""
    expected = EXPECTED[name]
    n_of = {kind: expected[f"n_{kind}"] for kind in ("loaded", "unlocated", "rejected", "skipped")}
    assert expected["n_source_rows"] == sum(n_of.values())
    rows = [row["row"] for row in expected["rows"]] + [row["row"] for row in expected["skipped"]]
    assert len(rows) == len(set(rows)) == expected["n_source_rows"]
    layer = read_layer(layers_dir() / expected["layer"])
    assert all(layer.field(field) for row in expected["rows"] for field in row["fields"])


class Collecting:
    """A store that only keeps what a conversion brings."""

    def __init__(self) -> None:
        self.features: dict[str, Feature] = {}
        self.rows: list[SourceRow] = []
        self.revision = 1

    def layers(self) -> tuple[Layer, ...]:
        """None yet."""
        return ()

    def imports(self) -> list[dict[str, Any]]:
        """None yet."""
        return []

    @contextmanager
    def transact(self, author: Author, *, at: str, note: str = "") -> Iterator["Collecting"]:
        """This one is the transaction too."""
        yield self

    def put_layer(self, layer: Layer) -> None:
        """Nothing to do."""

    def insert_columns(self, batches: Iterable[FeatureColumns]) -> int:
        """Keeps them by id."""
        self.features.update((feature.feature_id, feature) for batch in batches for feature in batch.features())
        return len(self.features)

    def put_import(self, record: Mapping[str, Any], blocks: Iterable[SourceBlock]) -> None:
        """Keeps the account."""
        self.rows = [row for block in blocks for row in block.rows()]


def converted(path: Path, layer_key: str) -> tuple[Collecting, dict[str, Any]]:
    """Converts a source; gives what arrived in the store, and the account."""
    store, ids = Collecting(), itertools.count(1)
    conversion = convert(
        path,
        layer=read_layer(layers_dir() / layer_key),
        store=cast(Store, store),
        author="試験",
        clock=lambda: "2026-04-01T00:00:00Z",
        new_id=lambda: f"{next(ids):032x}",
    )
    return store, conversion.to_json()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_ledger_is_read_as_its_maker_meant_it(name: str) -> None:
    """Layer, header, left-out rows, counts, and for every row its outcome, its position and its values."""
    expected = EXPECTED[name]
    path = SAMPLES / "ledgers" / expected["source"]
    inspection = inspect_source(path, layers=read_layers(layers_dir()))
    assert inspection.layer_key == expected["layer"]
    (table,) = inspection.tables
    skipped = [{"row": row["row"], "reason": row["reason"]} for row in table.to_json()["skipped"]]
    assert skipped == expected["skipped"]
    assert table.to_json()["header_rows"] == expected["header_rows"]
    assert table.to_json()["coordinates"]["kind"] == expected["coordinates"]["kind"]
    store, account = converted(path, expected["layer"])
    counts = ("n_source_rows", "n_loaded", "n_unlocated", "n_rejected", "n_skipped")
    assert {key: account[key] for key in counts} == {key: expected[key] for key in counts}
    rows = {row.row_number: row for row in store.rows}
    wrong = [told for row in expected["rows"] for told in differences(row, rows, store)]
    assert wrong == []


def differences(row: dict[str, Any], rows: dict[int, SourceRow], store: Collecting) -> Iterator[str]:
    """Tells what of an expected row is not in the store."""
    source_row = rows[row["row"]]
    outcome, wanted = (source_row.outcome, source_row.reason), (row["outcome"], row.get("reason"))
    if outcome != wanted:
        yield f"{row['row']}: {outcome} instead of {wanted}"
    feature = store.features[str(source_row.feature_id)]
    for name, value in row["fields"].items():
        if feature.fields.get(name) != value:
            yield f"{row['row']}: {name} is {feature.fields.get(name)!r} instead of {value!r}"
    if "position" in row and feature.geometry is not None:
        ((x, y),) = shapely.get_coordinates(feature.geometry)
        if max(abs(x - row["position"][0]), abs(y - row["position"][1])) > SAME_PLACE_DEG:
            yield f"{row['row']}: at {x}, {y} instead of {row['position']}"


def test_every_broken_file_has_its_expected_problem() -> None:
    """They are named by their defect."""
    assert sorted(BROKEN["files"]) == sorted(
        path.name for path in (SAMPLES / "broken").iterdir() if path.suffix != ".json"
    )


@pytest.mark.parametrize("name", BROKEN["files"])
def test_the_defect_of_a_broken_file_is_told(name: str, tmp_path: Path) -> None:
    """By the code of a problem, or as an error that names the file; every readable row stays accounted for."""
    code = BROKEN["files"][name]
    path = Path(shutil.copy(SAMPLES / "broken" / name, tmp_path))
    if code == "error":
        with pytest.raises(SourceError) as caught:
            converted(path, BROKEN["layer"])
        assert name in caught.value.message.ja
        return
    store, account = converted(path, BROKEN["layer"])
    assert code in {problem["code"] for problem in account["problems"]}
    assert account["n_source_rows"] >= len(store.features) >= 10
