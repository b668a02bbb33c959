"""Finds the town that an address names, in the city it names, in the office's own, or anywhere."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from gis_capture.locate.gazetteer.cities import Cities, City, Start, whole_of
from gis_capture.locate.gazetteer.folding import Folded, key_of
from gis_capture.locate.gazetteer.spots import Hit, Spot
from gis_capture.locate.gazetteer.towns import CityTowns

_LONGEST_NAME = 16
_RENAMED = re.compile("(?:.{1,4}?郡)?(.{1,6}?)[市町村]")
_PART_OF_NAME = re.compile("[町村郷]")
_WARD = re.compile("(?<=市).{1,4}?区")
_FORMER = re.compile("(?:.{1,4}?郡)?(.{1,6}?)([町村])")
# Katakana typed for the kanji that looks like it: ニツ屋 is 二ツ屋. Only tried when nothing else is found.
_LOOK_ALIKES = str.maketrans("ニハエカトロタミ", "二八工力卜口夕三")
_SAMPLE_SIZE = 100

Find = tuple[City, Hit]


class TownFinder:
    """The towns of all cities; those of one are read when it is first asked for."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.cities = Cities(map(City._make, database.execute("SELECT * FROM city")))
        self._towns: dict[int, CityTowns] = {}
        self._renamed: dict[str, list[int]] = {}

    def find(self, text: str, context: tuple[int, ...]) -> tuple[Start, list[Find]]:
        """Finds the towns that a folded address may mean; several only where nothing decides between them."""
        start, finds = self._find(text, context)
        if not finds and (alike := text.translate(_LOOK_ALIKES)) != text:
            start, finds = self._find(alike, context)
            finds = _unsure(finds)
        return start, finds

    def context_of(self, addresses: Iterable[str]) -> str | None:
        """Tells where addresses lie that do not name their city, by the others or by the towns they name.

        Returns:
            The city (or ward) that most addresses name; else, when few name one, that which has the towns of most;
            else the prefecture most of them are in; None where nothing of this holds.
        """
        stated: list[int] = []
        unstated: list[set[int]] = []
        levels = [self._name_of, self._whole_of]
        known = list(dict.fromkeys(addresses))
        sample = known[:: max(1, len(known) // _SAMPLE_SIZE)]
        for address in sample:
            text = Folded(address).text
            start = self.cities.start_of(text)
            if len(start.city_ids) == 1:
                stated.append(start.city_ids[0])
            else:
                # 西区 is a ward of ten cities, few of which have the town behind it.
                possible = set(self._cities_with_town(text, start.end))
                unstated.append(possible.intersection(start.city_ids) if start.city_ids else possible)
                levels = levels[-1:] if start.city_ids else levels
        for name_of in levels:
            best = Counter(map(name_of, stated)).most_common(1)
            if best and best[0][1] > 0.5 * len(stated) and best[0][1] >= len(unstated):
                return best[0][0]
        if len(unstated) > len(stated):
            for name_of in levels:
                top = Counter(name for ids in unstated for name in set(map(name_of, ids))).most_common(2)
                if top and top[0][1] >= 0.5 * len(unstated) and (len(top) == 1 or top[1][1] <= 0.8 * top[0][1]):
                    return top[0][0]
        rows = unstated if len(unstated) > len(stated) else [{city_id} for city_id in stated]
        prefs = Counter(pref for ids in rows for pref in {self.cities.by_id[city_id].pref for city_id in ids})
        return prefs.most_common(1)[0][0] if prefs and prefs.most_common(1)[0][1] >= 0.5 * len(sample) else None

    def _name_of(self, city_id: int) -> str:
        city = self.cities.by_id[city_id]
        return city.pref + city.name

    def _whole_of(self, city_id: int) -> str:
        """The city; of a ward, the city that it is one of."""
        city = self.cities.by_id[city_id]
        return city.pref + whole_of(city.name)

    def _find(self, text: str, context: tuple[int, ...]) -> tuple[Start, list[Find]]:
        start = self.cities.start_of(text)
        common = tuple(city_id for city_id in start.city_ids if city_id in context) if context else ()
        if common:
            # 美浜町 is a town of three prefectures; the office's own is meant.
            start = start._replace(city_ids=common)
        finds = self._in_cities(start.city_ids, text, start.end)
        if not (finds and finds[0][1].is_sure) and (ward := _WARD.match(text, start.end)):
            # 浜松市中央区 is younger than the wards of many a table; the town is found by the city.
            finds = self._in_cities(start.city_ids, text, ward.end(), in_full=True) or finds
        at_home: tuple[int, ...] = ()
        if context and not common and not (start.pref and start.city_ids):
            at_home = tuple(city_id for city_id in context if self._is_possible(city_id, start.pref))
            # 清水町 is a municipality and a town of many cities: the office's own city goes first.
            is_full = bool(start.city_ids)
            own = self._in_cities(at_home, text, 0 if is_full else start.end, in_full=is_full)
            if own and own[0][1].end >= max([start.end, *(hit.end for _, hit in finds)]):
                finds = own
            elif self._is_hardly_meant(text, start, at_home):
                is_own = len(own) == 1 and own[0][1].end >= start.end
                finds = _unsure(own if is_own else finds)
        if not finds:
            finds = self._roundabout(text, start, at_home)
        return start, finds

    def _is_hardly_meant(self, text: str, start: Start, at_home: tuple[int, ...]) -> bool:
        """山田町山田 is in Iwate, but an office elsewhere would name its prefecture or county."""
        prefs = {self.cities.by_id[city_id].pref for city_id in at_home}
        named = text[: start.end]
        is_small = named.endswith(("町", "村")) and "郡" not in named
        return is_small and not any(self.cities.by_id[city_id].pref in prefs for city_id in start.city_ids)

    def another_town(self, city: City, named: str, rest: str) -> Spot | None:
        """The town that stands behind another of the same city, with what the two have in common left out."""
        shared = [named[: match.end()] for match in _PART_OF_NAME.finditer(named)]
        for way in (rest, *(part + rest for part in reversed(shared))):
            hit = self._towns_of(city.city_id).find_full(way, 0)
            if hit is not None and hit.is_sure:
                return hit.spot
        return None

    def _roundabout(self, text: str, start: Start, at_home: tuple[int, ...]) -> list[Find]:
        """Tries what is only tried where no town stands behind the city."""
        if not start.city_ids:
            own = self._of_former(text, start, at_home) or self._of_renamed(text, start, at_home)
            return own if own or at_home else self._anywhere(text, start)
        # 朝日村万石 is 朝日町万石 of the office's own city before it is another 朝日村 without a 万石.
        if finds := self._of_former(text, start._replace(end=0), at_home):
            return finds
        if finds := self._of_former(text, start, start.city_ids):
            return finds
        # 福井県福井市越前市天王町: a column's city stands before that of the row.
        again = self.cities.start_of(text[start.end :])
        pref = self.cities.by_id[start.city_ids[0]].pref
        ids = [city_id for city_id in again.city_ids if self._is_possible(city_id, pref)]
        return _unsure(self._in_cities(ids, text, start.end + again.end))

    def _is_possible(self, city_id: int, pref: str) -> bool:
        return not pref or self.cities.by_id[city_id].pref == pref

    def _in_cities(self, city_ids: Sequence[int], text: str, start: int, *, in_full: bool = False) -> list[Find]:
        """Finds the towns that explain most of a text, in some cities."""
        found = []
        for city_id in city_ids:
            towns = self._towns_of(city_id)
            hit = towns.find_full(text, start) if in_full else towns.find(text, start)
            if hit is not None:
                found.append((self.cities.by_id[city_id], hit))
        if len(found) < 2:
            return found
        best = max((hit.is_sure, hit.end) for _, hit in found)
        return [(city, hit) for city, hit in found if (hit.is_sure, hit.end) == best]

    def _of_former(self, text: str, start: Start, city_ids: Sequence[int]) -> list[Find]:
        """Finds a town behind the county and name of a municipality that is now a part of one of the cities."""
        if match := _FORMER.match(text, start.end):
            ways = [match[1] + "町" + text[match.end() :], match[1] + text[match.end() :]]
            # 上宝村本郷 is 上宝町本郷; without a county, only where the former name lives on in those of its towns.
            for way in ways if "郡" in match[0] else ways[:1] if match[2] == "村" else ():
                if finds := self._in_cities(city_ids, way, 0, in_full=True):
                    lost = len(text) - len(way)
                    return [(city, hit._replace(end=hit.end + lost, is_sure=False)) for city, hit in finds]
        return []

    def _of_renamed(self, text: str, start: Start, at_home: tuple[int, ...]) -> list[Find]:
        """Finds a town behind a municipality that is a ward or a city now: 清水市旭町, 滝沢村中鵜飼, 篠山市北新町."""
        match = _RENAMED.match(text, start.end)
        if match is None:
            return []
        if not self._renamed:
            for city in self.cities.by_id.values():
                name = key_of(city.name)
                for begin in range(len(name) - 2 if name[-1] in "市区" else 0):
                    self._renamed.setdefault(name[begin:-1], []).append(city.city_id)
        ids = [
            city_id
            for city_id in self._renamed.get(match[1], ())
            if self._is_possible(city_id, start.pref) and (not at_home or city_id in at_home)
        ]
        return _unsure(self._in_cities(ids, text, match.end(), in_full=True))

    def _anywhere(self, text: str, start: Start) -> list[Find]:
        """Finds a town by its name alone; former municipalities (大野郡丹生川村…) are tried as parts of its name."""
        ways = [(text, start.end)]
        if match := _FORMER.match(text, start.end):
            ways += [(match[1] + "町" + text[match.end() :], 0), (match[1] + text[match.end() :], 0)]
        best: list[Find] = []
        for way, begin in ways:
            ids = [city_id for city_id in self._cities_with_town(way, begin) if self._is_possible(city_id, start.pref)]
            finds = self._in_cities(ids, way, begin)
            lost = len(text) - len(way) if way is not text else 0
            # 末広町10 is hardly in the one city of forty whose 末広町 has ten 丁目.
            is_sure = way is text and len(ids) == 1
            finds = [(city, hit._replace(end=hit.end + lost, is_sure=hit.is_sure and is_sure)) for city, hit in finds]
            # 大野郡丹生川村町方 is more of the text than a town 大野 somewhere.
            best = max(best, finds, key=lambda each: (each[0][1].is_sure, each[0][1].end) if each else (False, 0))
        return best

    def _towns_of(self, city_id: int) -> CityTowns:
        towns = self._towns.get(city_id)
        if towns is None:
            columns = "town_id, name, base_key, chome, koaza, koaza_key, lon, lat, radius_m"
            rows = self._database.execute(f"SELECT {columns} FROM town WHERE city_id = ?", (city_id,))
            towns = self._towns[city_id] = CityTowns(rows)
        return towns

    def _cities_with_town(self, text: str, start: int) -> list[int]:
        """Cities anywhere that have a town whose name stands at `start`, by the longest such name."""
        for end in range(min(start + _LONGEST_NAME, len(text)), start + 1, -1):
            rows = self._database.execute("SELECT DISTINCT city_id FROM town WHERE base_key = ?", (text[start:end],))
            if ids := [row[0] for row in rows]:
                return ids
        return []


def _unsure(finds: list[Find]) -> list[Find]:
    return [(city, hit._replace(is_sure=False)) for city, hit in finds]
