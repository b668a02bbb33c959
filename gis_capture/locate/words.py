"""What headers say about the columns of a position."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

_LON = "経度|東経|经度|경도"
_LAT = "緯度|北緯|纬度|위도"
_LON_TOKENS = {"lon", "lng", "long", "longitude", "longtitude"}
_LAT_TOKENS = {"lat", "latitude"}
_PAIR = re.compile(
    "^(?:緯度経度|経度緯度|経緯度|緯経度|座標|位置座標|位置情報|位置|地点|地図|マップ|location|position|point|geom|geometry|coordinates?|wkt|latlng|latlon|lonlat)+$"
)
_PARTS = {
    "度": "d",
    "deg": "d",
    "degree": "d",
    "degrees": "d",
    "d": "d",
    "分": "m",
    "min": "m",
    "minute": "m",
    "minutes": "m",
    "m": "m",
}
_PARTS |= {"秒": "s", "sec": "s", "second": "s", "seconds": "s", "s": "s"}
_BARE_PART = re.compile(r"[(]?([分秒])[)]?(?:[_.]?[0-9]|[(][0-9][)])?")
_PLANE = re.compile(
    "平面直角|直角座標|公共座標|測量座標|座標系?|座標値|測地系|世界|日本|旧|新|第?(?:[0-9]+|[ivx]+)系|epsg:?[0-9]{4,5}|jgd(?:2000|2011|2024)?|系|(?:web|ウェブ)?(?:mercator|メルカトル)|(?:coord|coordinate)s?|pos|utm|値|軸|[kcm]?m|単位|[0-9]"
)
_DATUM_BESIDE = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*測地系[^()\[\]【】〔〕]*[)\]】〕]")
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_ZONE = re.compile(
    "(?:平面直角|直角|公共)?(?:座標)?系(?:番号|コード|no\\.?)?|(?:平面直角|公共)座標(?:系)?(?:番号|コード)|座標参照系"
    "|(?:utm)?[_-]?(?:座標)?(?:帯番号|ゾーン|zone)(?:番号)?|utm帯|crs|epsg(?:コード|code|番号)?|srid"
)
_DIRECTION = re.compile(r"[(\[]?[真南]?([北東])西?(?:方向|向き?|が正)?[)\]]?")
_LETTER = re.compile("(?<![a-z])[xy](?![a-z])")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ｰ", "ー"))
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Role:
    """What one column is for.

    Attributes:
        axis: "lon", "lat", "latlon", "x", "y", "east", "north", "mesh", "grid", "datum", "zone".
        part: "d", "m", "s" for columns of degrees, minutes, seconds; "" for the whole.
        base: What is left of the header; columns that belong together share it.
    """

    axis: str
    part: str
    base: str


def fold_header(name: str) -> str:
    """Folds width, case, dashes and blanks of a header; for comparing only."""
    text = unicodedata.normalize("NFKC", _CAMEL.sub("_", name)).translate(_DASHES).lower()
    return "".join(text.split())


def role_of(name: str) -> Role | None:
    """Tells what a column is for by its header; None = nothing to do with positions."""
    # What a header says of the datum in brackets is no part of what it names.
    folded = _DATUM_BESIDE.sub("", fold_header(name))
    tokens = set(re.findall("[a-z]+", folded))
    has_lon = bool(re.search(_LON, folded) or tokens & _LON_TOKENS)
    has_lat = bool(re.search(_LAT, folded) or tokens & _LAT_TOKENS)
    if (has_lon and has_lat) or _PAIR.match(re.sub(r"[^\w]|_", "", folded)):
        return Role("latlon", "", "")
    if has_lon or has_lat:
        rest = re.sub(_LON if has_lon else _LAT, "", folded)
        tokens_left = (token.removeprefix("の") for token in re.findall("[a-z]+|[^\\W_a-z]+", rest))
        words = [token for token in tokens_left if token not in _LON_TOKENS | _LAT_TOKENS]
        part = next((_PARTS[token] for token in words if token in _PARTS), "") if len(words) < 3 else ""
        return Role(
            "lon" if has_lon else "lat", part, "".join(token for token in words if not (part and token in _PARTS))
        )
    if (plane := _plane_role(folded)) is not None:
        return plane
    if _ZONE.fullmatch(_BRACKETS.sub("", folded)):
        return Role("zone", "", "")
    if re.search("測地系|datum", folded) and not re.search("座標値|高さ", folded):
        return Role("datum", "", "")
    if re.search("mgrs|utm(?:ポイント|座標|グリッド|コード)", folded):
        return Role("grid", "", "")
    if re.search("メッシュ|mesh", folded) and not re.search("名|種|率|数$|name", folded):
        return Role("mesh", "", "")
    return None


def roles_of(names: Iterable[str]) -> dict[str, Role]:
    """Tells the roles of all columns that have one; 分 and 秒 belong to the degrees they stand behind."""
    found: dict[str, Role] = {}
    before: Role | None = None
    for name in names:
        role = role_of(name)
        if role is None and before is not None and (bare := _BARE_PART.fullmatch(fold_header(name))):
            part = _PARTS[bare[1]]
            # Minutes behind degrees, seconds behind minutes: nothing else is a column of one.
            role = replace(before, part=part) if (before.part or "d") + part in "dms" else None
        if role is not None:
            found[name] = role
        before = role if role is not None and role.axis in ("lon", "lat") else None
    return found


def _plane_role(folded: str) -> Role | None:
    for axis, pattern in (
        ("east", "(?<![a-z])(?:easting|east)(?![a-z])|東距|東方向"),
        ("north", "(?<![a-z])(?:northing|north)(?![a-z])|北距|北方向"),
    ):
        rest, n_found = re.subn(pattern, "", folded)
        if n_found:
            # X座標(北方向): what the word says, the letter need not.
            rest = _LETTER.sub("", rest, count=1)
            return Role(axis, "", rest) if not _left_over(rest) else None
    for axis, letter in (("east", "e"), ("north", "n")):
        rest, n_found = re.subn(f"(?:(?<![a-z])|(?<=utm)){letter}(?![a-z])", "", folded)
        if n_found == 1 and re.search("utm|座標", rest) and not _left_over(rest):
            return Role(axis, "", rest)
    for axis in "xy":
        rest, n_found = re.subn(f"(?:(?<![a-z])|(?<=utm)){axis}(?![a-z])", "", folded)
        direction = _DIRECTION.search(rest)
        rest = _DIRECTION.sub("", rest)
        if n_found == 1 and not _left_over(rest):
            return Role({"北": "north", "東": "east"}[direction[1]] if direction else axis, "", rest)
    return None


def _left_over(rest: str) -> str:
    return re.sub(r"[\W_]", "", _PLANE.sub("", rest))
