"""Addresses to places, offline."""

import math
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import numpy as np
import shapely

from gis_capture.errors import SourceError
from gis_capture.locate.gazetteer.beginnings import names_no_place, other_starts
from gis_capture.locate.gazetteer.build import APPLICATION_ID, FORMAT_VERSION
from gis_capture.locate.gazetteer.cities import City, Start
from gis_capture.locate.gazetteer.finding import Find, TownFinder
from gis_capture.locate.gazetteer.folding import Folded
from gis_capture.locate.gazetteer.lots import lot_keys
from gis_capture.locate.gazetteer.match import Match
from gis_capture.locate.gazetteer.spots import Level, Spot, distances_m, together
from gis_capture.locate.numbers import Floats
from gis_capture.locate.zone_origins import on_zone_origin
from gis_capture.model import BBox
from gis_capture.text import Text

_WITHOUT_TOWN = frozenset({"none", "prefecture", "city"})
_POSTCODE = re.compile("〒?[0-9]{3}-?[0-9]{4}(?![0-9])")
_LONGEST_ADDRESS = 300
_BESIDE = re.compile("地先|付近|附近|先|地内|隣|近く")
_BESIDE_M = 50.0
_AROUND_DEG = 0.1
_LOT_RADIUS_M: dict[Level, float] = {"block": 80.0, "lot": 50.0}
# Behind a name that ends so, or is set off, words name a part of that town: 前田, 中橋東詰, バス停前.
_ENDS_A_TOWN = re.compile(r".*(?:丁目|[町村条字]|\s)$", re.DOTALL)
_SET_OFF = re.compile("[(（「『]")
_PART_REACH = 1.5
_UNKNOWN_PART = re.compile("第?[0-9０-９一二三四五六七八九十]{1,4}(?:丁目|地割)")
_MORE_TOWNS = re.compile("(?:[0-9番地号ノ-]*)(?:[・、,，/／~～〜と&＆]|及び|および)(?=[^0-9])")
# What behind a city is no name of a town that the gazetteer does not know.
_MAY_FOLLOW = re.compile("[^一-龥々ァ-ヶぁ-んｦ-ﾝ]|[大小]?字|地[内先]|番|$")
_NO_NAME = re.compile("[^一-龥々ァ-ヶぁ-んｦ-ﾝ]|地[内先]|[内外他]|全域|一円|各所|番|$")


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
            self._finder = TownFinder(self._database)
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
            return match._replace(tail=match.tail + address[_LONGEST_ADDRESS:])
        key = (address, city, near)
        found = self._memo.get(key)
        if found is None:
            if len(self._memo) > 200_000:
                self._memo.clear()
            if city not in self._contexts:
                self._contexts[city] = self._finder.cities.named(city) if city else ()
            found = self._memo[key] = self._search(address, self._contexts[city], near)
        return found

    def context_of(self, addresses: Iterable[str]) -> str | None:
        """Tells where addresses lie that do not name their city, by the others or by the towns they name.

        Returns:
            A city or a prefecture, in full; None where the addresses do not tell.
        """
        return self._finder.context_of(address[:_LONGEST_ADDRESS] for address in addresses)

    def is_city(self, text: str) -> bool:
        """Whether a text is the name of a city and nothing else: 高山市, 岐阜県高山市, 新宿区."""
        return self._finder.cities.is_name(text)

    def area_of(self, city: str) -> BBox | None:
        """The box around a city's towns, with room for how far they reach; None for a city that is not known."""
        ids = self._finder.cities.named(city)
        row = self._database.execute(
            "SELECT min(lon - radius_m / 90000), min(lat - radius_m / 111000), max(lon + radius_m / 90000),"
            f" max(lat + radius_m / 111000) FROM town WHERE city_id IN ({','.join('?' * len(ids))})",
            ids,
        ).fetchone()
        return None if row[0] is None else BBox(*row)

    def to_town_m(self, lon: Floats, lat: Floats) -> Floats:
        """Metres from places (degrees of JGD2011) to the middle of the nearest town; infinite where none is near."""
        metres: Floats = np.full(len(lon), np.inf)
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        if not len(known):
            return metres
        edges = [
            edge for axis in (lon[known], lat[known]) for edge in (axis.min() - _AROUND_DEG, axis.max() + _AROUND_DEG)
        ]
        towns = self._database.execute(
            "SELECT lon, lat FROM town WHERE lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?", list(map(float, edges))
        ).fetchall()
        if not towns:
            return metres
        x, y = np.array(towns, np.float64).T
        # Degrees of longitude made as long as those of latitude.
        scale = np.cos(np.radians(np.median(lat[known])))
        nearest = shapely.STRtree(shapely.points(x * scale, y)).nearest(shapely.points(lon[known] * scale, lat[known]))
        metres[known] = distances_m(lon[known] - x[nearest], lat[known] - y[nearest], lat[known])
        return metres

    def _search(self, address: str, context: tuple[int, ...], near: tuple[float, float] | None) -> Match:
        folded = Folded(address)
        if folded.text[:1] in "〒0123456789" and (match := _POSTCODE.match(folded.text)):
            folded = Folded(folded.raw[folded.raw_position(match.end()) :])
        if names_no_place(folded.text):
            return Match("none", "", "", folded.raw.strip(), is_sure=False)
        found, cities = self._read(folded, context, near)
        if found.is_sure or found.candidates or found.level not in _WITHOUT_TOWN:
            return found
        for begin, is_sure in other_starts(folded.text):
            again, _ = self._read(Folded(folded.raw[folded.raw_position(begin) :]), cities or context, near)
            if again.level not in _WITHOUT_TOWN:
                return again._replace(is_sure=again.is_sure and is_sure)
        return found

    def _read(
        self, folded: Folded, context: tuple[int, ...], near: tuple[float, float] | None
    ) -> tuple[Match, tuple[int, ...]]:
        """Reads an address from its first character; also the cities that it may name."""
        start, finds = self._finder.find(folded.text, context)
        finds = _nearest_first(finds, near) if near else finds
        found = self._match(folded, start, finds, is_decided=near is not None)
        if finds and found.lon is not None:
            if not found.is_sure:
                found = self._widened(found, folded.raw, start, context, finds)
            found = self._with_more(found, folded.text, start, finds)
        return found, start.city_ids

    def _widened(self, match: Match, raw: str, start: Start, context: tuple[int, ...], finds: list[Find]) -> Match:
        """Lets the radius of a doubtful reading reach over the other readings, or over what is sure of it."""
        hit = finds[0][1]
        others: Iterable[Spot] = (
            *hit.others,
            *(spot for _, other in finds[1:] for spot in (other.spot, *other.others)),
        )
        if hit.is_guessed:
            # A wrong character: any town of the city may be meant.
            others = [
                Spot(0, city.name, city.lon, city.lat, city.radius_m)
                for city in (self._finder.cities.by_id[one] for one in start.city_ids or (finds[0][0].city_id,))
            ]
        elif not others and _UNKNOWN_PART.match(match.tail):
            return match._replace(accuracy_m=round((match.accuracy_m or 0.0) * _PART_REACH))
        elif not others and hit.level != "district" and not _MAY_FOLLOW.match(match.tail):
            if _ENDS_A_TOWN.match(match.matched) or _SET_OFF.match(raw, len(match.matched)):
                # 赤保木町字上野, 本町一丁目 中橋東詰: a part of the town, or beside it.
                return match._replace(accuracy_m=round((match.accuracy_m or 0.0) * _PART_REACH))
            # 新潟県佐渡 of 新潟県佐渡郡相川町 may be a town 佐渡, but nothing beyond the prefecture is sure.
            ids = start.city_ids or (() if start.pref else context)
            if not ids and not start.pref:
                text = f"{match.matched}{match.tail}"
                return Match("none", "", "", text, candidates=(match.name,), is_sure=False)
            others = [
                Spot(0, city.name, city.lon, city.lat, city.radius_m)
                for city in ([self._finder.cities.by_id[one] for one in ids] or self._finder.cities.by_id.values())
                if not start.pref or city.pref == start.pref
            ]
        reaches = [_away_m(match, spot) + (spot.radius_m or 0.0) for spot in others]
        return match._replace(accuracy_m=round(max([match.accuracy_m or 0.0, *reaches])))

    def _with_more(self, match: Match, text: str, start: Start, finds: list[Find]) -> Match:
        """Lets the radius reach over the next town, too: 清見町三日町・夏厩, 大新町一丁目・二丁目."""
        city, hit = finds[0]
        more = _MORE_TOWNS.match(text, hit.end)
        if more is None:
            return match
        other = self._finder.another_town(city, text[start.end : hit.end], text[more.end() :])
        if other is None:
            return match
        reach_m = round(_away_m(match, other) + (other.radius_m or 0.0))
        candidates = (*match.candidates, city.pref + city.name + other.name)
        return match._replace(accuracy_m=max(match.accuracy_m or 0.0, reach_m), candidates=candidates, is_sure=False)

    def _match(self, folded: Folded, start: Start, finds: list[Find], *, is_decided: bool) -> Match:
        if not finds:
            return self._without_town(folded, start)
        if len(finds) == 1 and not finds[0][1].others:
            city, hit = finds[0]
            names = [city.pref + city.name + hit.spot.name]
        else:
            names = [city.pref + city.name + spot.name for city, hit in finds for spot in (hit.spot, *hit.others)]
            if len(finds) > 1 and not is_decided:
                return Match("none", "", "", folded.raw.strip(), candidates=tuple(names), is_sure=False)
        hit = finds[0][1]
        end, level, spot = hit.end, hit.level, hit.spot
        is_beside = False
        if self._has_lots and (found := self._lot(spot, folded.text, end)):
            end, level, spot = found
            is_beside = bool(_BESIDE.match(folded.text, end))
        raw_end = folded.raw_position(end)
        return Match(
            level=level,
            name=names[0],
            matched=folded.raw[:raw_end],
            tail=folded.raw[raw_end:].strip(),
            lon=spot.lon,
            lat=spot.lat,
            accuracy_m=spot.radius_m and round(spot.radius_m + (_BESIDE_M if is_beside else 0.0)),
            candidates=tuple(names[1:]),
            is_sure=hit.is_sure and len(finds) == 1,
        )

    def _lot(self, town: Spot, text: str, start: int) -> tuple[int, Level, Spot] | None:
        """Finds the lot or block behind a town; one far from its town, or on the origin of a zone, is a mistake."""
        for key, end, is_whole in lot_keys(text, start):
            row = self._database.execute(
                "SELECT lon, lat FROM lot WHERE town_id = ? AND lot_key = ?", (town.town_id, key)
            ).fetchone()
            if row is None:
                continue
            lon, lat = row
            if on_zone_origin(np.array([lon]), np.array([lat])).size:
                return None
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
        is_sure = _NO_NAME.match(tail) is not None
        cities = [self._finder.cities.by_id[city_id] for city_id in start.city_ids]
        if (city := _one_city(cities)) is not None:
            radius_m = city.radius_m and round(city.radius_m)
            name = city.pref + city.name
            return Match("city", name, matched, tail, city.lon, city.lat, radius_m, is_sure=is_sure)
        if start.pref:
            return Match("prefecture", start.pref, matched, tail, is_sure=is_sure)
        names = tuple(city.pref + city.name for city in cities)
        return Match("none", "", "", folded.raw.strip(), candidates=names, is_sure=False)


