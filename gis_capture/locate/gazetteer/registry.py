"""Tables of the Address Base Registry: names in one file, points in another, prefectures in a third.

`mt_city`, `mt_town`, `mt_town_pos`, `mt_parcel`, `mt_parcel_pos`, `mt_rsdtdsp_blk`, `mt_rsdtdsp_blk_pos`,
`mt_rsdtdsp_rsdt`, `mt_rsdtdsp_rsdt_pos`, in any order.
"""

from collections.abc import Iterable, Iterator

from gis_capture.errors import SourceError
from gis_capture.locate.gazetteer.places import Place, parse_degrees, picker
from gis_capture.text import Text

_LOT_COLUMNS = ("prc_num1", "prc_num2", "prc_num3", "blk_num", "rsdt_num", "rsdt_num2")
_ID_COLUMNS = ("lg_code", "machiaza_id", "prc_id", "blk_id", "rsdt_id", "rsdt2_id")
_Key = tuple[str, ...]


class AddressRegistry:
    """Joins the tables of the registry."""

    def __init__(self) -> None:
        self._cities: dict[str, tuple[str, str]] = {}
        self._points: dict[_Key, tuple[float, float]] = {}
        self._names: list[tuple[_Key, str, str, str]] = []

    def add(self, header: list[str], rows: Iterable[list[str]]) -> bool:
        """Takes a table in; False = it is none of the registry's."""
        columns = set(header)
        if "lg_code" not in columns:
            return False
        if "pref" in columns:
            rows = self._add_cities(header, rows)
        if {"machiaza_id", "rep_lon", "rep_lat"} <= columns:
            rows = self._add_points(header, rows)
        if {"machiaza_id", "oaza_cho", "chome", "koaza"} <= columns:
            rows = self._add_names(header, rows)
        for _ in rows:
            pass
        return True

    def places(self) -> Iterator[Place]:
        """Gives the joined places; those whose prefecture is in no table are left out.

        Raises:
            SourceError: No table names a prefecture, or none holds positions.
        """
        if self._names and not self._cities:
            raise SourceError(
                Text(
                    "アドレス・ベース・レジストリの表に都道府県名がありません。"
                    "市区町村マスター（mt_city）か町字マスター（mt_town）も一緒に指定してください。",
                    "The tables of the Address Base Registry name no prefecture: give mt_city or mt_town, too.",
                )
            )
        if self._names and not self._points:
            raise SourceError(
                Text(
                    "アドレス・ベース・レジストリの表に位置（代表点の緯度・経度）がありません。"
                    "位置参照拡張のファイル（mt_town_posなど、名前が_posで終わるもの）も一緒に指定してください。",
                    "The tables of the Address Base Registry hold no positions:"
                    " give the files that do, too (mt_town_pos and others whose names end in _pos).",
                )
            )
        for key, town, koaza, lot in self._names:
            pref, city = self._cities.get(key[0], ("", ""))
            lon, lat = self._points.get(key, (None, None))
            if city and (lon is not None or not lot):
                yield Place(pref, city, town, koaza, lot, lon, lat)

    def _add_cities(self, header: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
        pick = picker(header, "lg_code", "pref", "county", "city", "ward")
        for row in rows:
            code, pref, county, city, ward = pick(row)
            self._cities.setdefault(code, (pref, county + city + ward))
            yield row

    def _add_points(self, header: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
        pick_id, pick = picker(header, *_ID_COLUMNS), picker(header, "rep_lon", "rep_lat")
        for row in rows:
            lon, lat = (parse_degrees(text) for text in pick(row))
            if lon is not None and lat is not None:
                self._points[pick_id(row)] = lon, lat
            yield row

    def _add_names(self, header: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
        pick_id, pick = picker(header, *_ID_COLUMNS), picker(header, "oaza_cho", "chome", "koaza")
        pick_lot = picker(header, *_LOT_COLUMNS)
        for row in rows:
            oaza, chome, koaza = pick(row)
            self._names.append((pick_id(row), oaza + chome, koaza, "-".join(filter(None, pick_lot(row)))))
            yield row
