"""Text files with separators: encodings, separators, quotes, line ends, ragged rows."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_capture.errors import SourceError
from gis_capture.ledger import Limits, Reading, codes, read_ledger
from tests.ledger.conftest import column, names, only_table

ReadText = Callable[..., Reading]
LAMPS = (
    "管理番号,名称,所在地,緯度,経度\r\n"
    "1,花里第１街路灯,高山市花里町,36.14,137.25\r\n"
    "2,上岡本灯,高山市上岡本町,36.15,137.24\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "iso2022_jp", "utf-16"])
def test_the_encoding_is_found(read_text: ReadText, encoding: str) -> None:
    """The same ledger reads the same in every encoding an office uses, and says which one it was."""
    reading = read_text(LAMPS, encoding=encoding)
    assert reading.source.encoding == encoding
    assert column(only_table(reading), "名称") == ["花里第１街路灯", "上岡本灯"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_found(read_text: ReadText, encoding: str) -> None:
    """The zeros beside commas and digits tell UTF-16."""
    assert read_text(LAMPS, encoding=encoding).source.encoding == encoding


@pytest.mark.parametrize("text", ["名称,住所\n髙橋会館,①番町\n", "名称,備考\n㈱飛騨,～－∥\n"])
def test_windows_letters_mean_cp932(read_text: ReadText, text: str) -> None:
    """髙 ① ㈱ ～ are of code page 932, not of strict Shift_JIS."""
    reading = read_text(text, encoding="cp932")
    assert reading.source.encoding == "cp932"
    assert names(only_table(reading)) == text.split("\n")[0].split(",")


def test_half_width_kana_in_euc_are_not_taken_for_cp932(read_text: ReadText) -> None:
    """Half-width kana in EUC-JP could be read as kanji of code page 932; the words of the header decide."""
    reading = read_text("番号,名称,ﾌﾘｶﾞﾅ\n1,消火栓,ｼｮｳｶｾﾝ\n2,防火水槽,ﾎﾞｳｶｽｲｿｳ\n", encoding="euc_jp")
    assert reading.source.encoding == "euc_jp"


def test_a_file_of_half_width_kana_alone_is_euc(read_text: ReadText) -> None:
    """No word of the header decides here: as code page 932 all letters would be kanji of one byte's row."""
    text = "ｶﾝﾘﾊﾞﾝｺﾞｳ,ﾒｲｼｮｳ,ｼﾞｭｳｼｮ\n1,ｺｳﾐﾝｶﾝ,ﾀｶﾔﾏ\n2,ﾄｼｮｶﾝ,ｸﾆﾌ\n"
    reading = read_text(text, encoding="euc_jp")
    assert (reading.source.encoding, names(only_table(reading))) == ("euc_jp", text.split("\n")[0].split(","))
    assert read_text(text, encoding="cp932").source.encoding == "cp932"


def test_half_width_kana_in_cp932_are_not_taken_for_euc(read_text: ReadText) -> None:
    """The same letters in code page 932."""
    reading = read_text("番号,名称,ﾌﾘｶﾞﾅ\n1,消火栓,ｼｮｳｶｾﾝ\n2,防火水槽,ﾎﾞｳｶｽｲｿｳ\n", encoding="cp932")
    assert reading.source.encoding == "cp932"


def test_a_short_cp932_file_is_not_taken_for_another_encoding(read_text: ReadText) -> None:
    """Two words are enough."""
    assert read_text("番号,備考\n1,撤去\n", encoding="cp932").source.encoding == "cp932"


def test_a_western_list_is_not_taken_for_japanese(read_text: ReadText) -> None:
    """Accents inside Latin words; as code page 932 they would be rare kanji."""
    assert (
        read_text("nom,ville\nRené Lacoste,Besançon\nHélène,Orléans\n", encoding="cp1252").source.encoding == "cp1252"
    )


def test_letters_that_come_late_decide(read_text: ReadText) -> None:
    """A file that is ASCII for its first megabyte is not UTF-8 when code page 932 follows."""
    text = "ID,note\n" + "".join(f"{i},abcdefghijklmnop\n" for i in range(80_000)) + "80001,消火栓\n"
    reading = read_text(text, encoding="cp932")
    assert reading.source.encoding == "cp932"
    assert only_table(reading).values[1][-1] == "消火栓"


