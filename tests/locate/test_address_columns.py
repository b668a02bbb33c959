"""Which columns of a ledger say where its things are."""

import pytest

from gis_capture.locate.address_columns import find_address_columns
from gis_capture.locate.layouts import Columns


def table(text: str) -> Columns:
    """Columns of a text: headers, then rows, parted by blanks."""
    header, *rows = [line.split(" ") for line in text.split("\n")]
    return {name: [None if row[at] == "-" else row[at] for row in rows] for at, name in enumerate(header)}


def first(text: str) -> list[str]:
    """The addresses that are tried first."""
    columns = table(text)
    found = find_address_columns(columns)
    return found[0].texts(columns) if found else []


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("番号 所有者住所 設置場所\n1 東京都港区芝公園4 花岡町2", ["花岡町2"]),
        ("番号 所有者住所 所在地\n1 東京都港区芝公園4 花岡町2", ["花岡町2"]),
        ("番号 申請者住所 名称\n1 東京都港区芝公園4 街路灯", []),
        ("申請者 住所 設置箇所\n山田 東京都港区芝公園4 花岡町2", ["花岡町2"]),
        ("請負者住所 施工場所\n東京都港区芝公園4 花岡町2", ["花岡町2"]),
        ("所有者 住所 構造\n山田 花岡町2 木造", ["花岡町2"]),
        ("No 会長住所 町名\n1 花岡町2 三福寺町", ["三福寺町"]),
        ("No 市町村 大字 字 番地\n1 札幌市中央区 北3条西 6丁目 1", ["札幌市中央区北3条西6丁目1"]),
        ("No 町名 丁目 番 号\n1 花岡町 2 18 1\n2 三福寺町 - 300 -", ["花岡町2丁目18番1号", "三福寺町300番"]),
        ("No 町字 番地以下\n1 花岡町2丁目 18", ["花岡町2丁目18"]),
        ("No 旧市町村 大字 番地\n1 丹生川村 坊方 2000", ["丹生川村坊方2000"]),
        ("No 字 番地 枝番\n1 坊方 2000 3", ["坊方2000-3"]),
        ("No 所在 地番\n1 花里町一丁目 880-1", ["花里町一丁目"]),
        ("No 地番 名称\n1 880-1 井戸", []),
    ],
)
def test_addresses_are_those_of_the_thing_in_full_or_in_parts(text: str, addresses: list[str]) -> None:
    """Those of an owner or applicant are not; bare numbers get the word of their header."""
    assert first(text) == addresses


def test_both_the_whole_and_its_parts_are_proposed() -> None:
    """What the gazetteer knows best is taken."""
    columns = table("No 所在 地番\n1 花里町一丁目 880-1")
    assert [one.texts(columns) for one in find_address_columns(columns)] == [["花里町一丁目"], ["花里町一丁目880-1"]]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("名称 区 所在地\nA 西区 指扇610-3\nB 大宮区 東町2-105", ["西区指扇610-3", "大宮区東町2-105"]),
        ("名称 行政区名 住所\nA 西区 さいたま市西区指扇610-3", ["さいたま市西区指扇610-3"]),
        ("名称 区 所在地\nA 1 指扇610-3\nB 2 東町2-105", ["指扇610-3", "東町2-105"]),
    ],
)
def test_a_ward_of_its_own_column_goes_before_the_address(text: str, addresses: list[str]) -> None:
    """Once; a 区 that is no ward, does not."""
    assert first(text) == addresses
