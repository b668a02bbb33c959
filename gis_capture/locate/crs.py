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
    ("測地系2024|jgd2024|測地成果2024", "jgd2011"),
    ("測地系2011|jgd2011|測地成果2011|itrf2008", "jgd2011"),
    # The newest frame that is named counts: JGD2011 is ITRF94 too, where nothing moved.
    ("測地系2000|jgd2000|測地成果2000|itrf-?_?94", "jgd2000"),
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
    "(?:第|座標|直角|zone|cs|[^a-z0-9]|^)(1?[0-9]|[ivx]+|[一二三四五六七八九十]+)系(?!統|列)|(?<![a-z])[xy]([0-9]{1,2})系"
    "|(?:zone|cs|系番号|系コード|座標系|(?<!測地)系(?=[:=]))[:=]?(?:(1?[0-9])(?![0-9])|([ivx]+)(?![a-z0-9]))"
)
_UTM = re.compile("utm.{0,6}?(5[1-5])n?")
_UTM_CELL = re.compile("(?:utm|zone|ゾーン|第)*(5[1-5])(?:[nq-u]|帯|ゾーン|系)?")
_EPSG = re.compile("epsg:*/*(?:[0-9.]*:)?:?([0-9]{4,5})(?![0-9])")
_MERCATOR = re.compile("(?<!横)メルカトル|(?<!transverse)(?<!transverse[_-])mercator")
WEB_MERCATOR = 3857
_DATUM_NAMES: dict[Datum, Text] = {
    "tokyo": Text("日本測地系", "the Tokyo datum"),
    "jgd2000": Text("JGD2000", "JGD2000"),
    "jgd2011": Text("JGD2011", "JGD2011"),
    "wgs84": Text("WGS84", "WGS84"),
}


def plane_code(zone: int, datum: Datum) -> int:
    """The EPSG code of a plane rectangular zone (1–19)."""
    return _FIRST_PLANE[datum] + zone - 1


def zone_of(code: int) -> int | None:
    """The plane rectangular zone of an EPSG code, None for every other CRS."""
    return next((code - first + 1 for first in _FIRST_PLANE.values() if 0 <= code - first < 19), None)


def utm_zone_of(code: int) -> int | None:
    """The zone of UTM of an EPSG code (51–55), None for every other CRS."""
    return next((code - first + 51 for first in _FIRST_UTM_51.values() if 0 <= code - first < 5), None)


def utm_code(zone: int, datum: Datum) -> int:
    """The EPSG code of a zone of UTM (51–55)."""
    return _FIRST_UTM_51[datum] + zone - 51


def in_datum(code: int, datum: Datum) -> int:
    """The same zone, or degrees, in another datum; web mercator has but one."""
    if zone := zone_of(code):
        return plane_code(zone, datum)
    if utm_zone := utm_zone_of(code):
        return utm_code(utm_zone, datum)
    return GEOGRAPHIC[datum] if code in GEOGRAPHIC.values() else code


def read_datum(text: str) -> Datum | None:
    """Finds the datum that a text names in words."""
    folded = _fold(text)
    return next((datum for pattern, datum in _DATUM_WORDS if re.search(pattern, folded)), None)


def read_datum_cell(text: str) -> Datum | None:
    """Reads a cell of a column of datums, where a code or 旧 and 新 are one, too."""
    return _DATUM_CODES.get(_fold(text)) or read_datum(text)


def names_datum(text: str) -> bool:
    """Whether a text names a datum, by a code of EPSG or in words."""
    folded = _fold(text)
    return bool(_EPSG.search(folded) or re.fullmatch("[0-9]{4,5}", folded) or _MERCATOR.search(folded)) or (
        read_datum(text) is not None
    )


def tells_of_two_datums(text: str) -> bool:
    """Whether a text names the old datum and a newer one, as a note on a conversion does."""
    folded = re.sub("日本測地系20[0-9]{2}", "世界測地系", _fold(text))
    found = {datum == "tokyo" for pattern, datum in _DATUM_WORDS if re.search(pattern, folded)}
    return len(found) > 1


def read_zone(text: str) -> int | None:
    """Finds the plane rectangular zone that a text names: 第Ⅶ系, 7系, CS VII."""
    # The year of a datum may stand before the zone: JGD2011 7系.
    match = _ZONE.search(re.sub("(jgd|測地系|測地成果|itrf)-?_?(?:94|2000|2008|2011|2014|2024)", r"\1 ", _fold(text)))
    return _zone_number(next(filter(None, match.groups()))) if match else None


def read_zone_cell(text: str) -> int | None:
    """Reads a cell of a column of zones or CRSs as an EPSG code, where a bare 7, VII, 53 or 54帯 is a zone, too."""
    folded = re.sub("[.]0$", "", _fold(text))
    if zone := _zone_number(folded):
        return plane_code(zone, "jgd2011")
    if match := _UTM_CELL.fullmatch(folded):
        return utm_code(int(match[1]), "jgd2011")
    return read_code(folded)


def read_code(text: str) -> int | None:
    """Finds the EPSG code that a text names, by number or in words; None where it names none."""
    folded = _fold(text)
    if match := _EPSG.search(folded) or re.fullmatch("([0-9]{4,5})", folded):
        return int(match[1])
    if _MERCATOR.search(folded):
        return WEB_MERCATOR
    datum = read_datum(text)
    if match := _UTM.search(folded):
        return utm_code(int(match[1]), datum or "jgd2011")
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


def plane_name(code: int) -> Text:
    """How a clerk calls a CRS."""
    if zone := zone_of(code):
        return Text(f"平面直角座標系第{zone}系（EPSG:{code}）", f"plane rectangular zone {zone} (EPSG:{code})")
    if zone := utm_zone_of(code):
        return Text(f"UTM第{zone}帯（EPSG:{code}）", f"UTM zone {zone} (EPSG:{code})")
    if code == WEB_MERCATOR:
        return Text(f"Webメルカトル（EPSG:{code}）", f"web mercator (EPSG:{code})")
    datum = next((datum for datum, geographic in GEOGRAPHIC.items() if geographic == code), None)
    if datum is None:
        return Text(name := f"EPSG:{code} {crs_of(code).name}", name)
    named = _DATUM_NAMES[datum]
    return Text(f"{named.ja}の緯度経度（EPSG:{code}）", f"latitude and longitude of {named.en} (EPSG:{code})")


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _zone_number(word: str) -> int | None:
    number = int(word) if word.isascii() and word.isdigit() else _ZONE_NUMBERS.get(word)
    return number if number and 1 <= number <= 19 else None
