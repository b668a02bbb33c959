"""Features on a folium map that needs no network: Leaflet is put in by the page, and there are no tiles."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import folium
import numpy as np
import shapely
from branca.element import Figure
from shapely import Geometry, GeometryCollection, Point

from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.model import BBox, Feature, Layer, geometry_to_geojson
from gis_capture.model.label import label_of
from gis_capture.report.placings import COARSE_M, PLACINGS, Placing, placing_of, position_words
from gis_capture.store.source_rows import SourceRow
from gis_capture.text import Text

MAX_VERTICES = 500_000
"""All lines and areas together; what comes after is not drawn."""

_MAX_LAT_DEG = 85.0
_MAX_TEXT_CHARS = 300
_N_GRID_LINES = 4
_FAR_TIMES, _NEAR_DEG = 8.0, 0.05
_NEAREST_ZOOM = 17
_POPUP = {
    "label": Text("名前", "Name"),
    "row": Text("台帳の行", "Row"),
    "how": Text("位置の求め方", "Position from"),
    "note": Text("読み取りの控え", "How it was read"),
}
_APART = Text("食いちがい(座標から住所などへの線)", "Disagreements: from the coordinates to the address")
_APART_COLOR = "#ce0000"
_GRID = Text("経緯線", "Graticule")
_REACH = Text("誤差の円", "Circles of accuracy")
_REACH_STYLE = {"color": "#595959", "weight": 1, "fillColor": "#8c1aff", "fillOpacity": 0.06, "interactive": False}
_MAX_CIRCLES = 2_000
_FEW_CIRCLES = 200
_CIRCLE = np.linspace(0, 2 * np.pi, 49)
_M_PER_DEG = 111_320.0


@dataclass(frozen=True, slots=True)
class Apart:
    """A row that lies elsewhere than what speaks against it says; both (lon, lat) in degrees."""

    place: tuple[float, float]
    other: tuple[float, float]
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map as pieces of a page.

    Attributes:
        html: The element it is drawn in.
        script: Draws it; Leaflet must be there.
        counts: Number of features drawn, by group.
    """

    html: str
    script: str
    counts: dict[Placing, int]


def draw_map(
    layer: Layer,
    features: Iterable[Feature],
    *,
    rows: dict[str, SourceRow],
    language: str,
    apart: Sequence[Apart] = (),
) -> Drawing | None:
    """Draws features in groups that can be switched; gives None where there is nothing to draw.

    Args:
        layer: Theirs.
        features: With a geometry in the layer's CRS; those outside the world are left out.
        rows: The row each of them came from, by `feature_id`.
        language: "ja" or "en".
        apart: Rows whose coordinates and address disagree; a line joins both.
    """
    groups: dict[Placing, list[dict[str, Any]]] = {placing: [] for placing in PLACINGS}
    counts = dict.fromkeys(PLACINGS, 0)
    places: list[Geometry] = []
    circles: list[list[list[float]]] = []
    for feature, place in _drawable(layer, list(features)):
        placing = placing_of(feature.position)
        properties = _properties(layer, feature, rows.get(feature.feature_id), language)
        counts[placing] += 1
        places.append(place)
        if isinstance(place, Point) and (feature.position.accuracy_m or 0.0) > COARSE_M:
            circles.append(_circle(place, feature.position.accuracy_m or 0.0))
        # folium takes no collections.
        for part in shapely.get_parts(place) if isinstance(place, GeometryCollection) else (place,):
            group = groups[placing]
            geometry = geometry_to_geojson(part)
            group.append({"type": "Feature", "id": len(group), "geometry": geometry, "properties": properties})
    if not places:
        return None
    drawn = folium.Map(
        tiles=None, control_scale=True, prefer_canvas=True, attributionControl=False, max_zoom=20, min_zoom=3
    )
    # The page brings Leaflet; nothing that is drawn here needs jQuery or Bootstrap.
    drawn.default_js, drawn.default_css = [], []
    box = _shown_first(places)
    _graticule(box, name=_GRID.in_language(language)).add_to(drawn)
    if circles:
        _reaches(circles[:_MAX_CIRCLES], language).add_to(drawn)
    for placing, found in groups.items():
        if found:
            _group(placing, found, n_features=counts[placing], language=language).add_to(drawn)
    if apart:
        _disagreements(apart, language).add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    # Room at the top, where the list of what is drawn would cover marks.
    corners = [[box.min_y, box.min_x], [box.max_y, box.max_x]]
    drawn.fit_bounds(corners, padding_top_left=(24, 130), padding_bottom_right=(24, 24), max_zoom=_NEAREST_ZOOM)
    figure = drawn.get_root()
    assert isinstance(figure, Figure)
    figure.render()
    return Drawing(figure.html.render(), figure.script.render(), {key: n for key, n in counts.items() if n})


def _drawable(layer: Layer, features: Sequence[Feature]) -> Iterator[tuple[Feature, Geometry]]:
    """Gives the features that a web map can show, flat and in EPSG:4326."""
    places = shapely.force_2d(to_lon_lat([feature.geometry for feature in features], layer.crs))
    boxes = shapely.bounds(places)
    is_in_world = (np.abs(boxes) <= (180.0, _MAX_LAT_DEG, 180.0, _MAX_LAT_DEG)).all(axis=1)
    is_in_bounds = np.cumsum(shapely.get_num_coordinates(places)) <= MAX_VERTICES
    for feature, place, is_drawn in zip(features, places, is_in_world & is_in_bounds, strict=True):
        if is_drawn:
            yield feature, place


