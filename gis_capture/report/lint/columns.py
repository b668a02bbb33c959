"""What a column of a table is, as far as the rules ask: a measure, dates, prose, an area."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gis_capture.ledger import Column, Table
from gis_capture.ledger.values.units import unit_of_header
from gis_capture.report.lint import texts as reading

_IDENTIFIER = re.compile(
    r"番号|No|№|コード|ID$|地番|番地|電話|FAX|郵便|年度?$|号$|階$|緯度|経度|座標|[XYＸＹ]$|率$|比$|lat|lon|tel|code",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"面積|延長|長さ|橋長|幅|[口管直]?径|高さ?$|樹高|深|重量|質量|容量|水量|能力|金額|価格|単価|費|料金|距離|標高|厚|"
    r"ワット|電圧|圧力|速度|人口|世帯|定員|人数"
)
_PROSE = re.compile(
    r"備考|摘要|特記|説明|内容|所見|経緯|理由|概要|注|住所|所在|アクセス|時間|曜日|URL|comment|note|remark",
    re.IGNORECASE,
)
_AREA = re.compile(
    r"住所|所在|町|字|地区|地域|区域|市区?町?村|都道府県|団体|自治会|校区|学区|緯度|address|area|city|town|lat",
    re.IGNORECASE,
)
_PREVAILS = 0.6
_DIGITS_OF_EXCEL = 15


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column holds.

    Attributes:
        unit: That its header states.
        is_measure: Its name is that of something with a unit.
        units: Those that stand behind its numbers; of two or more it is not known which is meant elsewhere.
    """

    is_number: bool
    is_date: bool
    is_prose: bool
    is_measure: bool
    is_identifier: bool
    unit: str | None
    units: frozenset[str] = frozenset()


def kind_of(column: Column, values: Sequence[str | None]) -> Kind:
    """Judges a column by its name and by what prevails in it."""
    unit = unit_of_header(column.name)
    filled = [text for text in values if text is not None and not reading.is_ditto(text)][:2_000]
    told = [text for text in filled if not reading.is_sign(text)]
    is_identifier = _IDENTIFIER.search(column.name) is not None and unit is None
    has_zeros = any(re.match(r"0[0-9]", text) for text in told)
    n_numbers = sum(reading.plain_number(text, unit) is not None for text in told)
    n_dates = sum(reading.parse_date_text(text) is not None for text in told)
    is_date = bool(told) and n_dates >= _PREVAILS * len(told) and n_dates > 0
    is_plain = sum(map(reading.is_plain_number, told)) >= _PREVAILS * len(told)
    is_number = bool(told) and n_numbers >= _PREVAILS * len(told) and not has_zeros
    return Kind(
        is_number=is_number and (not is_date or is_plain) and not (is_identifier and not is_plain),
        is_date=is_date and not is_plain,
        is_prose=_PROSE.search(column.name) is not None,
        is_measure=_MEASURE.search(column.name) is not None,
        is_identifier=is_identifier,
        unit=unit,
        units=frozenset(
            found for text in told if reading.plain_number(text, unit) is not None and (found := reading.unit_of(text))
        ),
    )


def is_kept_as_number(text: str, kind: Kind) -> bool:
    """Whether a text of such a column is to be a number in a workbook; of more digits Excel would lose some."""
    is_exact = sum(map(str.isdecimal, text)) <= _DIGITS_OF_EXCEL
    return kind.is_number and not kind.is_identifier and reading.is_plain_number(text) and is_exact


def columns_of(table: Table) -> Sequence[tuple[Column, Kind]]:
    """The columns of a table with what they hold."""
    return [(column, kind_of(column, values)) for column, values in zip(table.columns, table.values, strict=True)]


def names_an_area(table: Table) -> bool:
    """Whether some column says where things are: an address, a town, a code of the city."""
    return any(_AREA.search(column.name) for column in table.columns)
