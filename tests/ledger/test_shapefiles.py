"""Shapefiles of which the shapes or the index are broken."""

from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely

from gis_capture.ledger import codes, read_ledger
from tests.ledger.conftest import column, only_table


def write_areas(path: Path) -> bytearray:
    """A shapefile of eight triangles of the same length, of which the fourth is a null shape; gives its main file."""
    shapes = [None if n == 3 else shapely.Polygon([(n, 0), (n + 1, 0), (n + 1, 1)]) for n in range(8)]
    frame = geopandas.GeoDataFrame({"名称": [f"区{n}" for n in range(1, 9)]}, geometry=shapes, crs=6675)
    frame.to_file(path, encoding="cp932", engine="pyogrio")
    return bytearray(path.read_bytes())


@pytest.mark.parametrize(("at", "value", "has_index"), [(8, 77, True), (44, 99_999, True), (44, 99_999, False)])
def test_broken_shapes_of_a_shapefile_are_told(tmp_path: Path, at: int, value: int, *, has_index: bool) -> None:
    """By the number of the record; attributes stay, and a null shape is nothing to tell."""
    path = tmp_path / "a.shp"
    data = write_areas(path)
    offset = 2 * int.from_bytes((tmp_path / "a.shx").read_bytes()[108:112], "big") + at
    data[offset : offset + 4] = value.to_bytes(4, "little")
    path.write_bytes(data)
    if not has_index:
        (tmp_path / "a.shx").unlink()
    reading = read_ledger(path)
    assert column(only_table(reading), "名称") == [f"区{n}" for n in range(1, 9)]
    told = [p for p in reading.problems if p.code == codes.GEOMETRY_NOT_READ]
    assert [p.row_number for p in told] == [2]
    assert "(number 2)" in told[0].message.en


def test_shapes_behind_the_end_of_a_cut_off_file_are_told(tmp_path: Path) -> None:
    """Their records are rows with attributes."""
    path = tmp_path / "a.shp"
    data = write_areas(path)
    path.write_bytes(data[: len(data) * 6 // 10])
    reading = read_ledger(path)
    table = only_table(reading)
    lost = [n for n, shape in zip(table.row_numbers, table.geometries or (), strict=True) if shape is None and n != 4]
    assert lost == [5, 6, 7, 8]
    (told,) = [p for p in reading.problems if p.code == codes.GEOMETRY_NOT_READ]
    assert "(number 5, 6, 7, 8)" in told.message.en


def _zeros(index: bytes) -> bytes:
    return index[:100] + bytes(len(index) - 100)


def _far(index: bytes) -> bytes:
    return index[:116] + b"\x7f\xff\xff\xff" + index[120:]


def _twice_the_same(index: bytes) -> bytes:
    return index[:116] + index[100:104] + index[120:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda index: b"",
        lambda index: index[:40],
        lambda index: index[:100],
        lambda index: index[:120],
        lambda index: index[:-3],
        lambda index: b"\xff" * len(index),
        _zeros,
        _far,
        _twice_the_same,
    ],
    ids=["empty", "half a head", "only a head", "cut", "cut in an entry", "noise", "zeros", "far", "twice the same"],
)
def test_a_broken_index_is_told_and_not_used(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """The main file alone says where its shapes are; nothing is written beside it."""
    path, index = tmp_path / "a.shp", tmp_path / "a.shx"
    write_areas(path)
    whole = only_table(read_ledger(path))
    index.write_bytes(damage(index.read_bytes()))
    before = index.read_bytes()
    reading = read_ledger(path)
    assert only_table(reading).geometries == whole.geometries
    assert column(only_table(reading), "名称") == column(whole, "名称")
    (told,) = reading.problems
    assert (told.code, told.severity) == (codes.INDEX_REBUILT, "warning")
    assert "a.shx" in told.message.ja
    assert index.read_bytes() == before


def test_an_index_in_another_order_than_the_shapes_is_used(tmp_path: Path) -> None:
    """Programs that edit in place write a record that grew to the end of the main file, and leave a gap."""
    path, index = tmp_path / "a.shp", tmp_path / "a.shx"
    data, entries = write_areas(path), bytearray((tmp_path / "a.shx").read_bytes())
    offset, length = (2 * int.from_bytes(entries[at : at + 4], "big") for at in (108, 112))
    entries[108:112] = (len(data) // 2).to_bytes(4, "big")
    data += data[offset : offset + length + 8]
    data[24:28] = (len(data) // 2).to_bytes(4, "big")
    data[offset + 8 : offset + length + 8] = bytes(length)
    before = only_table(read_ledger(path)).geometries
    path.write_bytes(data)
    index.write_bytes(entries)
    reading = read_ledger(path)
    assert only_table(reading).geometries == before
    assert not reading.problems
