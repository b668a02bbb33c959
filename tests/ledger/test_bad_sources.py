"""Sources that cannot be read: a clear word in both languages, no traceback."""

import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import DRIVERS, Limits, read_ledger


def refused(path: Path, limits: Limits | None = None) -> str:
    """Reads a source that must be refused; gives the Japanese message after checking that both are there."""
    with pytest.raises(SourceError) as caught:
        read_ledger(path, limits=limits or Limits())
    error = caught.value
    assert error.subject["path"] == path
    assert path.name in error.message.ja
    assert path.name in error.message.en
    assert error.message.ja.endswith("。")
    return error.message.ja


def test_a_missing_file(tmp_path: Path) -> None:
    """Says that there is none."""
    assert "見つかりません" in refused(tmp_path / "無い.csv")


def test_a_folder(tmp_path: Path) -> None:
    """Says that it is one."""
    assert "フォルダー" in refused(tmp_path)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "画像"),
        (b"\x1f\x8b\x08\x00" + bytes(100), "gzip"),
        (b"JwwData." + bytes(100), "Jw_cad"),
        (b"\x00\x01\x00\x00Standard Jet DB\x00" + bytes(100), "Access"),
        (b"AC1027" + bytes(100), "DWG"),
        (b"SQLite format 3\x00" + bytes(100), "SQLite"),
        (b"<?xml version='1.0'?><unknown/>", "XML"),
        (bytes(range(256)) * 4, "対応していない形式"),
    ],
)
def test_files_of_other_kinds_are_named(tmp_path: Path, content: bytes, word: str) -> None:
    """Says which kind it is."""
    path = tmp_path / "台帳.xlsx"
    path.write_bytes(content)
    assert word in refused(path)


def test_a_file_above_the_limit(tmp_path: Path) -> None:
    """Says how large it may be."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" * 1000)
    assert "大きすぎます" in refused(path, Limits(max_source_bytes=1000))


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    """A new workbook with a password is a compound file that holds an EncryptedPackage."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    )
    assert "パスワード" in refused(path)


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    """The flag of encryption is set."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    assert "パスワード" in refused(path)


def a_workbook(path: Path) -> Path:
    """A small workbook."""
    book = openpyxl.Workbook()
    for row in (["番号", "名称"], [1, "甲"], [2, "乙"]):
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_workbook_with_a_document_type(tmp_path: Path) -> None:
    """The way to entities that unfold without end; no office program writes it."""
    source = a_workbook(tmp_path / "source.xlsx")
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = b'<!DOCTYPE x [<!ENTITY a "b">]>' + data
            new.writestr(name, data)
    assert "DOCTYPE" in refused(path)


@pytest.mark.parametrize(
    "suffix", [".xlsx", ".xls", ".ods", ".dbf", ".shp", ".gpkg", ".zip", ".kml", ".geojson", ".csv"]
)
def test_a_truncated_or_damaged_file_never_raises_anything_else(tmp_path: Path, suffix: str) -> None:
    """Seeded damage to a small workbook under every name: it is read or refused."""
    data = a_workbook(tmp_path / "source.xlsx").read_bytes()
    generator = random.Random(suffix)
    path = tmp_path / f"a{suffix}"
    for _ in range(20):
        damaged = bytearray(data)
        for _ in range(generator.randint(1, 20)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        path.write_bytes(damaged[: generator.randint(1, len(damaged))])
        try:
            assert read_ledger(path).source.path == path
        except SourceError as error:
            assert error.message.ja


def test_drivers_have_names_of_their_own() -> None:
    """The registry is a plain tuple; each driver is in it once."""
    assert len({driver.name for driver in DRIVERS}) == len(DRIVERS)


@pytest.mark.parametrize("reference", ["B99999999999", "XFD1048576", "ZZZ2"])
def test_a_cell_that_says_it_stands_far_away(tmp_path: Path, reference: str) -> None:
    """A reader that takes room for all cells between would end the whole process."""
    source = a_workbook(tmp_path / "source.xlsx")
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = data.replace(b'r="B2"', f'r="{reference}"'.encode())
            new.writestr(name, data)
    try:
        assert read_ledger(path).source.path == path
    except SourceError as error:
        assert "大きすぎます" in error.message.ja or "壊れて" in error.message.ja


def test_parts_that_claim_more_elements_than_they_have_bytes(tmp_path: Path) -> None:
    """A reader that makes room for them would end the whole process."""
    source = a_workbook(tmp_path / "source.xlsx")
    strings = tmp_path / "strings.xlsx"
    strings.write_bytes(source.read_bytes())
    with zipfile.ZipFile(strings, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", '<sst uniqueCount="4294967296"></sst>')
    styles = tmp_path / "styles.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(styles, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, re.sub(rb'ount="\d+"', b'ount="4294967296"', data) if name == "xl/styles.xml" else data)
    assert "壊れて" in refused(strings)
    assert "壊れて" in refused(styles)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<table><tr>" + "<td rowspan=1000 colspan=1000>x" * 10),
        ("a.csv", "," * 30_000 + "\n1\n"),
    ],
)
def test_tables_that_claim_more_room_than_they_fill(tmp_path: Path, name: str, content: str) -> None:
    """Cells that span a million others; a line of nothing but separators."""
    (tmp_path / name).write_text(content, "utf-8")
    assert "大きすぎます" in refused(tmp_path / name)


def test_an_english_detail_stays_out_of_the_japanese_message(tmp_path: Path) -> None:
    """What a library says of a broken file is for the English one."""
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04" + bytes(40))
    assert re.search(r"[A-Za-z]{4,}", refused(tmp_path / "a.xlsx").replace("a.xlsx", "")) is None


def test_a_damaged_line_makes_no_table_of_nothing(tmp_path: Path) -> None:
    """Five thousand commas in one line of a text: refused at once, and not searched for tables cell by cell."""
    path = tmp_path / "a.csv"
    path.write_text("0\n" + "," * 5000 + "x\n" + "SECTION\n" * 4000, "utf-8")
    with pytest.raises(SourceError, match="blank"):
        read_ledger(path)
