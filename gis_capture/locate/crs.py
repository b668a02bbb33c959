"""Which CRS a text names, and what family its datum belongs to. CRSs are known by EPSG code, never by name."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCRSError

from gis_capture.errors import CRSError
from gis_capture.text import Text

Datum = Literal["tokyo", "jgd2000", "jgd2011", "wgs84"]

GEOGRAPHIC: dict[Datum, int] = {"tokyo": 4301, "jgd2000": 4612, "jgd2011": 6668, "wgs84": 4326}
_FIRST_PLANE: dict[Datum, int] = {"tokyo": 30161, "jgd2000": 2443, "jgd2011": 6669, "wgs84": 6669}
_FIRST_UTM_51: dict[Datum, int] = {"tokyo": 3092, "jgd2000": 3097, "jgd2011": 6688, "wgs84": 32651}
# JGD2024 shares the horizontal coordinates and the codes of JGD2011.
_DATUM_WORDS: tuple[tuple[str, Datum], ...] = (
    ("日本測地系2024|jgd2024|測地成果2024", "jgd2011"),
    ("日本測地系2011|jgd2011|測地成果2011", "jgd2011"),
    ("日本測地系2000|jgd2000|測地成果2000", "jgd2000"),
    ("旧測地系|旧日本測地系|日本測地系|tokyo|東京測地系|ベッセル|bessel|旧成果", "tokyo"),
    ("wgs-?_?84", "wgs84"),
    ("世界測地系|新測地系|grs80", "jgd2011"),
)
# 測地系 of the Ministry of Land's boring and survey exchange formats.
_DATUM_CODES: dict[str, Datum] = {
    "0": "tokyo",
    "1": "jgd2000",
    "2": "jgd2011",
    "旧": "tokyo",
    "日本": "tokyo",
    "新": "jgd2011",
    "世界": "jgd2011",
}
_ROMAN = (
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
    "xvi",
    "xvii",
    "xviii",
    "xix",
)
_KANJI = (
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
    "十九",
)
_ZONE_NUMBERS = {word: number for words in (_ROMAN, _KANJI) for number, word in enumerate(words, 1)}
_ZONE = re.compile(
    "(?:第|座標|直角|zone|cs|[^a-z0-9]|^)(1?[0-9]|[ivx]+|[一二三四五六七八九十]+)系(?!統|列)|(?:zone|cs|系番号|系コード|座標系):?(1?[0-9]|[ivx]+)(?![a-z0-9])"
)


def plane_code(zone: int, datum: Datum) -> int:
    """The EPSG code of a plane rectangular zone (1–19)."""
    return _FIRST_PLANE[datum] + zone - 1


def zone_of(code: int) -> int | None:
    """The plane rectangular zone of an EPSG code, None for every other CRS."""
    return next((code - first + 1 for first in _FIRST_PLANE.values() if 0 <= code - first < 19), None)


def read_datum(text: str) -> Datum | None:
    """Finds the datum that a text names, also as a code of a 測地系 column."""
    folded = _fold(text)
    if datum := _DATUM_CODES.get(folded):
        return datum
    return next((datum for pattern, datum in _DATUM_WORDS if re.search(pattern, folded)), None)


def tells_of_two_datums(text: str) -> bool:
    """Whether a text names the old datum and a newer one, as a note on a conversion does."""
    folded = re.sub("日本測地系20[0-9]{2}", "世界測地系", _fold(text))
    found = {datum == "tokyo" for pattern, datum in _DATUM_WORDS if re.search(pattern, folded)}
    return len(found) > 1


def read_zone(text: str) -> int | None:
    """Finds the plane rectangular zone that a text names: 第Ⅶ系, 7系, CS VII."""
    match = _ZONE.search(_fold(text))
    return _zone_number(match[1] or match[2]) if match else None


def read_zone_cell(text: str) -> int | None:
    """Reads a cell of a column of zones, where a bare 7 or VII is one, too."""
    return _zone_number(_fold(text)) or read_zone(text)


def read_code(text: str) -> int | None:
    """Finds the EPSG code that a text names, by number or in words; None where it names none."""
    folded = _fold(text)
    if match := re.search("epsg:*/*(?:[0-9.]*:)?:?([0-9]{4,5})(?![0-9])", folded) or re.fullmatch(
        "([0-9]{4,5})", folded
    ):
        return int(match[1])
    datum = read_datum(text) if not folded.isdigit() else None
    if match := re.search("utm.{0,6}?(5[1-5])n?", folded):
        return _FIRST_UTM_51[datum or "jgd2011"] + int(match[1]) - 51
    zone = read_zone(text)
    if zone is not None:
        return plane_code(zone, datum or "jgd2011")
    return GEOGRAPHIC[datum] if datum else None


def parse_crs(text: str) -> int:
    """Reads a CRS that a person names: "EPSG:6675", "6675", "平面直角座標系第7系", "日本測地系".

    Raises:
        CRSError: It names none, or one that PROJ does not know.
    """
    code = read_code(text)
    try:
        if code is not None:
            crs_of(code)
            return code
    except ProjCRSError:
        pass
    raise CRSError(
        Text(
            f"座標系「{text[:80]}」が分かりません。「EPSG:6675」または「平面直角座標系第7系」のように書いてください。",
            f'CRS "{text[:80]}" is not known: write it as "EPSG:6675".',
        ),
        crs=text,
    )


@lru_cache
def crs_of(code: int) -> CRS:
    """The CRS of an EPSG code."""
    return CRS.from_epsg(code)


@lru_cache
def datum_of(code: int) -> Datum:
    """The family of a CRS's datum.

    Raises:
        CRSError: Not one of those in use in Japan since 1918.
    """
    crs = crs_of(code)
    base = (crs.sub_crs_list[0] if crs.is_compound else crs).geodetic_crs
    two_dimensional = base.to_2d().to_epsg() if base is not None else None
    for datum, geographic in GEOGRAPHIC.items():
        if two_dimensional == geographic:
            return datum
    raise CRSError(
        Text(f"座標系 EPSG:{code} の測地系には対応していません。", f"The datum of EPSG:{code} is not supported."),
        crs=f"EPSG:{code}",
    )


def plane_name(code: int) -> str:
    """How a clerk calls a plane CRS."""
    zone = zone_of(code)
    return f"平面直角座標系第{zone}系（EPSG:{code}）" if zone else f"EPSG:{code} {crs_of(code).name}"


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _zone_number(word: str) -> int | None:
    number = int(word) if word.isascii() and word.isdigit() else _ZONE_NUMBERS.get(word)
    return number if number and 1 <= number <= 19 else None
