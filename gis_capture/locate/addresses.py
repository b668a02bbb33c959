"""Where the addresses of a table's rows are: positions for rows without coordinates, evidence for the others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np

from gis_capture.locate.address_columns import AddressColumns, find_address_columns, is_of_person
from gis_capture.locate.gazetteer import Gazetteer, Match
from gis_capture.locate.layouts import Columns
from gis_capture.locate.numbers import Floats
from gis_capture.locate.words import fold_header

_CITY = re.compile("(?:所在地.?)?(?:市区町村名?|市町村名?|city)")
_PREFECTURE = re.compile("(?:所在地.?)?(?:都道府県名?|pref|prefecture)")
# 清水町 alone may be the town of a city; a column of cities names others, too.
_SURELY_CITY = re.compile("[都道府県郡].|[市区]$")
_SAMPLE_SIZE = 60
_ENOUGH = 0.3
_FINER = {"lot": 0.3, "block": 0.2, "koaza": 0.1, "chome": 0.1}
_CLEARLY = 1.02
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
    cities = _cities(columns, gazetteer)
    best: tuple[float, Addresses] | None = None
    for candidate in [AddressColumns(tuple(names))] if names else find_address_columns(columns):
        texts = candidate.texts(columns)
        filled = [row for row, text in enumerate(texts) if text]
        if not filled:
            continue
        context = city or gazetteer.home or gazetteer.context_of(texts[row] for row in filled)
        found = Addresses(candidate.names, texts, _Matches(gazetteer, texts, cities, context))
        sample = [found.matches[row] for row in filled[:: max(1, len(filled) // _SAMPLE_SIZE)]]
        placed = [match for match in sample if match and match.level in PLACED_LEVELS]
        # How much is found and how near, and in how many of the rows.
        share = sum(1 + match.is_sure + _FINER.get(match.level, 0.0) for match in placed) / len(sample)
        score = share * len(filled)
        if (names or len(placed) >= _ENOUGH * len(sample)) and (best is None or score > best[0] * _CLEARLY):
            best = score, found
    return replace(best[1], matches=list(best[1].matches)) if best else None


class _Matches(Sequence[Match | None]):
    """What a gazetteer makes of addresses, each looked up when it is first asked for."""

    def __init__(
        self, gazetteer: Gazetteer, texts: Sequence[str], cities: Mapping[int, str], context: str | None
    ) -> None:
        self._gazetteer, self._texts, self._cities, self._context = gazetteer, texts, cities, context

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, row: int) -> Match | None: ...
    @overload
    def __getitem__(self, row: slice) -> list[Match | None]: ...
    def __getitem__(self, row: int | slice) -> Match | list[Match | None] | None:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        if row >= len(self):
            raise IndexError(row)
        text = self._texts[row]
        return self._gazetteer.search(text, city=self._cities.get(row, self._context)) if text else None


def address_texts(columns: Columns) -> Sequence[str]:
    """The addresses as they stand in the columns that are headed so, whether a gazetteer knows them or not."""
    for candidate in find_address_columns(columns):
        if any(texts := candidate.texts(columns)):
            return texts
    return ()


def _cities(columns: Columns, gazetteer: Gazetteer) -> Mapping[int, str]:
    """What columns of their own say about the city of a row: one that is headed so, else one of names of cities."""
    city = next((name for name in columns if _CITY.fullmatch(fold_header(name))), None)
    if city is None:
        city = next((name for name in columns if _names_cities(name, columns[name], gazetteer)), None)
    if city is None:
        return {}
    pref = next((name for name in columns if _PREFECTURE.fullmatch(fold_header(name))), None)
    prefs = columns[pref] if pref else [""] * len(columns[city])
    rows = enumerate(zip(prefs, columns[city], strict=True))
    return {row: (of_pref or "").strip() + text.strip() for row, (of_pref, text) in rows if text}


def _names_cities(name: str, cells: Sequence[str | None], gazetteer: Gazetteer) -> bool:
    if is_of_person(fold_header(name)):
        return False
    known = list(dict.fromkeys(filter(None, cells)))
    sample = known[:: max(1, len(known) // _SAMPLE_SIZE)]
    return any(map(_SURELY_CITY.search, sample)) and all(map(gazetteer.is_city, sample))
