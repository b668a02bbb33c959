"""Whole columns of cells to arrays of numbers, and what numbers without marks mean."""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gis_capture.locate.angles import JAPAN, parse_angle

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Notation = Literal["decimal", "packed_dms", "packed_dm", "seconds"]

_SENTINELS = np.array([0, *(float("9" * a + ("." + "9" * b if b else "")) for a in range(2, 8) for b in range(7))])
_METRES = re.compile(r"([+-]?)((?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?)(km|m)?")
_MINUS = str.maketrans(dict.fromkeys("▲△‐‑‒–—―−ー", "-"))

# 36.1461 or 36.0846; 3608.767; 360846; 36146111 or 36084612; 361461111 or 360846123
SURE_LOG_ODDS = 4.0
"""Less, and a person should look."""
_SCALES = (0, 2, 4, 6, 7, 8)
# 3614611: web mercator has such numbers, too, so that a header has to say what they are.
_SCALES_OF_NAMED = (*_SCALES, 5)
_NAMES = re.compile("[緯経]|lat|lon|lng")
_SECONDS = (0, 3)
_SAMPLE_SIZE = 2000
# Log odds of "seconds, not decimals" by one value whose last two digits would be seconds under 60 or not:
# always so in a packed number (but for slips), in 60 of 100 decimal numbers.
_ODDS_FITS = math.log(0.995 / 0.6)
_ODDS_FITS_NOT = math.log(0.005 / 0.4)
SURE_PRIOR_LOG_ODDS = 7.0
"""Of decimals against packed numbers before any is seen: where there are fewer, the digits speak for packed ones."""
_PRIOR_PACKED = {0: -SURE_PRIOR_LOG_ODDS, 4: 3.0, 5: -1.0, 6: -2.0, 7: -2.0, 8: -2.0}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column as numbers; NaN where a cell is empty or no number."""

    values: Floats
    is_dms: Bools
    is_empty: Bools


@dataclass(frozen=True, slots=True)
class Meaning:
    """What numbers without marks mean.

    Attributes:
        scale: Power of ten by which the numbers are too large; 3 for milliseconds.
        log_odds: How much more likely this is than the next best reading, by the digits.
    """

    notation: Notation
    scale: int
    log_odds: float


def read_angles(cells: Sequence[str | None]) -> Numbers:
    """Reads a column of angles."""

    def parse(text: str) -> tuple[float, bool]:
        angle = parse_angle(text)
        return (angle.degrees, angle.is_dms) if angle else (math.nan, False)

    return _read(cells, parse)


def read_metres(cells: Sequence[str | None]) -> Numbers:
    """Reads a column of plane coordinates, with thousands separators, ▲ for minus, and units."""

    def parse(text: str) -> tuple[float, bool]:
        folded = "".join(unicodedata.normalize("NFKC", text[:60]).translate(_MINUS).lower().split()).lstrip("'’")
        match = _METRES.fullmatch(folded)
        if match is None:
            return math.nan, False
        number = float(match[2].replace(",", "")) * (1000 if match[3] == "km" else 1)
        return (-number if match[1] == "-" else number), False

    return _read(cells, parse)


def in_japan(lon: Floats, lat: Floats) -> Bools:
    """Tells which positions are within Japan's box, its seas and remote islands included; NaN is not."""
    return (lon >= JAPAN.min_x) & (lon <= JAPAN.max_x) & (lat >= JAPAN.min_y) & (lat <= JAPAN.max_y)


def is_sentinel(values: Floats) -> Bools:
    """Tells which numbers stand for "not known": 0, -1, 99, 999.9 and the like."""
    is_mark: Bools = np.isin(np.abs(values), _SENTINELS) | (values == -1)
    return is_mark