def test_bytes_of_another_encoding_are_kept_and_told(read_text: ReadText) -> None:
    """A broken line does not lose the file; its bytes stay visible."""
    reading = read_text("番号,名称\n1,消火栓\n".encode() + b"2,\x8f\xc1\x89\xce\xff\n" + "3,防火水槽の台帳\n".encode())
    assert [problem.code for problem in reading.problems] == [codes.BYTES_NOT_DECODED]
    assert column(only_table(reading), "名称")[0] == "消火栓"
    assert "\\x" in (column(only_table(reading), "名称")[1] or "")


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found(read_text: ReadText, separator: str) -> None:
    """Whatever the extension says; numbers with decimal commas and texts with commas do not mislead."""
    reading = read_text(
        f"番号{separator}名称{separator}住所\n1{separator}灯{separator}花里町\n2{separator}灯{separator}花里町\n"
    )
    assert names(only_table(reading)) == ["番号", "名称", "住所"]
    assert reading.source.driver == ("tsv" if separator == "\t" else "csv")


def test_tabs_win_over_commas_in_texts(read_text: ReadText) -> None:
    """Addresses with commas in a tab-separated file do not split."""
    reading = read_text("番号\t住所\t備考\n1\t花里町,1\ta,b\n2\t花里町,2\tc,d\n", name="ledger.txt")
    assert names(only_table(reading)) == ["番号", "住所", "備考"]


def test_tabs_win_over_a_comma_in_every_line(read_text: ReadText) -> None:
    """Positions "lat,lon" in one cell cut every line in two at its comma; the tabs cut it as evenly."""
    lines = ["名称\t緯度,経度\t備考", "公園\t36.1,137.2\t遊具", "広場\t36.2,137.3\tなし"]
    table = read_text("\n".join(lines).encode()).tables[0]
    assert [column.name for column in table.columns] == ["名称", "緯度,経度", "備考"]
    assert list(table.values[1]) == ["36.1,137.2", "36.2,137.3"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(read_text: ReadText, end: str) -> None:
    """Also that of old Macintosh files."""
    reading = read_text(end.join(["番号,名称", "1,灯", "2,栓"]) + end)
    assert list(only_table(reading).row_numbers) == [2, 3]


def test_mixed_line_ends_are_read(read_text: ReadText) -> None:
    """Files glued together from several sources."""
    assert list(only_table(read_text("番号,名称\r\n1,灯\n2,栓\r\n")).row_numbers) == [2, 3]


def test_quoted_newlines_stay_in_the_cell_and_rows_count_as_records(read_text: ReadText) -> None:
    """A note of two lines is one cell; the row number is that of the record."""
    table = only_table(read_text('番号,備考\n1,"一行目\n二行目"\n2,なし\n'))
    assert column(table, "備考") == ["一行目\n二行目", "なし"]
    assert list(table.row_numbers) == [2, 3]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(read_text: ReadText) -> None:
    """Beyond the limit of a cell the quotes are read as letters, and that is told."""
    text = '番号,名称,備考\n1,灯,"上\n' + "".join(f"{i},灯{i},なし\n" for i in range(2, 30_000))
    reading = read_text(text)
    assert [problem.code for problem in reading.problems] == [codes.UNCLOSED_QUOTE]
    assert len(only_table(reading).row_numbers) == 29_999


def test_short_and_long_rows_are_kept_and_told(read_text: ReadText) -> None:
    """A missing or a surplus separator does not lose the row."""
    table = only_table(read_text("番号,名称,住所\n1,灯,花里町\n2,栓\n3,灯,花里町,余り\n4,灯,花里町\n"))
    assert list(table.row_numbers) == [2, 3, 4, 5]
    assert [(p.code, p.row_number) for p in table.problems if p.code == codes.RAGGED_ROW] == [
        (codes.RAGGED_ROW, 3),
        (codes.RAGGED_ROW, 4),
    ]
    assert [values[2] for values in table.values] == ["3", "灯", "花里町", "余り"]


def test_a_surplus_separator_without_a_value_is_not_told(read_text: ReadText) -> None:
    """A comma at the end of a row adds nothing; a value behind it does."""
    table = only_table(read_text("番号,名称\n1,灯,\n2,栓,,\n3,灯,余り\n"))
    assert [p.row_number for p in table.problems if p.code == codes.RAGGED_ROW] == [4]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_line_that_states_the_separator_is_obeyed(read_text: ReadText, separator: str) -> None:
    """Excel takes "sep=;" for an instruction; it is neither name nor data, and keeps its row number."""
    rows = ("sep=", "番号 名称 備考", "1 灯 古い,大きい;重い", "2 栓 なし")
    text = "\n".join(row.replace(" ", separator) for row in rows).replace("sep=", f"sep={separator}")
    kept = "古い,大きい;重い".split(separator)[0]
    table = only_table(read_text(text + "\n"))
    assert table.header_rows == (2,)
    assert names(table)[:3] == ["番号", "名称", "備考"]
    assert list(table.row_numbers) == [3, 4]
    assert column(table, "備考") == [kept, "なし"]


def test_blank_records_count_as_rows_and_are_listed(read_text: ReadText) -> None:
    """Row numbers stay those of the file; blank records are told, at the end too."""
    table = only_table(read_text("番号,名称\n1,灯\n\n2,栓\n,\n　, \n"))
    assert list(table.row_numbers) == [2, 4]
    assert [(row.row_number, row.reason) for row in table.skipped] == [(3, "blank"), (5, "blank"), (6, "blank")]


def test_words_for_nothing_stay_words(read_text: ReadText) -> None:
    """NA, NULL, nan and 無 are texts of the ledger, not empty cells."""
    table = only_table(read_text("番号,値\n1,NA\n2,NULL\n3,nan\n4,無\n5,\n"))
    assert column(table, "値") == ["NA", "NULL", "nan", "無", None]


def test_leading_zeros_and_long_numbers_stay_as_written(read_text: ReadText) -> None:
    """Texts are never turned into numbers."""
    table = only_table(read_text("番号,法人番号,値\n001,1234567890123456,75.0\n002,0000000000000001,75\n"))
    assert [values[0] for values in table.values] == ["001", "1234567890123456", "75.0"]


def test_a_mark_of_byte_order_is_not_part_of_the_first_name(read_text: ReadText) -> None:
    """The first column is 番号 and nothing else."""
    assert names(only_table(read_text("番号,名称\n1,灯\n", encoding="utf-8-sig")))[0] == "番号"


@pytest.mark.parametrize("name", ["ledger.xls", "ledger.xlsx", "ledger.dbf"])
def test_a_text_under_the_name_of_a_workbook_is_read_and_told(read_text: ReadText, name: str) -> None:
    """Content decides, not the extension."""
    reading = read_text(LAMPS, encoding="cp932", name=name)
    assert reading.source.driver == "csv"
    assert [problem.code for problem in reading.problems] == [codes.WRONG_EXTENSION]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b",,,\n,,,\n"])