def _one_city(cities: list[City]) -> City | None:
    """The city that is meant; that of the wards where all are those of one: 岡山市."""
    if len(cities) < 2:
        return cities[0] if cities else None
    names = {(city.pref, city.name[: city.name.find("市") + 1]) for city in cities}
    (pref, name), *more = names
    if more or not name or not all(city.name.endswith("区") for city in cities):
        return None
    spots = [Spot(0, city.name, city.lon, city.lat, city.radius_m) for city in cities]
    whole = together(name, spots)
    return City(
        0, pref, name, whole.lon, whole.lat, max(_away_m(whole, spot) + (spot.radius_m or 0.0) for spot in spots)
    )


def _away_m(match: Match | Spot, spot: Spot) -> float:
    if match.lon is None or match.lat is None or spot.lon is None or spot.lat is None:
        return 0.0
    return math.hypot((spot.lon - match.lon) * math.cos(math.radians(match.lat)), spot.lat - match.lat) * 111_320


def _nearest_first(finds: list[Find], near: tuple[float, float]) -> list[Find]:
    def distance(find: Find) -> float:
        spot = find[1].spot
        return math.inf if spot.lon is None or spot.lat is None else math.hypot(spot.lon - near[0], spot.lat - near[1])

    return sorted(finds, key=distance)
