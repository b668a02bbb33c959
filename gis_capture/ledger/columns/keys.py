"""Which column tells the rows of a table apart."""

import re
from collections.abc import Iterable

from gis_capture.ledger.table import Column, Table
from gis_capture.ledger.values.folding import fold
from gis_capture.ledger.values.texts import damage_of_id

_NAMED_AS_KEY = re.compile(r"(?:番号|^no|№|^id$|[_ ]id$|^id[_ ]|コード|符号|記号)", re.IGNORECASE)
_NOT_A_KEY = re.compile(r"電話|郵便|法人|fax|tel|連番|口座|団体コード|市区?町村コード|都道府県コード", re.IGNORECASE)
_MEASURE = re.compile(
    r"緯度|経度|座標|面積|延長|備考|摘要|年月日|金額|標高|latitude|longitude|^lat$|^lon$|^[xy]$", re.IGNORECASE
)
_DAY = re.compile(r"[0-9]{1,2}月[0-9]{1,2}日")
_MAX_CHARS = 40


def propose_keys(table: Table) -> list[str]:
    """Gives the names of the columns that could be the key, the likeliest first.

    Such a column is filled in every row and never says the same twice. One whose numbers Excel has damaged
    (1.23E+15, 1234567890123450, 5月5日, dates among texts) is no key, however distinct they look.
    """
    scored = [
        (score, -index, column.name)
        for index, (column, texts) in enumerate(zip(table.columns, table.values, strict=True))
        if (score := _score(table, column, list(texts)))
    ]
    return [name for _, _, name in sorted(scored, reverse=True)]


def holds_damage(texts: Iterable[str | None]) -> bool:
    """Whether a cell has lost digits, or was made a day, by a spreadsheet: it tells no row apart any more."""
    return any(_DAY.fullmatch(text) or damage_of_id(text.strip().upper()) for text in texts if text)


def _score(table: Table, column: Column, texts: list[str | None]) -> int:
    if len(texts) < 2 or None in texts or table.date_cells.get(column.name):
        return 0
    keys = {fold(text) for text in texts if text}
    if len(keys) < len(texts) or any(len(key) > _MAX_CHARS for key in keys):
        return 0
    if holds_damage(texts):
        return 0
    name = fold(column.name.rpartition("/")[2])
    if _MEASURE.search(name) or _NOT_A_KEY.search(name):
        return 0
    return 2 if _NAMED_AS_KEY.search(name) else 1
