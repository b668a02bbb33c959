"""国土数値情報: gives coded columns (P29_004 …) their names; the code stays as the header, so that both are found."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.ksj_names import EXTRA, NAMES
from gis_capture.ledger.table import Column, Reading, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_CODE = re.compile(r"([A-Z]\d{2}[a-z]?)_(\d{3})(?:_(\d{1,3}))?")
_EDITION = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{2}[a-z]?-(\d{2,8})(?![0-9])")


def resolve_codes(reading: Reading) -> Reading:
    """Names the coded columns of all tables of a reading; what could not be named is told."""
    if not any(_CODE.fullmatch(column.name) for table in reading.tables for column in table.columns):
        return reading
    named: list[str] = []
    unknown: list[str] = []
    tables = tuple(_resolve(table, named, unknown) for table in reading.tables)
    return Reading(reading.source, tables, (*reading.problems, *_problems(named, unknown)))


def _resolve(table: Table, named: list[str], unknown: list[str]) -> Table:
    year = _year(table)
    columns: list[Column] = []
    taken = {column.name for column in table.columns if not _CODE.fullmatch(column.name)}
    for column in table.columns:
        name = name_of(column.name, year)
        if name is None:
            if _CODE.fullmatch(column.name):
                unknown.append(column.name)
                taken.add(column.name)
            columns.append(column)
            continue
        unique, n = name, 1
        while unique in taken:
            n += 1
            unique = f"{name}_{n}"
        taken.add(unique)
        named.append(f"{column.name}={unique}")
        columns.append(Column(unique, column.name, column.number))
    names = {old.name: new.name for old, new in zip(table.columns, columns, strict=True)}
    dates = {names.get(name, name): rows for name, rows in table.date_cells.items()}
    problems = tuple(replace(p, column=names.get(p.column, p.column)) if p.column else p for p in table.problems)
    return replace(table, columns=tuple(columns), date_cells=dates, problems=problems)


def name_of(code: str, year: int | None) -> str | None:
    """The name of a coded column in the edition of a year; None where it is not certain.

    Without a year only datasets whose columns never changed are certain.
    """
    if code in EXTRA:
        return EXTRA[code]
    found = _CODE.fullmatch(code)
    editions = NAMES.get(found[1], ()) if found else ()
    fitting = [edition for edition in editions if year is not None and edition[0] <= year <= edition[1]]
    if year is None and len(editions) == 1 and editions[0][:2] == (0, 9999):
        fitting = list(editions)
    if not fitting or found is None:
        return None
    names, number = fitting[0][2].split(" "), int(found[2])
    if not 1 <= number <= len(names) or names[number - 1] == "-":
        return None
    return names[number - 1] + (found[3].lstrip("0") if found[3] else "")


def _year(table: Table) -> int | None:
    """The year of the edition, as names of files have it: P29-13_21, N03-20240101_21."""
    path = PurePath(table.source.path)
    for text in (table.name, path.stem, *path.parts[::-1]):
        if found := _EDITION.search(text):
            digits = found[1]
            if len(digits) in (4, 8):
                return int(digits[:4])
            short = int(digits[:2])
            return 2000 + short if short < 70 else 1900 + short
    return None


def _problems(named: Sequence[str], unknown: Sequence[str]) -> list[Problem]:
    problems = []
    if named:
        shown = "、".join(dict.fromkeys(named))
        message = Text(
            f"国土数値情報の項目のコードを名前に直しました：{shown}",
            f"Coded columns of 国土数値情報 were given their names: {shown}",
        )
        problems.append(Problem(codes.CODES_RESOLVED, "info", message))
    if unknown:
        shown = "、".join(dict.fromkeys(unknown))
        message = Text(
            f"意味の分からないコードの項目があります：{shown}", f"Coded columns whose meaning is not known: {shown}"
        )
        suggestion = Text(
            "国土数値情報のサイトにあるデータの説明で確かめてください。", "Look them up in the description of the data."
        )
        problems.append(Problem(codes.CODES_UNKNOWN, "info", message, suggestion))
    return problems