def _properties(layer: Layer, feature: Feature, row: SourceRow | None, language: str) -> dict[str, str]:
    """What a popup says. folium puts it into the page as HTML, so it is escaped here."""
    open_fields = {field.name: feature.fields.get(field.name) for field in layer.fields if not field.is_personal}
    where = Text(f"{row.row_number}行目", f"row {row.row_number}").in_language(language) if row else ""
    texts = {
        "label": label_of(layer, open_fields) or layer.title.in_language(language),
        "row": f"{where} ({row.table})" if row and row.table else where,
        "how": position_words(feature.position, language),
        "note": feature.position.note or "—",
    }
    return {name: escape(text[:_MAX_TEXT_CHARS]) for name, text in texts.items()}


def _group(placing: Placing, features: list[dict[str, Any]], *, n_features: int, language: str) -> folium.GeoJson:
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=f"{placing.words.in_language(language)} {n_features:,}",
        style_function=lambda _: placing.style,
        marker=folium.CircleMarker(radius=placing.radius_px),
        tooltip=folium.GeoJsonTooltip(["label"], labels=False),
        popup=folium.GeoJsonPopup(list(_POPUP), [words.in_language(language) for words in _POPUP.values()]),
    )


def _circle(place: Point, radius_m: float) -> list[list[float]]:
    """The corners of a circle around a place in degrees."""
    reach = radius_m / _M_PER_DEG
    lon = place.x + reach / max(math.cos(math.radians(place.y)), 0.01) * np.cos(_CIRCLE)
    corners: list[list[float]] = np.column_stack([lon, place.y + reach * np.sin(_CIRCLE)]).round(6).tolist()
    return corners


def _reaches(circles: Sequence[list[list[float]]], language: str) -> folium.GeoJson:
    """Draws how far off places may be; where there are many, only when asked."""
    features = [
        {"type": "Feature", "id": n, "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}
        for n, ring in enumerate(circles)
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=f"{_REACH.in_language(language)} {len(circles):,}",
        style_function=lambda _: _REACH_STYLE,
        show=len(circles) <= _FEW_CIRCLES,
    )


def _disagreements(apart: Sequence[Apart], language: str) -> folium.GeoJson:
    """Draws a line from each place to the other, which is a ring."""
    features: list[dict[str, Any]] = []
    for one in apart:
        properties = {"label": escape(one.words[:_MAX_TEXT_CHARS])}
        line = {"type": "LineString", "coordinates": [one.place, one.other]}
        ring = {"type": "Point", "coordinates": one.other}
        features += [
            {"type": "Feature", "id": len(features) + n, "geometry": geometry, "properties": properties}
            for n, geometry in enumerate((line, ring))
        ]
    style = {"color": _APART_COLOR, "weight": 2, "dashArray": "6 4", "fill": False}
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=f"{_APART.in_language(language)} {len(apart):,}",
        style_function=lambda _: style,
        marker=folium.CircleMarker(radius=5),
        tooltip=folium.GeoJsonTooltip(["label"], labels=False),
    )


def _shown_first(places: Sequence[Geometry]) -> BBox:
    """The box around what the map opens with: all but what lies so far away that the rest could not be told apart."""
    boxes = shapely.bounds(np.array(places, dtype=object))
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = np.abs(middles - np.median(middles, axis=0)).max(axis=1)
    near = boxes[away <= max(_FAR_TIMES * float(np.quantile(away, 0.75)), _NEAR_DEG)]
    return BBox(*(float(edge) for edge in (*near[:, :2].min(axis=0), *near[:, 2:].max(axis=0))))


def _graticule(box: BBox, *, name: str) -> folium.FeatureGroup:
    """Draws round degrees over a box and around it, with their numbers along its left and lower edge."""
    group = folium.FeatureGroup(name)
    step = _round_step(max(box.max_x - box.min_x, box.max_y - box.min_y, 0.002) / _N_GRID_LINES)
    reach = 2 * max(box.max_x - box.min_x, box.max_y - box.min_y) + step
    xs = _multiples(box.min_x - reach, box.max_x + reach, step)
    ys = _multiples(box.min_y - reach, box.max_y + reach, step)
    digits = max(0, -math.floor(math.log10(step)))
    lines = [([ys[0], x], [ys[-1], x], [box.min_y, x], f"{x:.{digits}f}°E") for x in xs]
    lines += [([y, xs[0]], [y, xs[-1]], [y, box.min_x], f"{y:.{digits}f}°N") for y in ys]
    for start, end, at, words in lines:
        line = folium.PolyLine(  # type: ignore[no-untyped-call]
            [start, end], color="#767676", weight=1, opacity=0.5, interactive=False
        )
        line.add_to(group)
        icon = folium.DivIcon(html=words, class_name="graticule-number", icon_size=(64, 16), icon_anchor=(-2, 16))
        folium.Marker(at, icon=icon, interactive=False, keyboard=False).add_to(group)
    return group


def _round_step(step: float) -> float:
    """Gives the next larger of 1, 2, 5, 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step)


def _multiples(low: float, high: float, step: float) -> list[float]:
    """Gives the multiples of a step from the one below `low` to the one above `high`."""
    return [number * step for number in range(math.floor(low / step), math.ceil(high / step) + 1)]
