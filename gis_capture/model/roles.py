"""What a column may say of the position of its row, and how numbers of degrees may be written."""

from typing import Literal, get_args

from gis_capture.text import Text

ROLES: dict[str, Text] = {
    "lat": Text("緯度", "latitude"),
    "lat_minutes": Text("緯度の分", "minutes of latitude"),
    "lat_seconds": Text("緯度の秒", "seconds of latitude"),
    "lon": Text("経度", "longitude"),
    "lon_minutes": Text("経度の分", "minutes of longitude"),
    "lon_seconds": Text("経度の秒", "seconds of longitude"),
    "latlon": Text("緯度と経度", "latitude and longitude"),
    "north": Text("図面の座標X(北)", "plane coordinate, north"),
    "east": Text("図面の座標Y(東)", "plane coordinate, east"),
    "zone": Text("系番号", "zone"),
    "datum": Text("測地系", "datum"),
    "mesh": Text("メッシュコード", "mesh code"),
    "address": Text("住所", "address"),
    "none": Text("位置ではない", "no position"),
}
SaidNotation = Literal["decimal", "packed_dms"]
Way = Literal["parcel", "chainage", "reference", "name"]
WAYS: tuple[Way, ...] = get_args(Way)
NOTATIONS: tuple[SaidNotation, ...] = get_args(SaidNotation)
