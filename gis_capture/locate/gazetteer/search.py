"""Addresses to places, offline."""

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from gis_capture.errors import SourceError
from gis_capture.locate.gazetteer.build import APPLICATION_ID, FORMAT_VERSION
from gis_capture.locate.gazetteer.cities import Cities, City, Start
from gis_capture.locate.gazetteer.folding import Folded
from gis_capture.locate.gazetteer.lots import lot_keys
from gis_capture.locate.gazetteer.spots import Hit, Level, Spot
from gis_capture.locate.gazetteer.towns import CityTowns
from gis_capture.model import BBox
from gis_capture.text import Text

_POSTCODE = re.compile("〒?[0-9]{3}-?[0-9]{4}(?![0-9])")
_LONGEST_ADDRESS = 300
_LONGEST_NAME = 16
_FORMER = re.compile("(?:.{1,4}?郡)?(.{1,6}?)[町村]")
_LOT_RADIUS_M: dict[Level, float] = {"block": 80.0, "lot": 50.0}
# Katakana typed for the kanji that looks like it: ニツ屋 is 二ツ屋. Only tried when nothing else is found.
_LOOK_ALIKES = str.maketrans("ニハエカトロタミ", "二八工力卜口夕三")
_SAMPLE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Match:
    """How much of an address is known, and where that is.

    Attributes:
        level: What was found; nothing finer is claimed.
        name: Of the place, as the gazetteer writes it: 静岡県焼津市本町五丁目.
        matched: The part of the address that was recognised, as it was written.
        tail: The rest of it: lot, building, or what is not known.
        lon: Degrees; None where the place has no point.
        lat: Degrees.
        accuracy_m: Radius of the place.
        candidates: Names of other readings.
        is_sure: Nothing speaks for another reading.
    """

    level: Level
    name: str
    matched: str
    tail: str
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    candidates: tuple[str, ...] = ()
    is_sure: bool = True