def meaning_of(lon: Floats, lat: Floats, *, hint: str = "") -> Meaning:
    """Tells what numbers without marks mean, by the whole column.

    Args:
        lon: Numbers as written, NaN for none.
        lat: As `lon`, parallel to it. The two may stand in each other's place.
        hint: The headers, which may say 度分秒 or 10進.
    """
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & ~is_sentinel(lon) & ~is_sentinel(lat))
    known = known[:: max(1, len(known) // _SAMPLE_SIZE)]
    pairs = np.unique(np.stack([lon[known], lat[known]], axis=1), axis=0)
    if len(pairs) == 0:
        return Meaning("decimal", 0, math.inf)
    scales = _SCALES_OF_NAMED if _NAMES.search(hint) else _SCALES
    units = {("degrees", scale): 10.0**scale for scale in scales}
    units |= {("seconds", power): 3600 * 10.0**power for power in _SECONDS}
    # Most rows decide for all: one that is written in another unit is not read in it without a word.
    kind, scale = max(units, key=lambda unit: _share_in_japan(pairs / units[unit]))
    if kind == "seconds":
        return Meaning("seconds", scale, 9.0)
    scaled = pairs / 10**scale
    if scale == 2:
        return Meaning("packed_dm", 2, 9.0)
    told = 8.0 if re.search("度分秒|60進|六十進|dms", hint) else -8.0 if re.search("10進|十進|decimal", hint) else 0.0
    odds = _PRIOR_PACKED.get(scale, -7.0) + told + _packed_odds(scaled)
    return Meaning("packed_dms" if odds > 0 else "decimal", scale, abs(odds))


def has_packed_digits(lon: Floats, lat: Floats) -> Bools:
    """Tells which pairs have the digits of D.MMSS to D.MMSSss: four to six decimals."""
    is_short, has_seconds = np.ones(len(lon), bool), np.zeros(len(lon), bool)
    for axis in (lon, lat):
        is_short &= _is_whole(axis * 1e6)
        has_seconds |= ~_is_whole(axis * 1e3)
    return is_short & has_seconds


def has_four_decimals(lon: Floats, lat: Floats) -> bool:
    """Do all have the digits of D.MMSS, and none more?"""
    known = np.isfinite(lon) & np.isfinite(lat)
    return bool(all(_is_whole(axis[known] * 1e4).all() for axis in (lon, lat)))


def to_degrees(values: Floats, meaning: Meaning) -> Floats:
    """Gives decimal degrees; NaN where minutes would be 60 or more, or seconds more than 60."""
    if meaning.notation == "decimal":
        return values / 10**meaning.scale if meaning.scale else values
    if meaning.notation == "seconds":
        return values / (3600 * float(10**meaning.scale))
    sign, size = np.sign(values), np.abs(values) / 10**meaning.scale
    if meaning.notation == "packed_dm":
        # round: 36.0876 is 36 + 8.76 minutes only after the binary dust is gone
        degrees, minutes = np.divmod(np.round(size * 100, 9), 100)
        return np.where(minutes < 60, sign * (degrees + minutes / 60), np.nan)
    degrees, minutes, seconds = _split_packed(size)
    fits = (minutes < 60) & (seconds <= 60)
    return np.where(fits, sign * (degrees + minutes / 60 + seconds / 3600), np.nan)


def _is_whole(values: Floats) -> Bools:
    whole: Bools = np.abs(values - np.round(values)) < 1e-3
    return whole


def _share_in_japan(pairs: Floats) -> float:
    a, b = pairs[:, 0], pairs[:, 1]
    return float((in_japan(a, b) | in_japan(b, a)).mean())


def _split_packed(size: Floats) -> tuple[Floats, Floats, Floats]:
    packed = np.round(size * 10_000, 7)
    minutes_part, seconds = np.divmod(packed, 100)
    degrees, minutes = np.divmod(minutes_part, 100)
    return degrees, minutes, seconds


def _packed_odds(scaled: Floats) -> float:
    total = 0.0
    for axis in range(2):
        # One city's minutes are much alike, so a distinct value counts for it by its seconds only.
        values = np.unique(scaled[:, axis])
        _, minutes, seconds = _split_packed(values)
        if not seconds.any():
            # Two decimals at most: nothing there that could be seconds.
            continue
        n_fit = int(((minutes < 60) & (seconds < 60)).sum())
        total += n_fit * _ODDS_FITS + (len(values) - n_fit) * _ODDS_FITS_NOT
    return total


def _read(cells: Sequence[str | None], parse: Callable[[str], tuple[float, bool]]) -> Numbers:
    n = len(cells)
    try:
        values = np.fromiter(map(float, cells), np.float64, n)  # type: ignore[arg-type]
        return Numbers(np.where(np.isfinite(values), values, np.nan), np.zeros(n, bool), np.zeros(n, bool))
    except (TypeError, ValueError):
        pass
    values, is_dms, is_empty = np.full(n, np.nan), np.zeros(n, bool), np.zeros(n, bool)
    for row, cell in enumerate(cells):
        if cell is None or not cell or cell.isspace():
            is_empty[row] = True
            continue
        try:
            values[row] = float(cell)
        except ValueError:
            values[row], is_dms[row] = parse(cell)
    values[~np.isfinite(values)] = np.nan
    return Numbers(values, is_dms, is_empty)
