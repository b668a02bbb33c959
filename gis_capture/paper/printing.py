"""Writes field sheets as PDF at true scale: the map in grey and blue only, so that all that is red is the pen's."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import segno
import shapely
from fpdf import FPDF
from shapely import Geometry

from gis_capture.paper.fonts import find_font
from gis_capture.paper.sheet import Box, Sheet, SheetFeature, marker_boxes, qr_boxes

BaseKind = Literal["area", "building", "water", "waterway", "road", "line"]
_GREY, _LIGHT, _PALE, _BLUE, _INK, _WATER = 110, 170, 225, (0, 70, 160), (20, 40, 90), (185, 215, 240)
_FAMILY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
_MARKER_CELLS = 8
_SYMBOL_MM = 0.9
_LIST_COLUMNS, _LIST_ROW_MM = 3, 4.2
# Distances between lines of the grid, metres; the first that is wide enough on the paper is taken.
_GRID_M = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)
_GRID_LEAST_MM = 20
_LEGEND = (
    "赤ペンで: ○ 範囲  × 無い・撤去  ✓ 確認  → 移す・指す  線 新しい線  文字 メモ。"
    "四隅の印と QR には書かないでください。"
)
Color = int | tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Content:
    """What a sheet shows; geometries in its CRS.

    Attributes:
        features: Numbered in the order of the list.
        base: What lies below them.
        attribution: Of the base.
    """

    features: Sequence[SheetFeature]
    base: Sequence[tuple[BaseKind, Geometry]] = field(default_factory=tuple)
    attribution: str = ""


def write_pdf(path: Path, sheets: Sequence[tuple[Sheet, Content]]) -> list[int]:
    """Writes sheets to one file, each with its list on the back; gives the number of pages before each.

    Raises:
        ResourceError: There is no Japanese font.
    """
    pdf = FPDF(orientation="landscape", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.add_font("text", fname=find_font(), collection_font_number=0)
    # The same sheet is the same file.
    pdf.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
    first_pages = []
    for sheet, content in sheets:
        first_pages.append(pdf.pages_count)
        _Front(pdf, sheet, content).draw()
        _draw_list(pdf, sheet, content.features)
    pdf.output(str(path))
    return first_pages


@dataclass(frozen=True, slots=True)
class _Front:
    pdf: FPDF
    sheet: Sheet
    content: Content

    def draw(self) -> None:
        _add_page(self.pdf, self.sheet)
        self._draw_base()
        self._draw_grid()
        self._draw_features()
        self._stroke(_GREY, 0.3)
        self.pdf.rect(*self.sheet.frame)
        self._draw_markers()
        self._draw_head()
        self._draw_foot()

    def _stroke(self, color: Color, width_mm: float) -> None:
        self.pdf.set_draw_color(*_rgb(color))
        self.pdf.set_line_width(width_mm)

    def _on_paper(self, geometry: Geometry, window: Geometry | None = None) -> Iterator[tuple[str, list[np.ndarray]]]:
        """The parts of a geometry in the frame, as kind and rings on the paper."""
        inside = shapely.intersection(shapely.make_valid(geometry), window or shapely.box(*self.sheet.extent))
        for part in shapely.get_parts(inside):
            if part.is_empty:
                continue
            rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            yield part.geom_type, [self.sheet.to_paper(shapely.get_coordinates(ring)) for ring in rings]

    def _draw_base(self) -> None:
        looks: dict[BaseKind, tuple[Color | None, Color, float]] = {
            "area": (245, 245, 0.05),
            "water": (_WATER, _WATER, 0.05),
            "building": (_PALE, _LIGHT, 0.1),
            "waterway": (None, _WATER, 0.5),
            "road": (None, _LIGHT, 0.35),
            "line": (None, _PALE, 0.15),
        }
        for kind, (fill, line, width_mm) in looks.items():
            self._stroke(line, width_mm)
            for _, geometry in (one for one in self.content.base if one[0] == kind):
                for name, rings in self._on_paper(geometry):
                    if name == "Polygon" and fill is not None:
                        self.pdf.set_fill_color(*_rgb(fill))
                        self.pdf.polygon([tuple(point) for point in rings[0]], style="DF")
                    elif name != "Point":
                        for ring in rings:
                            self.pdf.polyline([tuple(point) for point in ring])

    def _draw_grid(self) -> None:
        sheet, pdf = self.sheet, self.pdf
        m_per_mm, box, frame = sheet.scale / 1000, sheet.extent, sheet.frame
        step = next((one for one in _GRID_M if one / m_per_mm >= _GRID_LEAST_MM), _GRID_M[-1])
        pdf.set_font("text", size=5)
        pdf.set_text_color(_GREY)
        self._stroke(200, 0.1)
        for x in range(math.ceil(box.min_x / step) * step, math.floor(box.max_x) + 1, step):
            left = frame.x + (x - box.min_x) / m_per_mm
            pdf.line(left, frame.y, left, frame.y + frame.height)
            pdf.text(left + 0.3, frame.y + frame.height - 0.6, f"E {x:,}")
        for y in range(math.ceil(box.min_y / step) * step, math.floor(box.max_y) + 1, step):
            top = frame.y + (box.max_y - y) / m_per_mm
            pdf.line(frame.x, top, frame.x + frame.width, top)
            pdf.text(frame.x + 0.4, top - 0.4, f"N {y:,}")
            self._draw_crosses(top, step)

    def _draw_crosses(self, y: float, step: int) -> None:
        """Marks the corners of the grid, by which a scan is laid on the sheet."""
        sheet, left = self.sheet, self.sheet.frame.x
        self._stroke(_GREY, 0.25)
        first = math.ceil(sheet.west / step) * step - sheet.west
        for x_m in range(int(first), int(sheet.extent.max_x - sheet.west) + 1, step):
            x = left + x_m * 1000 / sheet.scale
            self.pdf.line(x - 1.5, y, x + 1.5, y)
            self.pdf.line(x, y - 1.5, x, y + 1.5)
        self._stroke(200, 0.1)

    def _draw_features(self) -> None:
        for feature in self.content.features:
            self._stroke(_BLUE, 0.35)
            places: list[np.ndarray] = []
            for kind, rings in self._on_paper(feature.geometry):
                for ring in rings:
                    if kind == "Point":
                        self._draw_symbol(*ring[0])
                    else:
                        self.pdf.polyline([tuple(point) for point in ring])
                    places.append(ring)
            if places:
                self._draw_number(feature.number, places[0][len(places[0]) // 2])

    def _draw_symbol(self, x: float, y: float) -> None:
        self.pdf.set_fill_color(255)
        self.pdf.ellipse(x - _SYMBOL_MM, y - _SYMBOL_MM, 2 * _SYMBOL_MM, 2 * _SYMBOL_MM, style="DF")
        self.pdf.set_fill_color(*_BLUE)
        self.pdf.ellipse(x - 0.25, y - 0.25, 0.5, 0.5, style="F")

    def _draw_number(self, number: int, place: np.ndarray) -> None:
        self.pdf.set_font("text", size=7)
        self.pdf.set_text_color(*_INK)
        self.pdf.text(place[0] + 1.2, place[1] - 0.8, str(number))

    def _draw_markers(self) -> None:
        for box, marker in zip(marker_boxes(self.sheet.paper), self.sheet.marker_ids(), strict=True):
            cells = cv2.aruco.generateImageMarker(_FAMILY, marker, _MARKER_CELLS)
            _draw_cells(self.pdf, box, [[not cell for cell in row] for row in cells.tolist()])
        for box in qr_boxes(self.sheet.paper):
            code = segno.make_qr(self.sheet.qr_text(), error="m")
            _draw_cells(self.pdf, box, [[bool(cell) for cell in row] for row in code.matrix])

    def _draw_head(self) -> None:
        sheet, pdf, left = self.sheet, self.pdf, 26.0
        pdf.set_text_color(*_INK)
        pdf.set_font("text", size=13)
        pdf.text(left, 12.5, _fitted(pdf, sheet.title, sheet.size_mm[0] - 2 * left - 40))
        pdf.set_font("text", size=8)
        part = f"  {sheet.part}" if sheet.part else ""
        pdf.text(left, 17.5, f"No. {sheet.number}{part}   1:{sheet.scale:,}   {sheet.crs}   版 {sheet.revision}")
        crew, day = (text or "＿＿＿＿＿＿" for text in (sheet.crew, sheet.survey_on))
        head = f"印刷 {sheet.printed_at[:10]}   班 {crew}   調査日 {day}"
        pdf.text(left, 22.5, _fitted(pdf, head, sheet.size_mm[0] - 2 * left - 40))

    def _draw_foot(self) -> None:
        sheet, pdf = self.sheet, self.pdf
        width, height = sheet.size_mm
        left, y, m_per_mm = 58.0, height - 15, sheet.scale / 1000
        length_m = max((one for one in _GRID_M if one / m_per_mm <= 50), default=_GRID_M[0])
        self._stroke(_INK, 0.3)
        pdf.line(left, y, left + length_m / m_per_mm, y)
        for share in (0.0, 0.5, 1.0):
            x = left + share * length_m / m_per_mm
            pdf.line(x, y - 1.2, x, y)
        pdf.set_font("text", size=7)
        pdf.set_text_color(*_INK)
        pdf.text(left - 0.7, y - 1.8, "0")
        pdf.text(left + length_m / m_per_mm - 3, y - 1.8, f"{length_m} m")
        pdf.set_font("text", size=6.5)
        pdf.text(left, height - 9.5, _LEGEND)
        pdf.text(left, height - 6, _fitted(pdf, self.content.attribution, width - left - 60))
        north = width - 34.0
        pdf.set_fill_color(*_INK)
        pdf.polygon([(north, y - 7), (north - 2, y), (north, y - 1.5), (north + 2, y)], style="F")
        pdf.text(north - 0.9, y - 7.6, "N")


def _draw_list(pdf: FPDF, sheet: Sheet, features: Sequence[SheetFeature]) -> None:
    """The back: numbers and names in columns; as many pages as they need."""
    width, height = sheet.size_mm
    n_rows = int((height - 30) / _LIST_ROW_MM)
    column_mm = (width - 2 * 12) / _LIST_COLUMNS
    for first in range(0, max(len(features), 1), n_rows * _LIST_COLUMNS):
        _add_page(pdf, sheet)
        pdf.set_text_color(*_INK)
        pdf.set_font("text", size=10)
        pdf.text(12, 14, _fitted(pdf, f"No. {sheet.number}  {sheet.title}", width - 24))
        pdf.set_font("text", size=7.5)
        for place, feature in enumerate(features[first : first + n_rows * _LIST_COLUMNS]):
            column, row = divmod(place, n_rows)
            x, y = 12 + column * column_mm, 22 + row * _LIST_ROW_MM
            pdf.text(x, y, str(feature.number))
            pdf.text(x + 9, y, _fitted(pdf, feature.label, column_mm - 12))


def _add_page(pdf: FPDF, sheet: Sheet) -> None:
    width, height = sheet.size_mm
    pdf.add_page(format=(height, width))


def _draw_cells(pdf: FPDF, box: Box, rows: Sequence[Sequence[bool]]) -> None:
    """Draws the dark cells of a code, neighbours of a row as one, so that no seams are seen."""
    size = box.width / len(rows)
    pdf.set_fill_color(0)
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            n = next((n for n in range(x, len(row)) if not row[n]), len(row)) - x
            if n:
                pdf.rect(box.x + x * size, box.y + y * size, n * size, size + 0.005, style="F")
            x += max(n, 1)


def _fitted(pdf: FPDF, text: str, width_mm: float) -> str:
    """A text that is not wider than it may be, "…" where it was cut."""
    line = " ".join(text.split())
    if pdf.get_string_width(line) <= width_mm:
        return line
    while line and pdf.get_string_width(line + "…") > width_mm:
        line = line[:-1]
    return line + "…"


def _rgb(color: Color) -> tuple[int, int, int]:
    return (color, color, color) if isinstance(color, int) else color
