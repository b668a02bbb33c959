"""Photos with a position as a ledger of points; folders of them and of ledgers."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from shapely import Point

from gis_capture.errors import SourceError
from gis_capture.ledger import Limits, codes, read_ledger
from tests.ledger.conftest import column, only_table

CSV = "番号,名称\n1,消火栓\n"
GPS = {
    1: "N",
    2: (36.0, 8.0, IFDRational(4602, 100)),
    3: "E",
    4: (137.0, 15.0, 0.0),
    5: b"\x01",
    6: IFDRational(125, 10),
    7: (0.0, 30.0, 5.0),
    16: "T",
    17: IFDRational(2705, 10),
    18: "WGS-84",
    29: "2024:04:05",
    31: IFDRational(48, 10),
}


def photo(path: Path, gps: dict[int, Any] | None = None, *, has_time: bool = True) -> Path:
    """Writes a small photo."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "M1"
    if has_time:
        exif.get_ifd(0x8769)[0x9003] = "2024:04:05 09:30:05"
        exif.get_ifd(0x8769)[0x9011] = "+09:00"
    if gps is not None:
        exif.get_ifd(0x8825).update(gps)
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    return path


def test_a_photo_is_a_point_with_what_it_says_of_itself(tmp_path: Path) -> None:
    """Degrees, minutes and seconds; the height below the sea; direction, accuracy, times."""
    reading = read_ledger(photo(tmp_path / "消火栓.jpg", GPS))
    table = only_table(reading)
    assert (reading.source.driver, table.crs) == ("photos", "EPSG:4326")
    assert table.geometries is not None
    point = table.geometries[0]
    assert isinstance(point, Point)
    assert (point.x, point.y) == pytest.approx((137.25, 36 + 8 / 60 + 46.02 / 3600))
    found = {c.name: values[0] for c, values in zip(table.columns, table.values, strict=True)}
    assert found == {
        "ファイル名": "消火栓.jpg",
        "撮影日時": "2024-04-05T09:30:05+09:00",
        "緯度": "36.14611667",
        "経度": "137.25",
        "標高": "-12.5",
        "方位": "270.5",
        "方位の基準": "真北",
        "水平精度": "4.8",
        "測地系": "WGS-84",
        "測位日時": "2024-04-05T00:30:05Z",
        "機種": "Maker M1",
    }


def test_a_folder_of_photos_lists_those_without_a_position(tmp_path: Path) -> None:
    """They are rows too, so that nothing is lost; a broken one is among them."""
    folder = tmp_path / "現地"
    (folder / "北").mkdir(parents=True)
    photo(folder / "a.jpg", GPS)
    photo(folder / "北" / "b.jpg")
    (folder / "c.jpg").write_bytes(b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00broken")
    reading = read_ledger(folder)
    table = only_table(reading)
    assert column(table, "ファイル名") == ["a.jpg", "c.jpg", "北/b.jpg"]
    assert [geometry is None for geometry in table.geometries or ()] == [False, True, True]
    assert [p.code for p in reading.problems] == [codes.PHOTO_WITHOUT_POSITION] * 2


def test_photos_of_another_datum_are_a_table_of_their_own(tmp_path: Path) -> None:
    """Old cameras wrote TOKYO: four hundred metres away if it is not told."""
    photo(tmp_path / "a.jpg", GPS)
    photo(tmp_path / "b.jpg", GPS)
    exif_tokyo = {**GPS, 18: "TOKYO"}
    photo(tmp_path / "c.jpg", exif_tokyo)
    assert sorted(str(table.crs) for table in read_ledger(tmp_path).tables) == ["EPSG:4301", "EPSG:4326"]


def test_a_zip_of_photos_is_read(tmp_path: Path) -> None:
    """As a tablet hands them over."""
    photo(tmp_path / "a.jpg", GPS)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.jpg", "現地/a.jpg")
    assert column(only_table(read_ledger(tmp_path / "a.zip")), "ファイル名") == ["現地/a.jpg"]


def test_the_block_of_a_heic_file_is_found(tmp_path: Path) -> None:
    """Without a codec: the block of EXIF is that of a JPEG."""
    with Image.open(photo(tmp_path / "a.jpg", GPS)) as image:
        exif = image.info["exif"]
    (tmp_path / "b.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(60) + exif + bytes(20))
    table = only_table(read_ledger(tmp_path / "b.heic"))
    assert column(table, "緯度") == ["36.14611667"]


@pytest.mark.parametrize("gps", [None, {**GPS, 2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, {**GPS, 2: (99.0, 0.0, 0.0)}])
def test_a_photo_without_a_position_is_a_row_where_it_says_when_it_was_taken(
    tmp_path: Path, gps: dict[int, Any] | None
) -> None:
    """A track may place it; one whose receiver wrote zeros or what cannot be has no position either."""
    reading = read_ledger(photo(tmp_path / "a.jpg", gps))
    assert only_table(reading).geometries == [None]
    assert [p.code for p in reading.problems] == [codes.PHOTO_WITHOUT_POSITION]


def test_an_image_that_says_neither_where_nor_when_is_no_ledger(tmp_path: Path) -> None:
    """A scan, a drawing: what it can become instead is told."""
    with pytest.raises(SourceError) as caught:
        read_ledger(photo(tmp_path / "a.jpg", has_time=False))
    assert "位置情報のない画像" in caught.value.message.ja


def test_photos_beside_a_ledger_are_its_attachments(tmp_path: Path) -> None:
    """They are told, not read."""
    photo(tmp_path / "a.jpg", GPS)
    (tmp_path / "台帳.csv").write_text(CSV, "utf-8")
    reading = read_ledger(tmp_path)
    assert only_table(reading).name == "台帳"
    assert [p.code for p in reading.problems] == [codes.ATTACHMENTS_LEFT_OUT]


def test_a_folder_of_ledgers_is_read_in_order(tmp_path: Path) -> None:
    """Also zip files in it; locks of office programs, links and pipes are passed over."""
    (tmp_path / "b.csv").write_text(CSV, "utf-8")
    (tmp_path / "~$b.xlsx").write_bytes(b"lock")
    (tmp_path / "c.csv").symlink_to(tmp_path / "b.csv")
    os.mkfifo(tmp_path / "d.csv")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.csv", CSV)
    reading = read_ledger(tmp_path)
    assert reading.source.driver == "folder"
    assert [str(t.source.path.relative_to(tmp_path)) for t in reading.tables] == ["a.zip/x.csv", "b.csv"] or [
        t.name for t in reading.tables
    ] == ["x", "b"]


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    """Opening one would wait for a writer for ever."""
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(SourceError, match="pipe"):
        read_ledger(tmp_path / "a.csv")


def test_too_many_files_in_a_folder_are_refused(tmp_path: Path) -> None:
    """The limit is that of archives."""
    for n in range(5):
        (tmp_path / f"{n}.csv").write_text(CSV, "utf-8")
    with pytest.raises(SourceError, match="4 files"):
        read_ledger(tmp_path, limits=Limits(max_entries=3))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP"])
def test_a_picture_is_sent_where_pictures_go(tmp_path: Path, kind: str) -> None:
    """A scan is no ledger: the message says how it becomes a base map, and which photos become points."""
    path = tmp_path / f"図面.{kind.lower()}"
    Image.new("RGB", (8, 8)).save(path, kind)
    with pytest.raises(SourceError) as caught:
        read_ledger(path)
    assert kind.lower() in caught.value.message.en.lower()
    for words in (caught.value.message.ja, caught.value.message.en):
        assert "raster add" in words
        assert "EXIF" in words
