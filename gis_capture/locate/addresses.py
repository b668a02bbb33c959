"""Where the addresses of a table's rows are: positions for rows without coordinates, evidence for the others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gis_capture.locate.gazetteer import Gazetteer, Match
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Floats
from gis_capture.locate.words import fold_header

_ADDRESS = re.compile("住所|所在地|所在|address|設置場所|場所|位置")
_OTHER = re.compile(
    "コード|番号|メール|mail|url|〒|郵便|方書|緯|経|種別|区分|名称|カナ|英[語字]|建物|連絡先|id$|都道府県|市区町村|町字|番地以下"
)
_PARTS = ("都道府県", "市区町村", "町字", "番地以下")
_PARTS_OF_LOTS = ("大字名?|大字町名|町名", "丁目名?", "小字名?", "地番|番地")
_CITY = re.compile("(?:所在地.?)?(?:市区町村名?|市町村名?|city)")
_PREFECTURE = re.compile("(?:所在地.?)?(?:都道府県名?|pref|prefecture)")
_SAMPLE_SIZE = 60
_ENOUGH = 0.3
PLACED_LEVELS = frozenset({"district", "town", "chome", "koaza", "block", "lot"})
"""Levels by which coordinates are judged; a city alone is too large for that."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the rows; sequences are parallel to them.

    Attributes:
        columns: Where they stand.
        texts: As written; "" = none.
        matches: None where there is no address.
    """

    columns: tuple[str, ...]
    texts: Sequence[str]
    matches: Sequence[Match | None]

    def points(self) -> tuple[Floats, Floats, Floats]:
        """Longitude, latitude (degrees) and radius (metres) of the addresses that are sure; NaN for the others."""
        rows = [
            (match.lon, match.lat, match.accuracy_m)
            if match and match.is_sure and match.level in PLACED_LEVELS and match.lon is not None
            else (None, None, None)
            for match in self.matches
        ]
        array = np.array(rows, np.float64).reshape(-1, 3)
        return array[:, 0], array[:, 1], array[:, 2]


def gives_place(match: Match | None) -> bool:
    """Whether a row can be put on the map by its address; by its city only where it names nothing else."""
    if match is None or match.lon is None:
        return False
    return match.level in PLACED_LEVELS or (match.level == "city" and match.is_sure)


def find_addresses(
    columns: Columns, gazetteer: Gazetteer, *, names: Sequence[str] = (), city: str | None = None
) -> Addresses | None:
    """Matches the addresses of a table.

    Args:
        columns: Texts by column name.
        gazetteer: Where to look them up.
        names: Columns of the address, in its order; () = found by their headers.
        city: Where addresses lie that do not name their city; None = told by the other rows.

    Returns:
        None where the table has no addresses.
    """
    cities = _cities(columns)
    for candidate in [tuple(names)] if names else _candidates(columns):
        texts = _joined(columns, candidate)
        filled = [row for row, text in enumerate(texts) if text]
        if not filled:
            continue
        context = city or gazetteer.home or gazetteer.context_of(texts[row] for row in filled)
        sample = filled[:: max(1, len(filled) // _SAMPLE_SIZE)]
        n_found = sum(
            gazetteer.search(texts[row], city=cities.get(row, context)).level in PLACED_LEVELS for row in sample
        )
        if names or n_found >= _ENOUGH * len(sample):
            matches = [
                gazetteer.search(text, city=cities.get(row, context)) if text else None
                for row, text in enumerate(texts)
            ]
            return Addresses(candidate, texts, matches)
    return None


def _candidates(columns: Columns) -> list[tuple[str, ...]]:
    """Columns that may hold addresses: one in full, or its parts."""
    folded = {name: fold_header(name) for name in columns}
    whole = [name for name, text in folded.items() if _ADDRESS.search(text) and not _OTHER.search(text)]
    # 所在地_連結表記 and 住所 say it in full; 設置場所 may say "in front of the school".
    whole.sort(key=lambda name: not re.search("連結|住所|所在地|address", folded[name]))
    parts = [name for part in _PARTS for name, text in folded.items() if re.fullmatch(f"所在地.?{part}", text)]
    lots = [name for part in _PARTS_OF_LOTS for name, text in folded.items() if re.fullmatch(part, text)]
    return [*((name,) for name in whole), *(tuple(group) for group in (parts, lots) if len(group) > 1)]


def _joined(columns: Columns, names: Sequence[str]) -> list[str]:
    if len(names) == 1:
        return [(text or "").strip() for text in columns[names[0]]]
    return [
        "".join(part.strip() for part in row if part) for row in zip(*(columns[name] for name in names), strict=True)
    ]


def _cities(columns: Columns) -> Mapping[int, str]:
    """What columns of their own say about the city of a row."""
    city = next((name for name in columns if _CITY.fullmatch(fold_header(name))), None)
    if city is None:
        return {}
    pref = next((name for name in columns if _PREFECTURE.fullmatch(fold_header(name))), None)
    prefs = columns[pref] if pref else [""] * len(columns[city])
    rows = enumerate(zip(prefs, columns[city], strict=True))
    return {row: (of_pref or "").strip() + text.strip() for row, (of_pref, text) in rows if text}
