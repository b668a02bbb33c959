"""Records of a fixed length: bytes are cut before they are decoded, and a wrong layout says where."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, read_ledger
from tests.ledger.conftest import column, names, only_table, skipped

HEAD = 'format = "gis-capture.layout/v1"\n'
CP932 = (
    HEAD
    + """encoding = "cp932"
[[fields]]
name = "番号"
bytes = 4
[[fields]]
name = "名称"
bytes = 10
[[fields]]
bytes = 2
type = "skip"
[[fields]]
name = "面積"
bytes = 6
type = "zoned"
decimals = 2
"""
)
EBCDIC = """
[[fields]]
name = "番号"
bytes = 4
type = "digits"
[[fields]]
name = "名称"
bytes = 16
[[fields]]
name = "面積"
bytes = 3
type = "packed"
decimals = 2
[[fields]]
name = "増減"
bytes = 4
type = "binary"
[[fields]]
name = "町名"
bytes = 4
type = "kanji"
"""
COPYBOOK = """\
000100* 水道台帳
000200 01  DAICHO-REC.
000300     05  BANGO        PIC 9(4).
000400     05  MEISHO       PIC X(16).
000500     05  MENSEKI      PIC S9(3)V9(2) COMP-3.
000600     05  ZOGEN        PIC S9(8) COMP.
000700     05  CHO          PIC N(2).
000800     05  CHO-KANA     REDEFINES CHO PIC X(4).
"""
needs_iconv = pytest.mark.skipif(
    shutil.which("iconv") is None
    or subprocess.run(["iconv", "-f", "UTF-8", "-t", "IBM930"], input=b"", capture_output=True, check=False).returncode
    != 0,
    reason="needs an iconv that knows Japanese EBCDIC",
)


def read(tmp_path: Path, data: bytes, layout: str) -> Reading:
    """Reads records with a layout beside them."""
    (tmp_path / "台帳.dat").write_bytes(data)
    (tmp_path / "台帳.toml").write_text(layout, "utf-8")
    return read_ledger(tmp_path / "台帳.dat")


def record(number: str, name: str, area: bytes) -> bytes:
    """A record of 22 bytes in code page 932."""
    return number.encode() + name.encode("cp932").ljust(10) + b"XX" + area


def encode(text: str, n_bytes: int, page: str) -> bytes:
    """A text in EBCDIC, filled up with blanks."""
    done = subprocess.run(["iconv", "-f", "UTF-8", "-t", page], input=text.encode(), capture_output=True, check=True)
    return done.stdout.ljust(n_bytes, b"\x40")


def ebcdic_record(page: str = "IBM930", *, name: str = "消火栓ｱ1", area: str = "12345C", change: int = -50) -> bytes:
    """A record of 31 bytes as a mainframe writes it."""
    return (
        b"\xf0\xf0\xf1\xf2"
        + encode(name, 16, page)
        + bytes.fromhex(area)
        + change.to_bytes(4, "big", signed=True)
        + encode("本町", 6, page)[1:5]
    )


RECORDS = [record("0001", "消火栓一号", b"001250"), record("0002", "ﾎﾟﾝﾌﾟ", b"00012u")]


@pytest.mark.parametrize("end", [b"", b"\r\n", b"\n"])
def test_bytes_are_cut_before_they_are_decoded(tmp_path: Path, end: bytes) -> None:
    """Five kanji are ten bytes; what stands between records is found out; the last digit carries the sign."""
    table = only_table(read(tmp_path, b"".join(r + end for r in RECORDS) + b"\x1a", CP932))
    assert names(table) == ["番号", "名称", "面積"]
    assert column(table, "番号") == ["0001", "0002"]
    assert column(table, "名称") == ["消火栓一号", "ﾎﾟﾝﾌﾟ"]
    assert column(table, "面積") == ["12.50", "-1.25"]


def test_the_layout_may_be_named(tmp_path: Path) -> None:
    """It then need not lie beside the records."""
    (tmp_path / "a.dat").write_bytes(b"".join(RECORDS))
    (tmp_path / "b.toml").write_text(CP932, "utf-8")
    reading = read_ledger(tmp_path / "a.dat", layout=tmp_path / "b.toml")
    assert reading.source.driver == "fixed-width"
    assert len(only_table(reading).row_numbers) == 2


def test_a_short_record_is_told_and_the_next_one_is_whole(tmp_path: Path) -> None:
    """An editor that cut the blanks at the end of a line harms only that line."""
    layout = CP932.replace('encoding = "cp932"', 'encoding = "cp932"\nrecords = "crlf"')
    reading = read(tmp_path, b"\r\n".join([RECORDS[0][:14], RECORDS[1], RECORDS[0]]) + b"\r\n", layout)
    assert [(p.code, p.row_number) for p in reading.problems] == [("record_length", 1)]
    assert column(only_table(reading), "面積") == [None, "-1.25", "12.50"]


def test_records_of_other_kinds_are_left_out_with_a_reason(tmp_path: Path) -> None:
    """Header and trailer records share the file with the data."""
    layout = CP932.replace('encoding = "cp932"', 'encoding = "cp932"\nwhere = { field = "番号", is = "0002" }')
    table = only_table(read(tmp_path, b"".join(RECORDS), layout))
    assert (list(table.row_numbers), skipped(table)) == ([2], {1: "other_record_kind"})


def test_a_letter_cut_in_half_and_what_is_no_number_are_told(tmp_path: Path) -> None:
    """Neither is lost: the rest of the text and the bytes stay."""
    data = b"0001" + ("あ" * 5).encode("cp932")[1:] + b"\x82" + b"XX" + b"12A4 5"
    reading = read(tmp_path, data, CP932)
    assert {p.code for p in reading.problems} == {"text_cut_off", "field_not_read"}
    assert column(only_table(reading), "面積") == ["x'313241342035'"]


@needs_iconv
@pytest.mark.parametrize("page", ["930", "939", "1390", "1399"])
def test_japanese_ebcdic_with_shifts_packed_and_binary_numbers(tmp_path: Path, page: str) -> None:
    """Shift bytes count into the length of a field; kanji fields have none; zeros in front of a code stay."""
    table = only_table(read(tmp_path, ebcdic_record("IBM" + page) * 2, HEAD + f'encoding = "cp{page}"' + EBCDIC))
    assert [column(table, name)[0] for name in names(table)] == ["0012", "消火栓ｱ1", "123.45", "-50", "本町"]


@needs_iconv
def test_characters_of_the_office_are_kept_with_their_code(tmp_path: Path) -> None:
    """What is in no table becomes 〓 and its code, and is told; what follows it is not thrown off."""
    data = ebcdic_record()[:4] + b"\x0e\x69\x41\x45\x66\x0f".ljust(16, b"\x40") + ebcdic_record()[20:]
    reading = read(tmp_path, data, HEAD + 'encoding = "cp930"' + EBCDIC)
    assert column(only_table(reading), "名称") == ["〓(6941)本"]
    assert [(p.code, p.row_number) for p in reading.problems] == [("bytes_not_decoded", 1)]


@needs_iconv
@pytest.mark.parametrize("kind", ["rdw", "bdw"])
def test_records_that_say_their_length(tmp_path: Path, kind: str) -> None:
    """Record descriptor words, also in blocks; a length that cannot be is no reading."""
    piece = ebcdic_record()
    data = b"".join((len(piece) + 4).to_bytes(2, "big") + b"\0\0" + piece for _ in range(3))
    if kind == "bdw":
        data = (len(data) + 4).to_bytes(2, "big") + b"\0\0" + data
    layout = HEAD + f'encoding = "cp930"\nrecords = "{kind}"' + EBCDIC
    assert column(only_table(read(tmp_path, data * 2, layout)), "増減") == ["-50"] * 6
    with pytest.raises(SourceError, match="broken"):
        read(tmp_path, data[:-1], layout)


@needs_iconv
def test_a_copybook_stands_for_the_fields(tmp_path: Path) -> None:
    """PIC clauses with COMP-3, COMP and N; a field redefined is read once."""
    (tmp_path / "K.cpy").write_text(COPYBOOK, "utf-8")
    table = only_table(read(tmp_path, ebcdic_record(), HEAD + 'encoding = "cp930"\ncopybook = "K.cpy"'))
    assert names(table) == ["BANGO", "MEISHO", "MENSEKI", "ZOGEN", "CHO"]
    assert [values[0] for values in table.values] == ["0012", "消火栓ｱ1", "123.45", "-50", "本町"]


def test_fields_that_occur_several_times_are_numbered(tmp_path: Path) -> None:
    """OCCURS of a group and of a field."""
    (tmp_path / "K.cpy").write_text(" 01 R.\n 03 G OCCURS 2.\n 05 A PIC X.\n 05 B PIC 9(2) OCCURS 2 TIMES.\n", "utf-8")
    table = only_table(read(tmp_path, b"a0102b0304", HEAD + 'encoding = "cp932"\ncopybook = "K.cpy"'))
    assert names(table) == ["A_1", "B_1_1", "B_1_2", "A_2", "B_2_1", "B_2_2"]
    assert [values[0] for values in table.values] == ["a", "01", "02", "b", "03", "04"]


@pytest.mark.parametrize(
    ("layout", "key"),
    [
        (HEAD + 'encoding = "cp932"\nfields = 3', "fields"),
        (HEAD + 'encoding = "latin"\n' + EBCDIC, "encoding"),
        (CP932.replace("bytes = 10", "bytes = 0"), "fields[2].bytes"),
        (CP932.replace('name = "名称"\n', ""), "fields[2].name"),
        (CP932.replace('"zoned"', '"money"'), "fields[4].type"),
        (CP932.replace("decimals", "decimal"), "fields[4].decimal"),
        (CP932.replace('encoding = "cp932"', 'encoding = "cp932"\nrecord_bytes = 10'), "record_bytes"),
        (CP932.replace('encoding = "cp932"', 'encoding = "cp932"\nwhere = { field = "無い", is = "1" }'), "where"),
        (HEAD + 'encoding = "cp932"\ncopybook = "../K.cpy"', "copybook"),
        (HEAD + "encoding =", ""),
    ],
)
def test_a_wrong_layout_says_where(tmp_path: Path, layout: str, key: str) -> None:
    """The message names the key in both languages."""
    with pytest.raises(SourceError) as caught:
        read(tmp_path, b"".join(RECORDS), layout)
    assert caught.value.subject["key"] == key
    assert key in caught.value.message.ja
    assert key in caught.value.message.en


def test_without_iconv_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    from gis_capture.ledger.drivers.fixed import ebcdic

    ebcdic._ask.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SourceError) as caught:
        read(tmp_path, bytes(31), HEAD + 'encoding = "cp1399"' + EBCDIC)
    assert "iconv" in caught.value.message.ja
    ebcdic._ask.cache_clear()
