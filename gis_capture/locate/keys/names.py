"""Features by their number (電柱番号, 橋梁番号) or by their name."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

import shapely
from shapely import Geometry

from gis_capture.locate import codes
from gis_capture.locate.gazetteer.folding import fold
from gis_capture.locate.keys.parcels import _reach_m
from gis_capture.locate.keys.values import Miss, Place

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ーｰ", "-"))
_WORDS = re.compile(r"^(?:[^\s立]{1,8}[都道府県市区町村])?立|株式会社|有限会社|\(株\)|\(有\)|[\s()「」・]")
_IN_FRONT = re.compile(".*(?:[都道府県市区町村立営郡]|法人.*会|会社|組合)")
_MIN_PART = 4
# Beside the hall, its car park, another part of it.
_PART_M = 50.0


def fold_key(text: str) -> str:
    """Folds width, case, dashes and blanks of a number."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).upper().split())


def fold_name(text: str) -> str:
    """Folds a name: old forms of characters, blanks, brackets, and who runs the place."""
    return fold(_WORDS.sub("", unicodedata.normalize("NFKC", text))).upper()


class KeyIndex:
    """Features by number or name.

    Args:
        keys: As written; None = the feature has none.
        geometries: Degrees.
        is_name: Names, of which parts may be left out; numbers are either the same or not.
    """

    def __init__(
        self, keys: Sequence[str | None], geometries: Sequence[Geometry | None], *, is_name: bool = False
    ) -> None:
        self._geometries, self._keys, self._is_name = geometries, keys, is_name
        self._fold = fold_name if is_name else fold_key
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._bare: dict[str, list[int]] = defaultdict(list)
        for row, (key, geometry) in enumerate(zip(keys, geometries, strict=True)):
            if key and geometry is not None and (folded := self._fold(key)):
                self._rows[folded].append(row)
                self._bare[_without_zeros(folded)].append(row)

    def find(self, text: str) -> Place | Miss:
        """Finds the one feature of this number or name."""
        key = self._fold(text)
        rows, is_same = self._rows.get(key, []), True
        if not rows:
            rows, is_same = self._alike(key), False
        if len(rows) == 1:
            shape = self._geometries[rows[0]]
            assert shape is not None
            point = shapely.point_on_surface(shape)
            note = f"「{text}」→「{self._keys[rows[0]]}」"
            radius_m = _reach_m(shape, point) if is_same or not self._is_name else max(_reach_m(shape, point), _PART_M)
            return Place(point.x, point.y, round(radius_m, 1), note, is_same, shape)
        if rows:
            n = len(rows)
            return Miss(codes.KEY_AMBIGUOUS, f"「{text}」に当たるものが{n}件あります", f'{n} features are "{text}"')
        return Miss(codes.KEY_NOT_FOUND, f"「{text}」がありません", f'there is no "{text}"')

    def _alike(self, key: str) -> list[int]:
        if not self._is_name:
            return self._bare.get(_without_zeros(key), [])
        if len(key) < _MIN_PART:
            return []
        return [
            row for name, rows in self._rows.items() if len(name) >= _MIN_PART and _holds(name, key) for row in rows
        ]


def _holds(name: str, key: str) -> bool:
    """Is one the other with who runs it in front, or a part of it behind? 城北小学校 is not 北小学校."""
    shorter, longer = sorted((name, key), key=len)
    at = longer.find(shorter)
    return at == 0 or (at > 0 and _IN_FRONT.fullmatch(longer[:at]) is not None)


def _without_zeros(key: str) -> str:
    return re.sub("(?<![0-9])0+(?=[0-9])", "", key)
