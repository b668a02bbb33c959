"""Zip files: names, folders, junk, nesting and bombs."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import Limits, codes, read_ledger
from tests.ledger.conftest import column
from tests.ledger.test_dbf import write_shapefile

CSV = "番号,名称\n1,消火栓\n".encode("cp932")


def write_zip(path: Path, entries: Mapping[str, bytes], *, windows_names: bool = False) -> Path:
    """Writes a zip file; Windows stores names in code page 932 without saying so."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name)
            if windows_names:
                entry.filename = name.encode("cp932").decode("cp437")
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    if windows_names:
        # Python writes such names as UTF-8; Windows writes the bytes of code page 932.
        data = path.read_bytes()
        for name in entries:
            raw = name.encode("cp932")
            written = raw.decode("cp437").encode("utf-8")
            data = data.replace(written, raw.ljust(len(written), b"_"))
        path.write_bytes(data)
    return path


def test_every_ledger_inside_is_read(tmp_path: Path) -> None:
    """Junk of other systems is passed over; where a table came from is told by its source."""
    entries = {
        "台帳/a.csv": CSV,
        "b.csv": CSV,
        "__MACOSX/._b.csv": b"junk",
        ".DS_Store": b"junk",
        "readme.pdf": b"%PDF",
    }
    reading = read_ledger(write_zip(tmp_path / "a.zip", entries))
    assert [str(table.source.path.relative_to(tmp_path / "a.zip")) for table in reading.tables] == [
        "b.csv",
        "台帳/a.csv",
    ]
    assert (reading.source.driver, reading.source.encoding) == ("zip", "cp932")


def test_names_with_backslashes_are_folders(tmp_path: Path) -> None:
    """As old Windows programs write them."""
    reading = read_ledger(write_zip(tmp_path / "a.zip", {"30000-17.0b\\30_2023.csv": CSV}))
    assert [table.name for table in reading.tables] == ["30_2023"]


def test_names_in_code_page_932_are_read(tmp_path: Path) -> None:
    """Without the flag for UTF-8 a name is of Windows."""
    from gis_capture.ledger.drivers.archive import entry_name

    entry = zipfile.ZipInfo("消火栓.csv".encode("cp932").decode("cp437"))
    assert entry_name(entry) == "消火栓.csv"


def test_a_shapefile_inside_is_one_table(tmp_path: Path) -> None:
    """The parts belong together; the dbf is not read a second time."""
    folder = tmp_path / "set"
    folder.mkdir()
    write_shapefile(folder)
    entries = {f"施設/{part.name}": part.read_bytes() for part in folder.iterdir()}
    reading = read_ledger(write_zip(tmp_path / "a.zip", entries))
    assert [(table.name, table.crs) for table in reading.tables] == [("施設", "EPSG:6675")]
    assert column(reading.tables[0], "口径") == ["75", "100"]


def test_a_broken_entry_does_not_stop_the_others(tmp_path: Path) -> None:
    """It is left out and told."""
    reading = read_ledger(write_zip(tmp_path / "a.zip", {"a.csv": CSV, "b.xlsx": b"PK\x03\x04broken"}))
    assert len(reading.tables) == 1
    assert [p.code for p in reading.problems] == [codes.ENTRY_LEFT_OUT]


def test_paths_that_lead_out_of_the_archive_stay_inside(tmp_path: Path) -> None:
    """Nothing is written beside the temporary folder."""
    reading = read_ledger(write_zip(tmp_path / "a.zip", {"../../evil.csv": CSV}))
    assert [table.name for table in reading.tables] == ["evil"]
    assert not list(tmp_path.parent.glob("**/evil.csv"))


@pytest.mark.parametrize(
    ("limits", "entries"),
    [
        (Limits(max_unpacked_bytes=1 << 20), {"a.csv": b"0," * (1 << 20)}),
        (Limits(), {"a.csv": bytes(120 << 20)}),
        (Limits(max_entries=10), {f"{i}.csv": CSV for i in range(20)}),
    ],
    ids=["size", "ratio", "entries"],
)
def test_bombs_are_refused(tmp_path: Path, limits: Limits, entries: Mapping[str, bytes]) -> None:
    """By size, by ratio, by number."""
    with pytest.raises(SourceError, match="too large"):
        read_ledger(write_zip(tmp_path / "a.zip", entries), limits=limits)


def test_archives_inside_archives_end_somewhere(tmp_path: Path) -> None:
    """One level is read, more is not."""
    data = CSV
    for depth in range(4):
        data = write_zip(tmp_path / f"{depth}.zip", {"a.zip" if depth else "a.csv": data}).read_bytes()
    assert len(read_ledger(tmp_path / "1.zip").tables) == 1
    with pytest.raises(SourceError):
        read_ledger(tmp_path / "3.zip")