class Gazetteer:
    """An opened gazetteer; towns are read when their city is first asked for."""

    def __init__(self, path: Path, *, home: str = "") -> None:
        """Opens a file made by `build_gazetteer`; `home` is the city whose rows are looked up, "" = told by the rows.

        Raises:
            SourceError: It is none, or of a later version.
        """
        self.path = path
        self.home = home
        try:
            self._database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            application = self._database.execute("PRAGMA application_id").fetchone()[0]
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if (application, version) != (APPLICATION_ID, FORMAT_VERSION):
                raise sqlite3.DatabaseError(f"application_id {application}, version {version}")
            self._cities = Cities(map(City._make, self._database.execute("SELECT * FROM city")))
            self._has_lots = self._database.execute("SELECT 1 FROM lot LIMIT 1").fetchone() is not None
        except sqlite3.Error as error:
            raise SourceError(
                Text(
                    f"「{path.name}」は住所辞書として開けません（{error}）。"
                    "「gis-capture gazetteer build」で作り直してください。",
                    f'"{path.name}" is no gazetteer ({error}): build it again with "gis-capture gazetteer build".',
                ),
                path=path,
            ) from error
        self._towns: dict[int, CityTowns] = {}
        self._memo: dict[tuple[str, str | None, tuple[float, float] | None], Match] = {}
        self._contexts: dict[str | None, tuple[int, ...]] = {}

    def __enter__(self) -> "Gazetteer":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def info(self) -> dict[str, str | int]:
        """What the gazetteer was built from, and when; numbers of cities, towns and lots."""
        counts = {f"n_{table}": f"SELECT count(*) FROM {table}" for table in ("city", "town", "lot")}
        known: dict[str, str | int] = dict(self._database.execute("SELECT name, value FROM meta"))
        return known | {name: self._database.execute(query).fetchone()[0] for name, query in counts.items()}

    def search(self, address: str, *, city: str | None = None, near: tuple[float, float] | None = None) -> Match:
        """Finds the place of an address.

        Args:
            address: As it was written.
            city: City or prefecture in which addresses lie that do not name theirs.
            near: Longitude and latitude in degrees; decides between towns of one name.
        """
        if len(address) > _LONGEST_ADDRESS:
            match = self.search(address[:_LONGEST_ADDRESS], city=city, near=near)
            return replace(match, tail=match.tail + address[_LONGEST_ADDRESS:])
        key = (address, city, near)
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) > 200_000:
                self._memo.clear()
            if city not in self._contexts:
                self._contexts[city] = self._cities.named(city) if city else ()
            found = self._memo[key] = self._search(address, self._contexts[city], near)
        return found

    def context_of(self, addresses: Iterable[str]) -> str | None:
        """Tells where addresses lie that do not name their city, by the others or by the towns they name.

        Returns:
            The city that most addresses name; else, when few name one, the city that has the towns of most of them;
            else the prefecture most of them are in; None where nothing of this holds.
        """
        stated: Counter[int] = Counter()
        unstated: list[str] = []
        known = list(dict.fromkeys(address[:_LONGEST_ADDRESS] for address in addresses))
        sample = known[:: max(1, len(known) // _SAMPLE_SIZE)]
        for address in sample:
            text = Folded(address).text
            start = self._cities.start_of(text)
            if len(start.city_ids) == 1:
                stated[start.city_ids[0]] += 1
            elif not start.city_ids:
                unstated.append(text)
        best = stated.most_common(1)
        if best and best[0][1] > 0.5 * stated.total() and best[0][1] >= len(unstated):
            return self._name_of(best[0][0])
        votes: Counter[int] = Counter(city_id for text in unstated for city_id in self._cities_with_town(text, 0))
        top = votes.most_common(2)
        is_clear = top and top[0][1] >= 0.5 * len(unstated) and (len(top) == 1 or top[1][1] <= 0.8 * top[0][1])
        if is_clear and len(unstated) > stated.total():
            return self._name_of(top[0][0])
        prefs = Counter(self._cities.by_id[city_id].pref for city_id in stated.elements())
        if len(unstated) > stated.total():
            towns = (self._cities_with_town(text, 0) for text in unstated)
            prefs = Counter(pref for ids in towns for pref in {self._cities.by_id[city_id].pref for city_id in ids})
        return prefs.most_common(1)[0][0] if prefs and prefs.most_common(1)[0][1] >= 0.5 * len(sample) else None

    def area_of(self, city: str) -> BBox | None:
        """The box around a city's towns, with room for how far they reach; None for a city that is not known."""
        ids = self._cities.named(city)
        row = self._database.execute(
            "SELECT min(lon - radius_m / 90000), min(lat - radius_m / 111000), max(lon + radius_m / 90000),"
            f" max(lat + radius_m / 111000) FROM town WHERE city_id IN ({','.join('?' * len(ids))})",
            ids,
        ).fetchone()
        return None if row[0] is None else BBox(*row)

    def _name_of(self, city_id: int) -> str:
        city = self._cities.by_id[city_id]
        return city.pref + city.name

    def _search(self, address: str, context: tuple[int, ...], near: tuple[float, float] | None) -> Match:
        folded = Folded(address)
        if match := _POSTCODE.match(folded.text):
            folded = Folded(folded.raw[folded.raw_position(match.end()) :])
        start, finds = self._find_town(folded.text, context)
        if not finds and (text := folded.text.translate(_LOOK_ALIKES)) != folded.text:
            start, finds = self._find_town(text, context)
            finds = [(city, hit._replace(is_sure=False)) for city, hit in finds]
        return self._match(folded, start, _nearest_first(finds, near) if near else finds, is_decided=near is not None)

    def _find_town(self, text: str, context: tuple[int, ...]) -> tuple[Start, list[tuple[City, Hit]]]:
        start = self._cities.start_of(text)
        common = tuple(city_id for city_id in start.city_ids if city_id in context)
        if common:
            # 美浜町 is a town of three prefectures; the office's own is meant.
            start = start._replace(city_ids=common)
        finds = self._find(start.city_ids, text, start.end)
        at_home: tuple[int, ...] = ()
        if context and not common and not (start.pref and start.city_ids):
            at_home = tuple(city_id for city_id in context if self._is_possible(city_id, start.pref))
            # 清水町 is a municipality and a town of many cities: the office's own city goes first.
            own = self._find(at_home, text, 0, in_full=True) if start.city_ids else self._find(at_home, text, start.end)
            if own and own[0][1].end >= max([start.end, *(hit.end for _, hit in finds)]):
                finds = own
        if not finds and not start.city_ids:
            finds = self._of_former(text, start, at_home) if at_home else self._anywhere(text, start)
        return start, finds

    def _is_possible(self, city_id: int, pref: str) -> bool:
        return not pref or self._cities.by_id[city_id].pref == pref

    def _find(self, city_ids: Sequence[int], text: str, start: int, *, in_full: bool = False) -> list[tuple[City, Hit]]:
        """Finds the towns that explain most of a text, in some cities."""
        found = []
        for city_id in city_ids:
            towns = self._towns_of(city_id)
            hit = towns.find_full(text, start) if in_full else towns.find(text, start)
            if hit is not None:
                found.append((self._cities.by_id[city_id], hit))
        best = max(((hit.is_sure, hit.end) for _, hit in found), default=None)
        return [(city, hit) for city, hit in found if (hit.is_sure, hit.end) == best]

    def _of_former(self, text: str, start: Start, city_ids: Sequence[int]) -> list[tuple[City, Hit]]:
        """Finds a town behind the county and name of a municipality that is now a part of one of the cities."""
        if (match := _FORMER.match(text, start.end)) and "郡" in match[0]:
            for way in (match[1] + "町" + text[match.end() :], match[1] + text[match.end() :]):
                if finds := self._find(city_ids, way, 0, in_full=True):
                    lost = len(text) - len(way)
                    return [(city, hit._replace(end=hit.end + lost, is_sure=False)) for city, hit in finds]
        return []

    def _anywhere(self, text: str, start: Start) -> list[tuple[City, Hit]]:
        """Finds a town by its name alone; former municipalities (大野郡丹生川村…) are tried as parts of its name."""
        ways = [(text, start.end)]
        if match := _FORMER.match(text, start.end):
            ways += [(match[1] + "町" + text[match.end() :], 0), (match[1] + text[match.end() :], 0)]
        best: list[tuple[City, Hit]] = []
        for way, begin in ways:
            ids = [city_id for city_id in self._cities_with_town(way, begin) if self._is_possible(city_id, start.pref)]
            finds = self._find(ids, way, begin)
            lost = len(text) - len(way) if way is not text else 0
            # 末広町10 is hardly in the one city of forty whose 末広町 has ten 丁目.
            is_sure = way is text and len(ids) == 1
            finds = [(city, hit._replace(end=hit.end + lost, is_sure=hit.is_sure and is_sure)) for city, hit in finds]
            # 大野郡丹生川村町方 is more of the text than a town 大野 somewhere.
            best = max(best, finds, key=lambda each: (each[0][1].is_sure, each[0][1].end) if each else (False, 0))
        return best

    def _match(self, folded: Folded, start: Start, finds: list[tuple[City, Hit]], *, is_decided: bool) -> Match:
        if not finds:
            return self._without_town(folded, start)
        names = [city.pref + city.name + spot.name for city, hit in finds for spot in (hit.spot, *hit.others)]
        if len(finds) > 1 and not is_decided:
            return Match("none", "", "", folded.raw.strip(), candidates=tuple(names), is_sure=False)
        hit = finds[0][1]
        end, level, spot = hit.end, hit.level, hit.spot
        if self._has_lots and (found := self._lot(spot, folded.text, end)):
            end, level, spot = found
        raw_end = folded.raw_position(end)
        return Match(
            level=level,
            name=names[0],
            matched=folded.raw[:raw_end],
            tail=folded.raw[raw_end:].strip(),
            lon=spot.lon,
            lat=spot.lat,
            accuracy_m=spot.radius_m and round(spot.radius_m),
            candidates=tuple(names[1:]),
            is_sure=hit.is_sure and len(finds) == 1,
        )

    def _lot(self, town: Spot, text: str, start: int) -> tuple[int, Level, Spot] | None:
        """Finds the lot or block behind a town; one that is far from its town is a mistake of the register."""
        for key, end, is_whole in lot_keys(text, start):
            row = self._database.execute(
                "SELECT lon, lat FROM lot WHERE town_id = ? AND lot_key = ?", (town.town_id, key)
            ).fetchone()
            if row is None:
                continue
            lon, lat = row
            if town.lon is not None and town.lat is not None and town.radius_m is not None:
                away_m = math.hypot((lon - town.lon) * math.cos(math.radians(lat)), lat - town.lat) * 111_320
                if away_m > 2 * min(max(town.radius_m, 500.0), 4000.0):
                    return None
            level: Level = "lot" if is_whole else "block"
            return end, level, Spot(town.town_id, town.name + key, lon, lat, _LOT_RADIUS_M[level])
        return None

    def _without_town(self, folded: Folded, start: Start) -> Match:
        end = folded.raw_position(start.end)
        matched, tail = folded.raw[:end], folded.raw[end:].strip()
        cities = [self._cities.by_id[city_id] for city_id in start.city_ids]
        if len(cities) == 1:
            (city,) = cities
            return Match("city", city.pref + city.name, matched, tail, city.lon, city.lat, city.radius_m)
        if start.pref:
            return Match("prefecture", start.pref, matched, tail)
        names = tuple(city.pref + city.name for city in cities)
        return Match("none", "", "", folded.raw.strip(), candidates=names, is_sure=False)

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


def _nearest_first(finds: list[tuple[City, Hit]], near: tuple[float, float]) -> list[tuple[City, Hit]]:
    def distance(find: tuple[City, Hit]) -> float:
        spot = find[1].spot
        return math.inf if spot.lon is None or spot.lat is None else math.hypot(spot.lon - near[0], spot.lat - near[1])

    return sorted(finds, key=distance)
