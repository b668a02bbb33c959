"""Lot numbers and ids that a spreadsheet turned into dates: 5-5 became 5 May. Told with what it probably was."""

import re
from collections.abc import Iterator

from gis_capture.ledger.table import Column, Table
from gis_capture.ledger.values.codes import EXCEL_DATE_DAMAGE
from gis_capture.model import Problem
from gis_capture.text import Text

_NAMED_LOT = re.compile(r"地番|番地|枝番|番号$|コード$|(?:^|_)ID$|ＩＤ$|区画|部屋", re.IGNORECASE)
_NAMED_DATE = re.compile(r"日|年|月|期|時")
_LOT = re.compile(r"[0-9０-９]{1,6}(?:(?:[-－‐−ー]|番地?の?|の)\s*[0-9０-９]{1,5}){0,4}(?:番地?|号)?")
_DAY = re.compile(r"\d{4}-(\d\d)-(\d\d)$")
_SHARE_OF_LOTS = 0.8
_MAX_PROBLEMS = 200


def find_date_damage(table: Table) -> list[Problem]:
    """Finds cells that are dates in columns of lot numbers: by the name, or by what the other cells are."""
    problems: list[Problem] = []
    for column, texts in zip(table.columns, table.values, strict=True):
        dates = table.date_cells.get(column.name)
        if not dates or _NAMED_DATE.search(column.header):
            continue
        others = [text for row, text in zip(table.row_numbers, texts, strict=True) if text and row not in dates]
        n_lots = sum(_LOT.fullmatch(text) is not None for text in others)
        if _NAMED_LOT.search(column.header) or (others and n_lots >= _SHARE_OF_LOTS * len(others)):
            problems += _told(table, column, dates)
    return problems[:_MAX_PROBLEMS]


def _told(table: Table, column: Column, dates: frozenset[int]) -> Iterator[Problem]:
    texts = table.values[table.columns.index(column)]
    for row, text in zip(table.row_numbers, texts, strict=True):
        day = _DAY.match(text or "") if row in dates else None
        if day is None:
            continue
        lot = f"{int(day[1])}-{int(day[2])}"
        yield Problem(
            EXCEL_DATE_DAMAGE,
            "warning",
            Text(
                f"「{text}」は「{lot}」がExcelで日付に変わったもののようです。",
                f'"{text}" looks like "{lot}" turned into a date by Excel.',
            ),
            Text(f"「{lot}」か確かめてください。", f'Is it "{lot}"?'),
            row_number=row,
            column=column.name,
            cell=table.cell_name(row, column),
        )
