"""Names of prefectures and cities at the start of an address, complete or not."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gis_capture.locate.gazetteer.folding import key_of
from gis_capture.locate.gazetteer.starts import lengths_by_start

_COUNTY = re.compile("(.{1,5}?郡)(.+[町村])$")
# 東京都八丈島八丈町, 北海道石狩振興局江別市: the name of an island or a branch office is no part of the city's.
_BEFORE_CITY = re.compile("(?:.{1,6}?(?:支庁|振興局)|.{1,6}?島)")
_WARD = re.compile("(.+?市)(.{1,5}区)$")


class City(NamedTuple):
    """A city, town, village or ward; `name` with its county or its city."""

    city_id: int
    pref: str
    name: str
    lon: float | None
    lat: float | None
    radius_m: float | None


class Start(NamedTuple):
    """What the start of an address names.

    Attributes:
        end: Where the name ends.
        city_ids: The cities it may be; all wards where only their city is named.
        pref: The prefecture, "" where it is not named.
    """

    end: int
    city_ids: tuple[int, ...]
    pref: str


class Cities:
    """All cities by the ways in which an address may start with them."""

    def __init__(self, rows: Iterable[City]) -> None:
        self.by_id = {city.city_id: city for city in rows}
        self._prefs: dict[str, str] = {}
        self._names: dict[str, list[int]] = {}
        for city in self.by_id.values():
            self._prefs.setdefault(key_of(city.pref), city.pref)
            for name in _ways(key_of(city.name)):
                self._names.setdefault(name, []).append(city.city_id)
        for city in self.by_id.values():
            # 龍崎市 for 龍ケ崎市: an office leaves its own ケ out now and then.
            for name in _ways(key_of(city.name)):
                if (short := name[0] + name[1:-1].replace("ケ", "") + name[-1]) != name:
                    self._names.setdefault(short, [city.city_id])
        self._lengths = lengths_by_start(self._names)

    def start_of(self, text: str) -> Start:
        """Reads prefecture and city off the start of a folded address."""
        pref, begin = "", 0
        for length in (3, 4):
            if text[:length] in self._prefs:
                pref, begin = self._prefs[text[:length]], length
        for length in self._lengths.get(text[begin : begin + 2], ()):
            end = begin + length
            ids = self._names.get(text[begin:end]) if end <= len(text) else None
            if ids and (ids := [city_id for city_id in ids if not pref or self.by_id[city_id].pref == pref]):
                return Start(end, tuple(ids), pref)
        if pref and (between := _BEFORE_CITY.match(text, begin)):
            behind = self.start_of(shorter := text[:begin] + text[between.end() :])
            if behind.city_ids:
                return behind._replace(end=behind.end + len(text) - len(shorter))
        return Start(begin, (), pref)

    def is_name(self, text: str) -> bool:
        """Whether a text names a city and nothing else; no ward of a name that wards of several cities have."""
        key = key_of(text)
        start = self.start_of(key)
        n_meant = len(start.city_ids)
        return start.end == len(key) and (n_meant == 1 or (n_meant > 1 and not key.endswith("区")))

    def named(self, name: str) -> tuple[int, ...]:
        """The cities that a person means: "高山市", "岐阜県高山市", "岐阜県" (all its cities), a code's name."""
        start = self.start_of(key_of(name))
        if start.city_ids or not start.pref:
            return start.city_ids
        return tuple(city.city_id for city in self.by_id.values() if city.pref == start.pref)


def whole_of(name: str) -> str:
    """The name of the city that a ward belongs to; any other name as it is."""
    match = _WARD.match(name)
    return match[1] if match else name


def _ways(name: str) -> Sequence[str]:
    if match := _COUNTY.match(name):
        # 吉田郡永平寺松岡…: behind a county the 町 is left out now and then.
        return name, match[2], name[:-1]
    if match := _WARD.match(name):
        return name, match[2], match[1]
    return (name,)
