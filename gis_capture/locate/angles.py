"""One angle, or a latitude and a longitude, out of a text.

Understood: 36.1461, 北緯36度8分46秒, 36°08'46.0"N, ３６°８′４６″, 36-8-46, 36.08.46.0, 36:08:46, 36d08m46s,
36°8.767' and so on. Numbers without marks are given as they stand: whether 36.0846 is packed is for the whole column
to tell.
"""

import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from gis_capture.model import BBox

JAPAN = BBox(122.0, 20.0, 154.5, 46.0)
"""Japan with its seas and remote islands, in degrees of whatever datum."""
LONGEST_TEXT = 200
"""A longer cell holds prose, not a coordinate."""

_LONGEST_URL = 2000

_MARKS = {
    **dict.fromkeys("度º˚゜ﾟ", "°"),
    **dict.fromkeys("分′’‘`´ʹ＇", "'"),
    **dict.fromkeys("秒″”“〃ʺ＂", '"'),
    **dict.fromkeys("‐‑‒–—―−ー－ｰ", "-"),
    **dict.fromkeys("・·．｡", "."),
    **dict.fromkeys("、，；;", ","),
    **dict.fromkeys("（(［[「【", " "),
    **dict.fromkeys("）)］]」】", " "),
}
_FOLD = str.maketrans(_MARKS)
_AXIS_WORDS = (
    ("北緯", "N"),
    ("南緯", "S"),
    ("東経", "E"),
    ("西経", "W"),
    ("緯°", "N"),
    ("経°", "E"),
    ("LAT", "N"),
    ("LON", "E"),
    ("北", "N"),
    ("南", "S"),
    ("東", "E"),
    ("西", "W"),
)
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_KANJI_NUMBER = re.compile("[〇一二三四五六七八九十百]+(?=(?:[.．・][〇一二三四五六七八九]+)?[度分秒])")
_DEGREE_WORD = re.compile(r"(?<=\d)\s*DEG(?:REES?)?\.?")
# S is seconds only behind minutes that are a letter, too; else it is south.
_LETTERS = re.compile(r"(\d)\s*[D°]\s*([\d.]+)\s*M(?:IN)?\.?(?:\s*([\d.]+)\s*S(?:EC)?\.?)?")

_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_ANGLE = (
    rf"(?P<before>[NSEW])?\s*:?\s*(?P<sign>[+-])?\s*(?:"
    rf"(?P<d>\d{{1,3}})\s*°\s*(?P<m>\d{{1,2}})\s*'\s*(?P<s>{_NUMBER})\s*(?:\"\.?(?P<fraction>\d*)|''?)?"
    rf"|(?P<d2>\d{{1,3}})\s*°\s*(?P<m2>{_NUMBER})\s*'?"
    rf"|(?P<d5>\d{{2,3}})\s+(?P<m5>\d{{1,2}}\.\d+)"
    rf"|(?P<d6>\d{{2,3}})\s*:\s*(?P<m6>\d{{1,2}}(?:\.\d+)?)(?!\s*:)"
    rf"|(?P<d3>\d{{1,3}})(?P<split>\s*[-:/_]\s*|\s+)(?P<m3>\d{{1,2}})(?:\s*[-:/_]\s*|\s+)(?P<s3>{_NUMBER})"
    rf"|(?P<d4>\d{{1,3}})\.(?P<m4>\d{{1,2}})\.(?P<s4>\d{{1,2}}(?:\.\d*)?)"
    rf"|(?P<number>{_NUMBER})\s*°?"
    rf")\s*(?P<after>[NSEW])?"
)
_ONE = re.compile(_ANGLE)
_MARKED = re.compile("[°'\"NSEW]")
_TWO = re.compile(
    re.sub(r"\?P<(\w+)>", r"?P<\1_a>", _ANGLE)
    + r"(?:\s*[,/]\s*|\s+|(?<=[\"'°NSEW])|(?=[NSEW]))"
    + re.sub(r"\?P<(\w+)>", r"?P<\1_b>", _ANGLE)
)
_WKT = re.compile(r"POINT\s*Z?\s*[(（]\s*(-?[\d.]+)\s+(-?[\d.]+)(?:\s+-?[\d.]+)?", re.IGNORECASE)
_URL = re.compile(r"(?:[@=/:]|%40)(-?\d{1,3}\.\d+)(?:,|%2C)\s*\+?(-?\d{1,3}\.\d+)", re.IGNORECASE)
_QUERY = re.compile(
    r"\b(?:lat|lon|lng|long)(?:itude)?=(-?\d{1,3}\.\d+).{1,40}?\b(?:lat|lon|lng|long)(?:itude)?=(-?\d{1,3}\.\d+)",
    re.IGNORECASE,
)
_HEIGHT = re.compile(r"[,/\s]+-?\d{1,4}(?:\.\d+)?\s*M?$")
# Three digits behind a comma would be thousands.
_DECIMAL_COMMA = re.compile(r"([NSEW]?[+-]?\d{1,3}),(\d{1,2}|\d{4,})(?=[°NSEW]*$)")

# How a spreadsheet marks a number as text.
_AS_TEXT = re.compile(r"^\s*['’＇](?=[\d０-９NSEW北東])")


