"""Text files that are not quite what they should be: made whole, told, and never written back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gis_capture.ledger import Reading, codes, read_ledger
from tests.ledger.conftest import column, names, only_table

ReadText = Callable[..., Reading]
HEAD = "番号,名称,所在地\n"
ROWS = "".join(f"{n:03d},消火栓{n},高山市花岡町{n}番地\n" for n in range(1, 6))
LATE = "006,防火水槽,本町\n007,防火水槽,旭町\n"


@pytest.mark.parametrize(
    ("first", "second"), [("cp932", "utf-8"), ("utf-8", "cp932"), ("euc_jp", "utf-8"), ("utf-8", "euc_jp")]
)
def test_rows_in_another_encoding_are_read_and_told(read_text: ReadText, first: str, second: str) -> None:
    """Two files copied one behind the other; each row is read in its own encoding."""
    reading = read_text((HEAD + ROWS).encode(first) + LATE.encode(second))
    assert reading.source.encoding in (first, "euc_jis_2004" if first == "euc_jp" else first)
    assert column(only_table(reading), "名称")[-3:] == ["消火栓5", "防火水槽", "防火水槽"]
    assert [(p.code, p.row_number) for p in reading.problems] == [
        (codes.ROW_IN_ANOTHER_ENCODING, 7),
        (codes.ROW_IN_ANOTHER_ENCODING, 8),
    ]


def test_bytes_of_no_encoding_are_kept_as_signs(read_text: ReadText) -> None:
    """One broken letter does not make its row one of another encoding."""
    data = (HEAD + ROWS).encode()
    reading = read_text(data[:60] + b"\xff" + data[60:])
    assert [p.code for p in reading.problems] == [codes.BYTES_NOT_DECODED]


@pytest.mark.parametrize("tail", [b"\x1a", bytes(512)])
def test_what_a_disk_or_an_old_program_left_at_the_end_is_passed_over(read_text: ReadText, tail: bytes) -> None:
    """Neither a row nor a reason to refuse the file."""
    assert len(only_table(read_text((HEAD + ROWS).encode("cp932") + tail)).row_numbers) == 5


def test_zero_bytes_in_a_text_are_taken_out_and_told(read_text: ReadText) -> None:
    """The row says so."""
    reading = read_text((HEAD + ROWS).encode("cp932").replace(b"003", b"00\x003"))
    assert column(only_table(reading), "番号")[2] == "003"
    assert [(p.code, p.row_number) for p in reading.problems] == [(codes.BYTES_NOT_DECODED, 4)]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-16"])
def test_columns_held_apart_by_blanks_are_found(read_text: ReadText, encoding: str) -> None:
    """By their places on paper, where a kanji is as wide as two digits; an empty cell stays empty."""
    text = "番号 名称     所在地\n001  消火栓1  花岡町\n002           本町\n003  防火水槽 旭町\n"
    table = only_table(read_text(text, encoding=encoding, name="台帳.txt"))
    assert names(table) == ["番号", "名称", "所在地"]
    assert column(table, "名称") == ["消火栓1", None, "防火水槽"]


def test_points_as_instruments_write_them_are_found(read_text: ReadText) -> None:
    """Blanks between, however many."""
    table = only_table(read_text("点名 X Y Z\nT1 12345.678 -98.1 5.0\nT22   1.0   2.25 13.5\nT3 4.0 5.0 6.0\n"))
    assert names(table) == ["点名", "X", "Y", "Z"]
    assert column(table, "Y") == ["-98.1", "2.25", "5.0"]


@pytest.mark.parametrize("text", ["氏名\n山田 太郎\n佐藤 花子\n鈴木 一郎\n", "名称\n消火栓\n防火水槽\n"])
def test_a_list_of_one_column_stays_one(read_text: ReadText, text: str) -> None:
    """A blank between family and given name is no separator."""
    assert len(only_table(read_text(text, encoding="cp932")).columns) == 1


def test_zeros_saved_by_an_equals_sign_are_read(read_text: ReadText) -> None:
    """Systems write ="001" so that a spreadsheet leaves the zeros alone."""
    assert column(only_table(read_text('番号,名称\n="001",消火栓\n="002","=A1"\n')), "番号") == ["001", "002"]


def test_blanks_before_quotation_marks_do_not_break_a_cell(read_text: ReadText) -> None:
    """The mark still opens the cell."""
    table = only_table(read_text('番号, "名称", "所在地"\n1, "消火栓, 地下", "本町"\n2, "水槽", "旭町"\n'))
    assert names(table) == ["番号", "名称", "所在地"]
    assert column(table, "名称") == ["消火栓, 地下", "水槽"]


def test_the_source_stays_as_it_is(tmp_path: Path) -> None:
    """Mending happens in a copy that is gone afterwards."""
    path = tmp_path / "a.csv"
    data = (HEAD + ROWS).encode("cp932") + LATE.encode()
    path.write_bytes(data)
    reading = read_ledger(path)
    assert (reading.source.path, path.read_bytes(), list(tmp_path.iterdir())) == (path, data, [path])
