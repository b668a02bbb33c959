"""Keys of ledgers: which spellings are the same number, and which are not."""

import pytest

from gis_capture.convert.keys import key_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１２-３", "12－3"),
        ("12―3", "12ー3"),
        ("十二番三", "12-3"),
        ("一〇二番三", "102-3"),
        ("12番地3", "12番3号"),
        ("12番地の3", "12ノ3"),
        ("ａ－１", "A-1"),
        (" A 1 ", "A1"),
    ],
)
def test_spellings_of_one_number_have_one_folded_key(one: str, other: str) -> None:
    """Width, case, blanks, the family of hyphens, the words between numbers of a lot, and numbers of kanji."""
    first, second = key_of([one]), key_of([other])

    assert first is not None
    assert second is not None
    assert first.written != second.written
    assert first.folded == second.folded


@pytest.mark.parametrize(("one", "other"), [("007", "7"), ("A-001", "A-1"), ("12.0", "12"), ("3-04", "3-4")])
def test_what_a_spreadsheet_takes_away_shows_in_the_loosest_key_only(one: str, other: str) -> None:
    """Leading zeros and ".0": one number where nothing else says so, two where both are there."""
    first, second = key_of([one]), key_of([other])

    assert first is not None
    assert second is not None
    assert first.folded != second.folded
    assert first.bare == second.bare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12-3", "123"),
        ("三之町", "3之町"),
        ("二三十番", "230"),
        ("A-1", "B-1"),
        ("1-10", "11-0"),
        ("10", "100"),
        ("ニ-1", "2-1"),
    ],
)
def test_different_numbers_keep_different_keys(one: str, other: str) -> None:
    """Also names that hold a numeral, and what is not certainly one number of kanji."""
    first, second = key_of([one]), key_of([other])

    assert first is not None
    assert second is not None
    assert first.bare != second.bare


def test_a_key_of_several_columns_needs_all_of_them() -> None:
    """Its parts do not run into each other."""
    assert key_of(["1", None]) is None
    assert key_of(["1", " 　"]) is None
    assert key_of([]) is None
    assert key_of(["1", "23"]) != key_of(["12", "3"])
