"""dBASE tables and shapefiles: encodings, half letters, missing parts."""

import struct
from collections.abc import Sequence
from pathlib import Path

import geopandas
import pytest
import shapely

from gis_capture.errors import SourceError
from gis_capture.ledger import codes, read_ledger
from tests.ledger.conftest import column, names, only_table, skipped

Field = tuple[str, str, int]


def dbf_bytes(
    fields: Sequence[Field],
    rows: Sequence[Sequence[bytes]],
    *,
    encoding: str = "cp932",
    language: int = 0,
    deleted: Sequence[int] = (),
) -> bytes:
    """A dBASE III file; the cells are bytes as they stand in the file."""
    descriptors = b"".join(
        name.encode(encoding)[:10].ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([length, 0]) + bytes(14)
        for name, kind, length in fields
    )
    record_bytes = 1 + sum(length for _, _, length in fields)
    header = (
        struct.pack("<BBBBIHH", 3, 124, 4, 1, len(rows), 33 + len(descriptors), record_bytes)
        + bytes(17)
        + bytes([language, 0, 0])
    )
    body = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(cell.ljust(length, b" ")[:length] for cell, (_, _, length) in zip(row, fields, strict=True))
        for number, row in enumerate(rows)
    )
    return header + descriptors + b"\r" + body + b"\x1a"


FIELDS: list[Field] = [("番号", "N", 6), ("名称", "C", 12), ("設置日", "D", 8), ("延長", "N", 19), ("廃止", "L", 1)]
ROWS = [
    [b"     1", "本町".encode("cp932"), b"20200401", b"       12.50000000", b"T"],
    [b"     2", "花里町消火栓".encode("cp932"), b"00000000", b"*******************", b"?"],
]


def test_fields_become_texts(tmp_path: Path) -> None:
    """Numbers without padding, dates in ISO 8601, nothing for blanks, stars and zeros."""
    path = tmp_path / "a.dbf"
    path.write_bytes(dbf_bytes(FIELDS, ROWS))
    reading = read_ledger(path)
    table = only_table(reading)
    assert (reading.source.driver, reading.source.encoding) == ("dbf", "cp932")
    assert names(table) == ["番号", "名称", "設置日", "延長", "廃止"]
    assert [values[0] for values in table.values] == ["1", "本町", "2020-04-01", "12.5", "TRUE"]
    assert [values[1] for values in table.values] == ["2", "花里町消火栓", None, None, None]


def test_a_letter_cut_in_half_is_told(tmp_path: Path) -> None:
    """A field of 11 bytes holds five kanji and a half."""
    path = tmp_path / "a.dbf"
    path.write_bytes(dbf_bytes([("名称", "C", 11)], [["花里町消火栓".encode("cp932")], ["本町".encode("cp932")]]))
    reading = read_ledger(path)
    assert column(only_table(reading), "名称") == ["花里町消火", "本町"]
    assert [(p.code, p.row_number, p.column) for p in reading.problems] == [(codes.TEXT_CUT_OFF, 1, "名称")]


def test_deleted_records_are_left_out(tmp_path: Path) -> None:
    """Records marked with a star."""
    path = tmp_path / "a.dbf"
    path.write_bytes(dbf_bytes(FIELDS, [*ROWS, *ROWS], deleted=[1]))
    table = only_table(read_ledger(path))
    assert list(table.row_numbers) == [1, 3, 4]
    assert skipped(table) == {2: "deleted"}


