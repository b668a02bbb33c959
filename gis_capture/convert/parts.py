"""The tables of a source as parts of it: which a person wants, which are ledgers, and what tells their rows apart."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gis_capture.convert.geometry_doubts import columns_of
from gis_capture.convert.positions import coordinates_of, has_geometries
from gis_capture.errors import SourceError
from gis_capture.ledger import Column, Reading, Table
from gis_capture.ledger.columns import propose_keys
from gis_capture.ledger.opening import nothing_in
from gis_capture.ledger.values import fold_header, infer_type
from gis_capture.ledger.words import is_section_word
from gis_capture.locate.keys import propose_ways
from gis_capture.model import FieldType, Text

Wanted = str | Sequence[str] | None
"""Names of tables or sheets; None = all."""

_PLACE = ("住所", "所在", "場所", "位置", "番地", "地番", "address")
_NAMED = re.compile(r"番号|^no\.?$|№|^id$|コード|符号|記号|名称|名$|施設|路線|name", re.IGNORECASE)
_BESIDE = re.compile(
    r"凡例|記入(?:例|要領|方法)|入力(?:例|規則|方法)|選択肢|プルダウン|ドロップダウン|マスター?|コード表|一覧表?の見方|"
    r"(?:変更|改訂|改定|更新|版)(?:の)?(?:履歴|記録)|目次|表紙|集計|統計|総括|内訳|legend|readme|history|summary",
    re.IGNORECASE,
)
_MIN_COLUMNS = 3


def names_of(wanted: Wanted) -> tuple[str, ...]:
    """The names; () = all tables are wanted."""
    return () if wanted is None else (wanted,) if isinstance(wanted, str) else tuple(wanted)


def choose_tables(reading: Reading, wanted: Wanted = None) -> list[Table]:
    """Gives the tables of these names, or on sheets of these names.

    Raises:
        SourceError: There is no table, or none of a name.
    """
    path, names = reading.source.path, names_of(wanted)
    if not reading.tables:
        raise SourceError(nothing_in(path), path=path)
    if not any(len(table.row_numbers) for table in reading.tables):
        raise _without_rows(path, reading.tables)
    for name in names:
        if all(name not in (table.name, table.sheet) for table in reading.tables):
            there = "、".join(table.name for table in reading.tables)
            raise SourceError(
                Text(
                    f"「{path.name}」に「{name}」という表はありません。次の表があります：{there}",
                    f'"{path.name}" has no table "{name}"; there are: {there}',
                ),
                path=path,
            )
    return [table for table in reading.tables if not names or table.name in names or table.sheet in names]


def _without_rows(path: Path, tables: Sequence[Table]) -> SourceError:
    n_left_out = sum(skipped.reason != "blank" for table in tables for skipped in table.skipped)
    ja = f"（表題・注記・集計などで対象外の行が {n_left_out:,} 行）" if n_left_out else ""
    en = f" ({n_left_out:,} rows are titles, notes or totals)" if n_left_out else ""
    return SourceError(
        Text(
            f"「{path.name}」には、取り込む行がありません{ja}。何も書き込んでいません。ファイルに台帳の行があるか確かめてください。",
            f'"{path.name}" has no rows to bring in{en}. Nothing was written: check that the file holds the ledger.',
        ),
        path=path,
    )


def is_ledger(table: Table) -> bool:
    """Whether the rows of a table beside others are things: they have places, or numbers or names of their own.

    Legends, lists of choices, histories of the file and counts by district are none.
    """
    if not len(table.row_numbers) or (not table.header_rows and table.geometries is None):
        return False
    if has_geometries(table) or coordinates_of(table).kind != "none" or propose_ways(columns_of(table)):
        return True
    if len(table.columns) < 2 or any(_BESIDE.search(name) for name in (table.sheet, table.title) if name):
        return False
    headers = [fold_header(column.name.rpartition("/")[2]) for column in table.columns]
    if any(word in header for header in headers for word in _PLACE):
        return True
    keys = [name for name in propose_keys(table) if _NAMED.search(name)]
    return len(headers) >= _MIN_COLUMNS and bool(keys) and not _counts_only(table)


def _counts_only(table: Table) -> bool:
    """Whether all columns but the first hold numbers: so many of this and of that in each district."""
    return all(infer_type(texts) in (FieldType.INTEGER, FieldType.REAL) for texts in table.values[1:])


def name_parts(tables: Sequence[Table]) -> Sequence[Table]:
    """Gives tables that are parts of one list a column which says of which sheet, or under which title, a row stood.

    「地区」 where all sheets are named after districts; nothing is added where the names tell nothing apart.
    """
    names: list[str | None] = [table.sheet for table in tables]
    header = "シート"
    if len(set(names)) < len(tables):
        names, header = [table.title for table in tables], "表"
    there = {fold_header(column.name) for table in tables for column in table.columns}
    if all(name and is_section_word(name) for name in names) and fold_header("地区") not in there:
        header = "地区"
    if len(tables) < 2 or None in names or len(set(names)) < len(tables) or fold_header(header) in there:
        return tables
    return [_with_column(table, header, name) for table, name in zip(tables, names, strict=True) if name]


def _with_column(table: Table, header: str, text: str) -> Table:
    number = max(column.number for column in table.columns) + 1
    columns = (*table.columns, Column(header, header, number))
    return replace(table, columns=columns, values=(*table.values, [text] * len(table.row_numbers)))
