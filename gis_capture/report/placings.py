"""How the ways to find a position are drawn: by colour, and without colour by filling, outline and size."""

from dataclasses import dataclass

from gis_capture.model import PositionQuality
from gis_capture.text import Text

COARSE_M = 20.0
"""A position of the ledger that is less certain than this is drawn as a rough one."""

FAR_M = 500.0
"""Beyond it, a position tells the part of a city, but no street."""

_METHODS = {
    "coordinates": Text("台帳の緯度・経度", "longitude and latitude of the ledger"),
    "dms": Text("台帳の度分秒", "degrees, minutes and seconds of the ledger"),
    "plane": Text("台帳の平面直角座標", "plane coordinates of the ledger"),
    "geometry": Text("ファイルが持つ図形", "geometry of the file"),
    "photo": Text("写真の測位", "position in the photo"),
    "mesh": Text("メッシュコード", "mesh code"),
    "address": Text("所在地", "address"),
    "parcel": Text("地番の筆", "parcel of the lot"),
    "chainage": Text("路線の距離標・測点", "kilometre post or station of a route"),
    "reference": Text("番号の指す相手", "feature that the number names"),
    "name": Text("施設の名称", "name of a facility"),
    "track": Text("軌跡と撮影時刻", "track of a receiver, by the time of the photo"),
    "gps": Text("現場の GPS", "GPS on site"),
    "tap": Text("地図を押して指定", "tapped on the map"),
    "field": Text("現場で入力", "captured on site"),
    "edited": Text("取り込んだ後に修正", "edited after the import"),
}
_STATED = ("coordinates", "dms", "plane", "geometry", "photo")
_ROUGH = ("mesh", "address", "parcel", "chainage", "reference", "name", "track")


@dataclass(frozen=True, slots=True)
class Placing:
    """A group of features on the map.

    Attributes:
        words: For the legend and the layer control.
        color: Of outline and filling, "#rrggbb".
        radius_px: Of a point.
        fill_opacity: 0 = a ring.
        dash: Of the outline, as SVG writes it; None = a full line.
    """

    key: str
    words: Text
    color: str
    radius_px: int
    fill_opacity: float
    dash: str | None = None

    @property
    def style(self) -> dict[str, object]:
        """Gives Leaflet's path options."""
        return {
            "color": self.color,
            "weight": 2,
            "opacity": 1,
            "fill": True,
            "fillColor": self.color,
            "fillOpacity": self.fill_opacity,
            "dashArray": self.dash,
        }


STATED = Placing("stated", Text("台帳の座標", "Coordinates of the ledger"), "#0017c1", 6, 0.7)
COARSE = Placing(
    "coarse",
    Text(f"台帳の座標(誤差 {COARSE_M:.0f} m 超)", f"Coordinates of the ledger, beyond {COARSE_M:.0f} m"),
    "#ac3e00",
    8,
    0.15,
    "4 3",
)
ROUGH = Placing(
    "rough",
    Text(f"所在地・メッシュなどから(誤差 {FAR_M:.0f} m まで)", f"From address, mesh and the like, to {FAR_M:.0f} m"),
    "#8c1aff",
    8,
    0.0,
)
FAR = Placing(
    "far",
    Text(f"所在地・メッシュなどから(誤差 {FAR_M:.0f} m 超)", f"From address, mesh and the like, beyond {FAR_M:.0f} m"),
    "#8c1aff",
    11,
    0.0,
    "2 4",
)
LATER = Placing("later", Text("取り込んだ後に直した位置", "Moved after the import"), "#197a4b", 4, 1.0)
PLACINGS = (STATED, COARSE, ROUGH, FAR, LATER)


def placing_of(position: PositionQuality) -> Placing:
    """Finds the group of a position."""
    if position.method in _ROUGH:
        return FAR if (position.accuracy_m or 0.0) > FAR_M else ROUGH
    if position.method in _STATED:
        return COARSE if (position.accuracy_m or 0.0) > COARSE_M else STATED
    return LATER


def position_words(position: PositionQuality, language: str) -> str:
    """Says how a position was found and how certain it is."""
    method = position.method or ""
    words = _METHODS[method].in_language(language) if method in _METHODS else method
    if position.accuracy_m is None:
        return words
    accuracy = f"{position.accuracy_m:,.4g} m"
    return words + Text(f"(誤差 約 {accuracy})", f" (about {accuracy})").in_language(language)
