"""DM (数値地形図データファイル) of public surveys: every 取得分類コード is a table, every element a row."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.drivers import curves
from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.drivers.dm_codes import NAMES
from gis_capture.ledger.drivers.dm_records import (
    Element,
    Sheet,
    decode,
    find_encoding,
    number,
    on_ground,
    read_sheets,
    words,
)
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.features import Features, no_crs
from gis_capture.ledger.opening import Opened, broken
from gis_capture.ledger.table import Reading, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_INDEX = re.compile(rb"I [ 01]\d.{30}[ \d]{4}")
_SHEET = re.compile(rb"M [0-9A-Za-z -]{8}.{20}[ \d]{4}\d", re.DOTALL)
_KINDS = {1: "面", 2: "線", 3: "円", 4: "円弧", 5: "点", 6: "方向", 7: "注記", 8: "属性"}
_FIRST = dict.fromkeys(("分類コード", "分類", "図形", "図郭", "要素番号", "文字", "属性"))
# EPSG code of zone 0 of the plane rectangular zones of JGD2011.
_BEFORE_ZONE_1 = 6668


def accepts(opened: Opened) -> bool:
    """Whether the first record is that of an index or of a sheet."""
    head = opened.head.removeprefix(b"\xef\xbb\xbf")
    first = head.split(b"\n")[0].rstrip(b"\r") if b"\n" in head[:400] else head[:84]
    return 60 <= len(first) <= 130 and (_INDEX.match(first) or _SHEET.match(first)) is not None


def read(opened: Opened) -> Reading:
    """Reads the elements of all sheets; raises SourceError where there is no sheet."""
    encoding = find_encoding(opened.path)
    source = opened.source("dm", encoding)
    reader = _Reader(opened, encoding, Features(opened, source))
    reader.read()
    tables = reader.features.tables(first=_FIRST)
    if reader.sheet is None:
        raise SourceError(
            Text(
                f"「{opened.path.name}」に図郭のデータがありません。索引のファイルであれば、図郭ごとの.dmファイルを指定してください。",
                f'"{opened.path.name}" holds no sheet. If it is an index, name the .dm files of the sheets.',
            ),
            path=opened.path,
        )
    return Reading(source, tuple(_with_crs(table, reader.zone_of_table) for table in tables), reader.problems())


def _with_crs(table: Table, zone_of_table: dict[str, int | None]) -> Table:
    zone = zone_of_table.get(table.name)
    return replace(table, crs=f"EPSG:{_BEFORE_ZONE_1 + zone}") if zone else table


class _Reader:
    """Walks through the records and makes features of the elements."""

    def __init__(self, opened: Opened, encoding: str, features: Features) -> None:
        self._opened, self._encoding, self.features = opened, encoding, features
        self.sheet: Sheet | None = None
        self.zone_of_table: dict[str, int | None] = {}
        self._index_zone: int | None = None
        self._units_guessed: set[str] = set()
        self._n_without_shape = 0
        self._attributes = self._read_attributes()

    def _records(self) -> Iterator[Sheet | Element | bytes]:
        return read_sheets(self._opened.path, self._encoding)

    def _read_attributes(self) -> dict[tuple[str, str, int], str]:
        """What E8 elements say of the element with their code and number, in the same sheet."""
        found: dict[tuple[str, str, int], str] = {}
        sheet = ""
        for record in self._records():
            if isinstance(record, Sheet):
                sheet = record.name
            elif isinstance(record, Element) and record.kind == 8:
                key = (sheet, record.code, number(record.record, 12, 4))
                text = decode(b"".join(record.data), self._encoding)
                found[key] = f"{found[key]}\n{text}" if key in found else text
        return found

    def read(self) -> None:
        """Reads all elements; those without another element to speak of keep their attributes in a row of their own."""
        waiting: list[tuple[Sheet, Element]] = []
        for record in self._records():
            if isinstance(record, bytes):
                zone = number(record, 2, 2)
                self._index_zone = zone if 1 <= zone <= 19 else None
            elif isinstance(record, Sheet):
                self.sheet = record
            elif self.sheet is None:
                raise broken(self._opened.path, "element before sheet")
            elif record.kind == 8:
                waiting.append((self.sheet, record))
            else:
                self._take(self.sheet, record)
        for sheet, element in waiting:
            if (sheet.name, element.code, number(element.record, 12, 4)) in self._attributes:
                self._take(sheet, element)

    def _take(self, sheet: Sheet, element: Element) -> None:
        name = NAMES.get(element.code)
        layer = f"{element.code} {name}" if name else element.code
        zone = self._zone(sheet)
        if self.zone_of_table.setdefault(layer, zone) != zone:
            layer = f"{layer}（{zone}系）" if zone else f"{layer}（系不明）"
            self.zone_of_table.setdefault(layer, zone)
        if element.kind == 0:
            self.features.skip(layer, "surface_model")
            return
        if element.record[73:77].strip(b" 0"):
            self.features.skip(layer, "deleted")
            return
        values = self._values(sheet, element, name)
        geometry = self._geometry(sheet, element, values)
        if geometry is None and element.kind != 8:
            self._n_without_shape += 1
        self.features.add(layer, values, geometry)

    def _zone(self, sheet: Sheet) -> int | None:
        stated = sheet.name[:2]
        return int(stated) if stated.isdecimal() and 1 <= int(stated) <= 19 else self._index_zone

    def _unit(self, sheet: Sheet) -> float:
        if sheet.unit_m is None:
            self._units_guessed.add(sheet.name)
        return sheet.unit_m or (0.001 if sheet.level < 2500 else 0.01)

    def _values(self, sheet: Sheet, element: Element, name: str | None) -> dict[str, str | None]:
        record, code = element.record, element.code
        key = (sheet.name, code, number(record, 12, 4))
        values: dict[str, str | None] = {
            "分類コード": code,
            "分類": name,
            "図形": _KINDS[element.kind],
            "図郭": sheet.name,
            "図郭名称": sheet.title,
            "地図情報レベル": str(sheet.level or "") or None,
            "要素番号": str(key[2]),
            "属性": self._attributes.pop(key, None),
        }
        for title, at, length in (
            ("図形区分", 18, 2),
            ("精度区分", 21, 2),
            ("転位区分", 24, 2),
            ("間断区分", 26, 1),
            ("属性数値", 49, 7),
            ("属性区分", 56, 2),
        ):
            value = number(record, at, length)
            values[title] = str(value) if value else None
        for title, at in (("取得年月", 65), ("更新年月", 69)):
            month = words(record, at, 4, "ascii")
            values[title] = month if month.strip("0") else None
        if element.kind == 7 and element.data:
            values |= self._annotation(element)
        return values

    def _annotation(self, element: Element) -> dict[str, str | None]:
        first = element.data[0]
        return {
            "文字": decode(b"".join(row[20:84] for row in element.data), self._encoding),
            "縦書き": "縦" if first[:1] == b"1" else None,
            "角度": str(number(first, 1, 7) or "") or None,
            "文字の大きさ": str(number(first, 8, 5) or "") or None,
        }

    def _geometry(self, sheet: Sheet, element: Element, values: dict[str, str | None]) -> BaseGeometry | None:
        unit = self._unit(sheet)
        points = element.points(sheet, unit) if element.data and element.kind != 7 else []
        flat = [(x, y) for x, y, _ in points]
        heights = {z for _, _, z in points if z is not None}
        if len(heights) == 1:
            values["標高"] = number_text(heights.pop())
        if element.kind in (5, 7, 8) and not points:
            place = element.place
            return None if place is None or element.kind == 8 else shapely.Point(on_ground(sheet, unit, *place))
        if not flat:
            return None
        if element.kind == 5:
            return shapely.Point(flat[0]) if len(flat) == 1 else shapely.MultiPoint(flat)
        if element.kind == 6:
            pairs = list(zip(flat[::2], flat[1::2], strict=False))
            turns = [math.degrees(math.atan2(b[1] - a[1], b[0] - a[0])) for a, b in pairs]
            values["角度"] = ",".join(number_text(round(turn, 3) + 0.0) for turn in turns) or None
            starts = [a for a, _ in pairs] or flat[:1]
            return shapely.Point(starts[0]) if len(starts) == 1 else shapely.MultiPoint(starts)
        if element.kind == 3 and len(flat) >= 3:
            found = curves.circle_through(*flat[:3])
            return shapely.Polygon(curves.circle(*found)) if found else shapely.LineString(flat)
        if element.kind == 4 and len(flat) >= 3:
            return shapely.LineString(curves.arc_through(*flat[:3]))
        if len(flat) == 1:
            return shapely.Point(flat[0])
        if element.kind == 1 and len(set(flat)) >= 3:
            return shapely.Polygon(flat)
        solid = [(x, y, z) for x, y, z in points if z is not None]
        return shapely.LineString(solid if len(solid) == len(points) else flat)

    def problems(self) -> tuple[Problem, ...]:
        """What has to be told of the file as a whole."""
        found = []
        zones = sorted({zone for zone in self.zone_of_table.values() if zone})
        if zones:
            named = "、".join(f"第{zone}系（EPSG:{_BEFORE_ZONE_1 + zone}）" for zone in zones)
            message = Text(
                f"座標系は{named}です。測地系は書かれていないので、世界測地系とみました。",
                f"The zone is {', '.join(map(str, zones))}; the datum is not stated, JGD2011 was assumed.",
            )
            suggestion = Text(
                "旧測地系（2002年3月以前）の図面なら、座標系を選んで読み込み直してください。",
                "If the map is of the old Tokyo datum, choose the coordinate system and read it again.",
            )
            found.append(Problem(codes.DATUM_ASSUMED, "warning", message, suggestion))
        if None in self.zone_of_table.values():
            found.append(no_crs(self._opened.path.name))
        if self._units_guessed:
            message = Text(
                "座標値の単位が書かれていない図郭があり、地図情報レベルから決めました。",
                "Some sheets do not state the unit of their coordinates; it was taken from the level of the map.",
            )
            found.append(Problem(codes.DRAWING_UNITS, "warning", message))
        if self._n_without_shape:
            message = Text(
                f"座標のない要素が{self._n_without_shape:,}件あります。",
                f"{self._n_without_shape:,} elements have no coordinates.",
            )
            found.append(Problem(codes.GEOMETRY_NOT_READ, "warning", message))
        return tuple(found)


DRIVER = Driver("dm", (".dm",), accepts, read)