class Angle(NamedTuple):
    """A number of degrees.

    Attributes:
        degrees: Decimal degrees, or the number as it stands when it has no marks.
        is_dms: Minutes were written.
        axis: "N", "S", "E", "W" where the text says it, else "".
        unit_deg: What the last written digit stands for; 0 = not told.
    """

    degrees: float
    is_dms: bool
    axis: str
    unit_deg: float = 0.0


def fold(text: str) -> str:
    """Gives the text with half-width digits, ASCII marks and axis letters; for reading only, never to be stored."""
    # Marks first: NFKC would turn º into o and ˚ into a blank.
    text = _KANJI_NUMBER.sub(lambda match: _kanji_number(match[0]), text).translate(_FOLD)
    text = unicodedata.normalize("NFKC", text).translate(_FOLD).upper()
    for word, letter in _AXIS_WORDS:
        text = text.replace(word, letter)
    text = _DEGREE_WORD.sub("°", text)
    text = _LETTERS.sub(lambda match: f"{match[1]}°{match[2]}'" + (f'{match[3]}"' if match[3] else ""), text)
    return text.strip(" ,\t\r\n")


def parse_angle(text: str) -> Angle | None:
    """Reads one angle; None where the text is no angle.

    Sixty seconds are the next minute, as rounding leaves them; more are refused.
    """
    return _parse_angle(text) if len(text) <= LONGEST_TEXT else None


@lru_cache(maxsize=1 << 14)
def _parse_angle(text: str) -> Angle | None:
    match = _ONE.fullmatch(with_point(fold(_AS_TEXT.sub("", text))))
    return _angle(match.groupdict()) if match else None


def with_point(text: str) -> str:
    """Writes 36,1461 as 36.1461."""
    return _DECIMAL_COMMA.sub(r"\1.\2", text)


def parse_pair(text: str) -> tuple[Angle, Angle] | None:
    """Reads two angles of one cell, in the order they are written; also WKT points (x y) and map addresses (URL)."""
    return _parse_pair(text[:_LONGEST_URL])


@lru_cache(maxsize=1 << 12)
def _parse_pair(text: str) -> tuple[Angle, Angle] | None:
    if match := _WKT.search(text):
        return Angle(float(match[1]), False, "E"), Angle(float(match[2]), False, "N")
    if match := _URL.search(text) or _QUERY.search(text):
        return Angle(float(match[1]), False, ""), Angle(float(match[2]), False, "")
    if len(text) > LONGEST_TEXT:
        return None
    folded = fold(text)
    match = _TWO.fullmatch(folded) or _TWO.fullmatch(_HEIGHT.sub("", folded))
    if match is None:
        return None
    groups = match.groupdict()
    first = _angle({name[:-2]: value for name, value in groups.items() if name.endswith("_a")})
    second = _angle({name[:-2]: value for name, value in groups.items() if name.endswith("_b")})
    return (first, second) if first and second else None


def parse_position(text: str) -> tuple[float, float, bool] | None:
    """Reads a position in Japan out of one cell: longitude, latitude, and whether minutes were written.

    Which is which is told by size: in Japan no latitude can be a longitude.
    """
    pair = parse_pair(text)
    if pair is None:
        return None
    first, second = pair
    for lat, lon in ((first.degrees, second.degrees), (second.degrees, first.degrees)):
        if JAPAN.min_x <= lon <= JAPAN.max_x and JAPAN.min_y <= lat <= JAPAN.max_y:
            return lon, lat, first.is_dms and second.is_dms
    return None


def _angle(part: dict[str, str | None]) -> Angle | None:
    axis = part["before"] or part["after"] or ""
    sign = -1.0 if part["sign"] == "-" or axis in ("S", "W") else 1.0
    if part["number"] is not None:
        return Angle(sign * float(part["number"]), False, axis)
    whole, rest = part["d2"] or part["d5"] or part["d6"], part["m2"] or part["m5"] or part["m6"]
    if whole and rest:
        degrees, minutes, seconds, last = float(whole), float(rest), 0.0, rest
    elif part["d"] is not None and part["m"] is not None and part["s"] is not None:
        last = part["s"] + ("." + part["fraction"] if part["fraction"] else "")
        degrees, minutes, seconds = float(part["d"]), float(part["m"]), float(last)
    else:
        last = part["s3"] or part["s4"] or ""
        degrees, minutes, seconds = (float(part[f"{name}3"] or part[f"{name}4"] or "nan") for name in "dms")
    if not ((minutes < 60 and seconds <= 60) or (minutes == 60 and seconds == 0)) or math.isnan(degrees):
        return None
    unit_deg = 10.0 ** -len(last.partition(".")[2]) / (60 if rest else 3600)
    return Angle(sign * (degrees + minutes / 60 + seconds / 3600), True, axis, unit_deg)


def _kanji_number(text: str) -> str:
    if not set(text) & set("十百"):
        return text.translate(_KANJI_DIGITS)
    total, current = 0, 0
    for sign in text:
        if sign in "十百":
            total += (current or 1) * (10 if sign == "十" else 100)
            current = 0
        else:
            current = int(sign.translate(_KANJI_DIGITS))
    return str(total + current)
