"""Lots (地番): read in every way ledgers write them, looked up in a layer of parcels."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry

from gis_capture.locate import codes
from gis_capture.locate.gazetteer.folding import key_of
from gis_capture.locate.keys.values import Miss, Place

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ーｰ", "-"))
_KANJI = {char: str(n) for n, char in enumerate("〇一二三四五六七八九")}
_KANJI_RUN = re.compile(
    "[〇一二三四五六七八九十百千]+(?=番|の|ノ|-|$)|(?<=番地の)[〇一二三四五六七八九十百千]+|(?<=番)[〇一二三四五六七八九十百千]+|(?<=の)[〇一二三四五六七八九十百千]+"
)
_LETTERS = "甲乙丙丁戊己庚辛壬癸イロハニホヘトチリヌルヲワカヨタレソツネナラム子"
_JOINT = "(?:番地?の?|の|-)"
_PART = f"(?:[0-9]+[{_LETTERS}]?|[{_LETTERS}](?![ぁ-んァ-ヶ一-龥]))"
_LOT = re.compile(f"(?:[{_LETTERS}]-?)?[0-9]+(?:{_JOINT}{_PART})*(?:(?<=[0-9])[{_LETTERS}](?=$|[^ァ-ヶ]))?(?:番地?)?")
_MORE = re.compile("(?:の?内|ほか|外|他)([0-9]*)筆?")
_NO_NUMBER = re.compile("無番地|番外地")
_NEAR = re.compile("地先|付近|先$|地内|隣|近く")
_MUNICIPALITY = ("都", "道", "府", "県", "市", "区", "町", "村", "郡")
_PART_OF = re.compile("の?(?:一部|内の?一部|各一部|一角)")
_RANGE = re.compile("(?<=[0-9番地])(?:[~～〜]|から)(?=[0-9])")
_NEAR_M = 50.0
_M_PER_DEG = 111_320.0


@dataclass(frozen=True, slots=True)
class Lots:
    """The lots that a text names.

    Attributes:
        town: What stands before the first number, folded.
        numbers: "880-1", "甲880-1", in their order.
        n_more: How many lots are counted but not named (外3筆).
        is_near: The place is beside the lot (地先, 付近).
        has_no_number: The land has no number (無番地).
        is_range: The lots between the first and the last are meant, too.
    """

    town: str
    numbers: tuple[str, ...]
    n_more: int = 0
    is_near: bool = False
    has_no_number: bool = False
    is_range: bool = False


def parse_lots(text: str) -> Lots:
    """Reads the lots of a cell: 880番地の1, 甲880-1外3筆, 880-1、880-2, イ12番, 八八〇番地一, 無番地."""
    folded = unicodedata.normalize("NFKC", text[:200]).translate(_DASHES).replace("ノ", "の")
    folded = _PART_OF.sub("", "".join(folded.split()))
    is_range = bool(_RANGE.search(folded))
    more = _MORE.search(folded)
    n_more = (int(more[1]) if more[1] else 1) if more and re.search("[0-9〇-九]", folded[: more.start()]) else 0
    body = folded[: more.start()] if more and n_more else folded
    pieces = re.split("[、,・~～〜]|及び|から(?=[0-9])|と(?=[0-9])", body)
    numbers: list[str] = []
    town = ""
    for piece in pieces:
        # A 丁目 belongs to the town, and so do numerals inside its name.
        start = max((found.end() for found in re.finditer("丁目|町|字|大字|村|区", piece)), default=0)
        head, tail = piece[:start], _KANJI_RUN.sub(lambda run: _arabic(run[0]), piece[start:])
        found = _LOT.search(tail)
        if not town and not numbers:
            town = head + (tail[: found.start()] if found else _NO_NUMBER.split(tail)[0])
        if found:
            numbers.append(_number_key(found[0]))
    is_none = not numbers and bool(_NO_NUMBER.search(body))
    return Lots(fold_town(town), tuple(dict.fromkeys(numbers)), n_more, bool(_NEAR.search(body)), is_none, is_range)


def fold_town(text: str) -> str:
    """Folds the name of a town for comparison; 大字 and 字 say only what kind of name follows."""
    return key_of(re.sub("大字|小字|字", "", unicodedata.normalize("NFKC", text)))


class ParcelIndex:
    """Parcels by their numbers.

    Args:
        towns: Of the parcels, all parts of the name together.
        numbers: 地番 as written.
        geometries: Areas or points, degrees.
    """

    def __init__(self, towns: Sequence[str], numbers: Sequence[str], geometries: Sequence[Geometry | None]) -> None:
        self._geometries = geometries
        self._towns = [fold_town(town) for town in towns]
        self._all_towns = set(self._towns)
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._branches: dict[str, list[int]] = defaultdict(list)
        for row, (number, geometry) in enumerate(zip(numbers, geometries, strict=True)):
            lots = parse_lots(number).numbers if geometry is not None else ()
            for lot in lots:
                self._rows[lot].append(row)
                while "-" in lot:
                    lot = lot.rpartition("-")[0]
                    self._branches[lot].append(row)

    def find(self, text: str) -> Place | Miss:
        """Finds the lot that a cell names; where several are named, the first that is known."""
        lots = parse_lots(text)
        if lots.has_no_number:
            return Miss(codes.KEY_WITHOUT_NUMBER, f"「{text}」は無番地です", f'"{text}" is land without a number')
        if not lots.numbers:
            return Miss(codes.KEY_UNREADABLE, f"「{text}」は地番として読めません", f'"{text}" is no lot number')
        alike = {town for town in self._all_towns if lots.town and _is_same_town(town, lots.town)}
        if len(alike) > 1 and all(town.endswith(lots.town) and town != lots.town for town in alike):
            # 三日町 may be that of 清見町 or that of 国府町, whichever of the two the layer holds the lot of.
            names = "、".join(sorted(alike)[:4])
            return Miss(
                codes.KEY_AMBIGUOUS, f"「{text}」の町は{names}のどれか分かりません", f'"{text}" may be in {names}'
            )
        for number in lots.numbers:
            rows = self._of_town(self._rows.get(number, ()), lots.town)
            if rows and not lots.town and len(self._all_towns) > 1:
                # That another town has no such lot says nothing: the layer may not hold all of its land.
                here = self._towns[rows[0]]
                return Miss(
                    codes.KEY_AMBIGUOUS,
                    f"「{text}」に町名がなく、レイヤーには{len(self._all_towns)}の町の筆があります（{here}など）",
                    f'"{text}" names no town, and the layer holds lots of {len(self._all_towns)} towns ({here}, ...)',
                )
            if rows:
                return self._place(text, number, rows, lots)
        for number in lots.numbers:
            rows = self._of_town(self._branches.get(number, ()), lots.town)
            if rows and (lots.town or len(self._all_towns) == 1) and len({self._towns[row] for row in rows}) == 1:
                return self._middle(text, number, rows, lots, is_branch=True)
        return Miss(codes.KEY_NOT_FOUND, f"地番「{text}」がありません", f'there is no lot "{text}"')

    def _of_town(self, rows: Sequence[int], town: str) -> list[int]:
        """The rows whose town the text names; all of them where it names none."""
        if not town:
            return list(rows)
        return [row for row in rows if _is_same_town(self._towns[row], town)]

    def _place(self, text: str, number: str, rows: Sequence[int], lots: Lots) -> Place | Miss:
        towns = {self._towns[row] for row in rows}
        if len(towns) > 1:
            longest = max(towns, key=len)
            # 花里町二丁目 is said where both 花里町 and 花里町二丁目 are known.
            if not lots.town or not all(town in longest for town in towns):
                names = "、".join(sorted(towns)[:4])
                return Miss(
                    codes.KEY_AMBIGUOUS, f"地番「{number}」は{names}にあります", f'lot "{number}" is in {names}'
                )
            rows = [row for row in rows if self._towns[row] == longest]
        if len(rows) > 1:
            return self._middle(text, number, rows, lots)
        return self._middle(
            text, number, rows, lots, is_sure=not (lots.is_near or lots.is_range) and bool(lots.town or len(towns) == 1)
        )

    def _middle(
        self, text: str, number: str, rows: Sequence[int], lots: Lots, *, is_sure: bool = False, is_branch: bool = False
    ) -> Place:
        shape = shapely.union_all([self._geometries[row] for row in rows])
        point = shapely.point_on_surface(shape)
        radius_m = _reach_m(shape, point) + (_NEAR_M if lots.is_near or is_branch else 0.0)
        words = [f"筆{len(rows)}つの中ほど"] if len(rows) > 1 else []
        words += ["その枝番の筆"] if is_branch else []
        words += ["そばの筆"] if lots.is_near else []
        others = len(lots.numbers) - 1 + lots.n_more
        words += [f"ほか{others}筆"] if others and not lots.is_range else []
        words += ["範囲の初めの筆"] if lots.is_range else []
        rest = f"（{'、'.join(words)}）" if words else ""
        return Place(point.x, point.y, round(radius_m, 1), f"地番「{text}」→「{number}」{rest}", is_sure, shape)


def _is_same_town(of_parcel: str, said: str) -> bool:
    """Is one the other with its city, county or former municipality in front? 上岡本町 is not 岡本町."""
    shorter, longer = sorted((of_parcel, said), key=len)
    if not longer.endswith(shorter):
        return False
    return not shorter or longer == shorter or longer[: -len(shorter)].endswith(_MUNICIPALITY)


def _reach_m(shape: Geometry, point: Geometry) -> float:
    """How far the shape reaches from a point, metres; a point reaches as far as such points are off."""
    corners = shapely.get_coordinates(shape)
    lon, lat = shapely.get_coordinates(point)[0]
    away = np.hypot((corners[:, 0] - lon) * np.cos(np.radians(lat)), corners[:, 1] - lat) * _M_PER_DEG
    return max(float(away.max()), 10.0 if isinstance(shape, shapely.Point | shapely.MultiPoint) else 1.0)


def _number_key(text: str) -> str:
    key = re.sub("番地?の?|の", "-", text).strip("-")
    key = re.sub(f"(?<=[0-9])([{_LETTERS}])", r"-\1", key)
    key = re.sub(f"^([{_LETTERS}])-", r"\1", key)
    return "-".join(part.lstrip("0") or "0" for part in key.split("-") if part)


def _arabic(text: str) -> str:
    if not re.search("[十百千]", text):
        return "".join(_KANJI[char] for char in text)
    total = current = 0
    for char in text:
        if char in _KANJI:
            current = int(_KANJI[char])
        else:
            total, current = total + (current or 1) * {"十": 10, "百": 100, "千": 1000}[char], 0
    return str(total + current)
