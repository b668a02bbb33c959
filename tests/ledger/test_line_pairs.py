"""Tables of which each record takes two lines."""

from collections.abc import Callable

import pytest

from gis_capture.ledger import Reading, codes
from tests.ledger.conftest import column, names, only_table, skipped

ReadBook = Callable[..., Reading]
Cells = list[str | int | float | None]
HEADER: list[Cells] = [["番号", "公園名", "所在地", "面積"], [None, "ふりがな", "電話番号", "種別"]]


def records(n: int) -> list[Cells]:
    """The two lines of each record."""
    lines: list[Cells] = []
    for i in range(1, n + 1):
        lines.append([i, f"第{i}公園", f"本町{i}番地", 1000 + i])
        lines.append([None, f"だい{i}こうえん", f"0577-32-{1000 + i}", "街区公園" if i % 2 else None])
    return lines


def test_both_lines_are_one_row(read_book: ReadBook) -> None:
    """Names over names, values over values; every cell is in the row of its record, and known by its own place."""
    table = only_table(read_book([["公園台帳"], *HEADER, *records(6)]))

    assert names(table) == ["番号", "公園名", "所在地", "面積", "ふりがな", "電話番号", "種別"]
    assert (table.header_rows, list(table.row_numbers)) == ((2, 3), [4, 6, 8, 10, 12, 14])
    assert column(table, "公園名")[:2] == ["第1公園", "第2公園"]
    assert column(table, "ふりがな")[:2] == ["だい1こうえん", "だい2こうえん"]
    assert column(table, "種別") == ["街区公園", None] * 3
    assert skipped(table) == {1: "title"} | dict.fromkeys(range(5, 16, 2), "second_line")
    assert table.cell_name(6, table.columns[4]) == "台帳!B7"
    assert table.cell_name(6, table.columns[1]) == "台帳!B6"
    assert [note.code for note in table.notes] == [codes.LINES_JOINED]


def test_the_number_may_be_merged_over_both_lines(read_book: ReadBook) -> None:
    """In the names and in each record; what is no known word may be a name then."""
    head: list[Cells] = [["樹木番号", "樹種", "緯度", "樹高(m)"], [None, "路線", "経度", "幹周(cm)"]]
    body: list[Cells] = []
    for i in range(6):
        body += [[f"T{i:03}", "ケヤキ", 36.24 + i / 1000, 5 + i], [None, f"{i}号線", 137.38 + i / 1000, 100 + i]]
    merges = [f"A{row}:A{row + 1}" for row in range(1, 15, 2)]
    table = only_table(read_book([*head, *body], merges=merges))

    assert names(table) == ["樹木番号", "樹種", "緯度", "樹高(m)", "路線", "経度", "幹周(cm)"]
    assert column(table, "樹木番号") == [f"T{i:03}" for i in range(6)]
    assert column(table, "幹周(cm)") == [str(100 + i) for i in range(6)]


def test_a_total_and_a_note_below_are_left_out(read_book: ReadBook) -> None:
    """The pairs end where they end."""
    table = only_table(read_book([*HEADER, *records(5), ["合計", None, None, 5015], ["※ 面積は公簿による。"]]))

    assert len(table.row_numbers) == 5
    assert (skipped(table)[13], skipped(table)[14]) == ("total", "footnote")


@pytest.mark.parametrize(
    "rows",
    [
        # Units below the names.
        [
            ["番号", "施設名", "利用時間", "面積"],
            [None, None, "(時間)", None],
            *[cells for i in range(1, 9) for cells in ([i, f"第{i}会館", 3, 50], [None, None, 4, None])],
        ],
        # Parents and their children, over a row more for each.
        [
            ["番号", "幅員", None, "備考"],
            [None, "最小幅員", "最大幅員", None],
            *[cells for i in range(1, 9) for cells in ([i, 3, 5, "良"], [None, 4, 6, None])],
        ],
        # A group is said once, and the rows below it are records of their own.
        [["町名", "番号", "種別", "数量"], *[["本町" if i % 2 else None, i, "木造", 5] for i in range(1, 9)]],
        # Too few to be sure.
        [*HEADER, *records(2)],
    ],
)
def test_other_tables_stay_as_they_are(read_book: ReadBook, rows: list[Cells]) -> None:
    """No row of theirs is the second line of another."""
    for table in read_book(rows).tables:
        assert "second_line" not in skipped(table).values()
        assert codes.LINES_JOINED not in [note.code for note in table.notes]