def test_a_table_that_is_cut_off_is_told(tmp_path: Path) -> None:
    """The header says two records, one is there."""
    path = tmp_path / "a.dbf"
    path.write_bytes(dbf_bytes(FIELDS, ROWS)[:-40])
    reading = read_ledger(path)
    assert (len(only_table(reading).row_numbers), [p.code for p in reading.problems]) == (1, [codes.TEXT_CUT_OFF])


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        ("cp932", None),
        ("utf-8", None),
        ("utf-8", "UTF-8"),
        ("cp932", "SJIS"),
        ("cp932", "932"),
        ("cp932", "UTF-8"),
        ("utf-8", "SJIS"),
    ],
)
def test_the_encoding_of_a_shapefile_is_found(tmp_path: Path, encoding: str, cpg: str | None) -> None:
    """Believed is a .cpg that the bytes do not contradict; else the bytes decide."""
    path = write_shapefile(tmp_path, encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    reading = read_ledger(path)
    assert column(only_table(reading), "名称") == ["髙山橋", "花里町の消火栓"]
    assert reading.source.encoding == encoding


def write_shapefile(folder: Path, encoding: str = "cp932") -> Path:
    """Two points in zone VII with a name each."""
    frame = geopandas.GeoDataFrame(
        {"名称": ["髙山橋", "花里町の消火栓"], "口径": [75, 100]},
        geometry=[shapely.Point(100.0, 200.0), shapely.Point(300.0, 400.0)],
        crs="EPSG:6675",
    )
    path = folder / "施設.shp"
    frame.to_file(path, engine="pyogrio", encoding=encoding)
    return path


def test_a_shapefile_is_read_with_geometries_and_crs(tmp_path: Path) -> None:
    """Each row has its geometry; x is east."""
    table = only_table(read_ledger(write_shapefile(tmp_path)))
    assert table.crs == "EPSG:6675"
    assert table.geometries is not None
    assert shapely.get_coordinates(list(table.geometries)).tolist() == [[100.0, 200.0], [300.0, 400.0]]
    assert column(table, "口径") == ["75", "100"]
    assert list(table.row_numbers) == [1, 2]


@pytest.mark.parametrize(
    ("suffix", "code"), [(".prj", codes.NO_CRS), (".dbf", codes.NO_ATTRIBUTES), (".shx", codes.INDEX_REBUILT)]
)
def test_a_missing_part_of_a_shapefile_is_told(tmp_path: Path, suffix: str, code: str) -> None:
    """What is there is read; nothing is written beside it."""
    path = write_shapefile(tmp_path)
    path.with_suffix(suffix).unlink()
    before = sorted(tmp_path.iterdir())
    reading = read_ledger(path)
    table = only_table(reading)
    assert [p.code for p in reading.problems] == [code]
    assert table.geometries is not None
    assert len(table.geometries) == 2
    assert sorted(tmp_path.iterdir()) == before


def test_parts_named_in_capitals_belong_together(tmp_path: Path) -> None:
    """施設.SHP, 施設.DBF."""
    path = write_shapefile(tmp_path)
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_suffix(part.suffix.upper()))
    table = only_table(read_ledger(path.with_suffix(".SHP")))
    assert (names(table), table.crs) == (["名称", "口径"], "EPSG:6675")


def test_fewer_attributes_than_geometries_are_told(tmp_path: Path) -> None:
    """No geometry is lost because its record is missing."""
    path = write_shapefile(tmp_path)
    path.with_suffix(".dbf").write_bytes(dbf_bytes([("名称", "C", 20)], [["髙山橋".encode("cp932")]]))
    path.with_suffix(".cpg").unlink(missing_ok=True)
    reading = read_ledger(path)
    table = only_table(reading)
    assert codes.GEOMETRY_NOT_READ in [p.code for p in reading.problems]
    assert (list(table.row_numbers), column(table, "名称")) == ([1, 2], ["髙山橋", None])


def test_the_index_of_a_shapefile_is_refused_by_name(tmp_path: Path) -> None:
    """Somebody picked the wrong file of the set."""
    path = write_shapefile(tmp_path)
    with pytest.raises(SourceError, match=r"Name the \.shp"):
        read_ledger(path.with_suffix(".shx"))


def test_a_projection_file_that_says_nothing_is_told_as_such(tmp_path: Path) -> None:
    """It is there, but nobody can read it."""
    path = write_shapefile(tmp_path)
    path.with_suffix(".prj").write_text("平面直角", "utf-8")
    told = [p.message.ja for p in read_ledger(path).problems if p.code == codes.NO_CRS]
    assert len(told) == 1
    assert "読み取れません" in told[0]


def test_more_attributes_than_geometries_stay(tmp_path: Path) -> None:
    """A record without a geometry is a row without a place."""
    path = write_shapefile(tmp_path)
    dbf = path.with_suffix(".dbf").read_bytes()
    n, header, length = struct.unpack("<IHH", dbf[4:12])
    body = dbf[header : header + n * length]
    path.with_suffix(".dbf").write_bytes(dbf[:4] + struct.pack("<I", n + 1) + dbf[8:header] + body + body[:length])
    table = only_table(read_ledger(path))
    assert len(table.row_numbers) == n + 1
    assert table.geometries is not None
    assert table.geometries[n] is None