def test_a_file_without_a_cell_has_no_table(read_text: ReadText, content: bytes) -> None:
    """That is told, of a file without a byte as that; under another name it is no file of another format."""
    reading = read_text(content, name="a.xlsx" if not content else "a.csv")
    (problem,) = reading.problems
    assert reading.tables == () and (problem.code, problem.severity) == (codes.NO_TABLE, "error")
    assert ("空のファイル" in problem.message.ja) == (content == b"")


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    """The limit is checked while reading."""
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 30_000)
    with pytest.raises(SourceError, match="too large"):
        read_ledger(path, limits=Limits(max_rows=10_000))


# Other separators inside the cells would make such small files ambiguous.
CELLS = st.text(st.sampled_from(list('消火栓台帳1,"\n 　ｱ髙①-')), max_size=6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16"]),
)
def test_every_cell_and_row_is_accounted_for(read_text: ReadText, rows: list[list[str]], encoding: str) -> None:
    """Law: each record of the file is a header row, a data row or a row left out with a reason - once."""
    import csv
    import io

    file = io.StringIO(newline="")
    csv.writer(file).writerows([["番号", "名称", "住所"], *([str(i), *row] for i, row in enumerate(rows))])
    reading = read_text(file.getvalue(), encoding=encoding)
    told = sorted(
        itertools.chain.from_iterable(
            [*table.header_rows, *table.row_numbers, *(row.row_number for row in table.skipped)]
            for table in reading.tables
        )
    )
    assert told == list(range(1, len(rows) + 2))
