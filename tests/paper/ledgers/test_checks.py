"""What the values of a column are checked against: only what is read alike and confirmed is accepted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gis_capture.paper.ledgers.checks import Known, judge
from gis_capture.paper.ledgers.table import Reading, ScannedCell, ScannedTable


def column(texts: Sequence[str | tuple[str, str]], **known: Sequence[str]) -> tuple[str, list[ScannedCell]]:
    """A column below a header, as two engines have read it; its kind, and its cells as they were judged."""
    cells = [cell(0, ("見出し", "見出し"))]
    cells += [cell(row, one if isinstance(one, tuple) else (one, one)) for row, one in enumerate(texts, 1)]
    judged = judge(ScannedTable(len(cells), 1, 1, tuple(cells)), Known(**known))
    return judged.kinds[0], list(judged.cells[1:])


def cell(row: int, texts: tuple[str, str]) -> ScannedCell:
    """One cell, read by two engines that are both sure."""
    readings = tuple(Reading(name, text, 0.99) for name, text in zip(("one", "other"), texts, strict=True))
    return ScannedCell(row, 0, 1, (0, row * 10, 90, row * 10 + 10), readings=readings)


def test_running_numbers_propose_the_one_that_is_due() -> None:
    """What no engine read is proposed, and never accepted by itself; zeros in front are kept."""
    kind, cells = column(["007", "008", ("0O9", "OO9"), "010", "011", "013", "013"])
    assert kind == "running"
    assert [one.proposal for one in cells] == ["007", "008", "009", "010", "011", "012", "013"]
    assert [one.is_accepted for one in cells] == [True, True, False, True, True, False, True]


def test_towns_propose_the_nearest() -> None:
    """A town that both read wrong alike is in doubt; letters with variants always wait."""
    towns = ["花岡町", "桐生町", "髙山町", "岡本町", "西之一色町"]
    kind, cells = column(["花岡町", "桐生町", "岡本町", "西之一色田", ("桐生町", "桐牛町"), "髙山町"], towns=towns)
    assert kind == "town"
    assert [one.proposal for one in cells] == ["花岡町", "桐生町", "岡本町", "西之一色町", "桐生町", "髙山町"]
    assert [one.is_accepted for one in cells] == [True, True, True, False, False, False]
    assert "risky_character" in cells[5].doubts and "engines_differ" in cells[4].doubts


def test_dates_that_cannot_be_are_in_doubt() -> None:
    """A month 13, and a form that no other date of the column has."""
    kind, cells = column(["H5.8.11", "H17.5.5", "H20.12.19", "H3.13.2", "H2.2.3", "平成3年2月1日", "H23.4.14"])
    assert kind == "date"
    assert cells[3].doubts == ("no_date",) and cells[5].doubts == ("unusual",)
    assert cells[0].is_accepted and not cells[3].is_accepted


def test_numbers_that_do_not_add_up_all_wait() -> None:
    """A column that ends in a sum is accepted where the sum agrees, else in doubt as a whole."""
    for total, is_right in (("100", True), ("101", False)):
        cells = [cell(0, ("数", "数"))] + [
            cell(row, (text, text)) for row, text in enumerate(["10", "20", "30", "40"], 1)
        ]
        name = ScannedCell(5, 0, 1, (0, 50, 40, 60), readings=cell(5, ("合計", "合計")).readings)
        sum_cell = ScannedCell(5, 1, 1, (40, 50, 90, 60), readings=cell(5, (total, total)).readings)
        moved = [ScannedCell(one.row, 1, 1, one.box, readings=one.readings) for one in cells]
        judged = judge(ScannedTable(6, 2, 1, (*moved, name, sum_cell), ()), Known())
        numbers = [one for one in judged.cells if one.column == 1 and one.row > 0]
        assert {one.is_accepted for one in numbers} == {is_right}
        assert all(("sum_differs" in one.doubts) != is_right for one in numbers)


@pytest.mark.parametrize(
    ("numbers", "doubted"),
    [
        ("10 20 =30 40 50 =90 =120", set[int]()),
        ("10 20 =30 40 50 =90 =130", {7}),
        ("10 20 =30 40 80 =90 =120", {4, 5, 6, 7}),
        ("10 20 =30 40 50 =120", set[int]()),
        ("=5 10 20 =30 40", {1}),
        ("10 20 >30 >30 40 50 >120 >120 5 =125", set[int]()),
        ("10 20 >30 >30 40 50 >90", set[int]()),
        ("10 20 >30 >80 40 50 =120", {4}),
        (">30 40 50 =120", set[int]()),
    ],
    ids=[
        "right",
        "a wrong total",
        "a wrong part",
        "a total only",
        "a sum of nothing",
        "carried over pages",
        "carried for each page",
        "wrongly carried",
        "carried in from another ledger",
    ],
)
def test_sums_in_the_middle_of_a_table_are_checked(numbers: str, doubted: set[int]) -> None:
    """A sum (=), or one carried over (>), is of what stands since the one before, or of all above; else it waits."""
    words = numbers.split()
    cells = [cell(0, ("区分", "区分")), replace(cell(0, ("数", "数")), column=1)]
    for row, word in enumerate(words, 1):
        name = {"=": "小計", ">": "次頁繰越"}.get(word[0], f"第{row}")
        cells += [cell(row, (name, name)), replace(cell(row, (word.strip("=>"),) * 2), column=1)]
    judged = judge(ScannedTable(len(words) + 1, 2, 1, tuple(cells), ()), Known())
    assert judged.kinds[1] == "number"
    waiting = {one.row for one in judged.cells if one.column == 1 and "sum_differs" in one.doubts}
    assert waiting == doubted


def test_free_text_and_letters_that_no_office_writes_wait() -> None:
    """However alike they were read."""
    kind, cells = column(["蓋が固い", "要点検", "民地内", "塗装済", "减圧"])
    assert kind == "text" and not any(one.is_accepted for one in cells)
    assert "not_japanese" in cells[4].doubts


def test_a_column_of_few_words_is_one_though_an_engine_misreads_many() -> None:
    """What the engines differ on does not make free text of it; where they hardly ever agree, nobody knows."""
    differing = [("ケヤキ", "ケタキ"), ("イチョウ", "イチロウ")]
    kind, cells = column([*["ケヤキ"] * 4, *["イチョウ"] * 3, *differing * 4])
    assert kind == "domain"
    assert [one.is_accepted for one in cells] == [True] * 7 + [False] * 8
    kind, cells = column([*["ケヤキ"] * 4, *differing * 8])
    assert kind == "text" and not any(one.is_accepted for one in cells)


def test_words_that_stand_again_and_again_are_accepted_and_others_near_them_corrected() -> None:
    """The column is closed: its rare word is unusual."""
    kind, cells = column(["地上式"] * 4 + ["地下式"] * 4 + [("地士式", "地上式"), "地下弐"])
    assert kind == "domain"
    assert [one.is_accepted for one in cells] == [True] * 8 + [False] * 2
    assert [one.proposal for one in cells[8:]] == ["地上式", "地下式"]
