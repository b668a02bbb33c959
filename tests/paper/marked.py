"""Makes pictures of sheets as they come back: marked with a red pen, stamped, folded, photographed; from a seed.

What is drawn is known, and so is where every point of the paper is in the picture.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gis_capture.paper.sheet import FloatArray, frame_of, marker_boxes, qr_boxes

Pixels = NDArray[np.uint8]
KINDS = ("loop", "cross", "tick", "arrow", "line", "writing")
_FINE = 4


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A mark as it was drawn: `touched` are the places in `features` it is about; paper coordinates."""

    kind: str
    strokes: list[FloatArray]
    touched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wear:
    """What happens to a sheet on its way back."""

    missing_corner: int | None = None
    is_qr_damaged: bool = False
    has_stamp: bool = False
    n_seals: int = 0
    is_photo: bool = True
    n_folds: int = 0
    noise: float = 3.0
    jpeg_quality: int = 80
    long_edge_px: int = 3600


@dataclass(frozen=True, slots=True)
class MarkedSheet:
    """The picture and the truth: the corners of a grid on the paper and in the picture, the marks, and the seals."""

    picture: Pixels
    marks: list[DrawnMark]
    grid_mm: FloatArray
    grid_px: FloatArray
    wear: Wear
    seals: tuple[tuple[float, float, float], ...] = ()

    def jpeg(self) -> bytes:
        """The picture as a camera writes it."""
        out = io.BytesIO()
        Image.fromarray(self.picture[..., ::-1]).save(out, "JPEG", quality=self.wear.jpeg_quality)
        return out.getvalue()


@dataclass
class Hand:
    """A person with a pen."""

    rng: np.random.Generator
    places: FloatArray
    paper: str = "A4"
    used: list[tuple[float, float, float]] = field(default_factory=list)

    def draw(self, n_marks: int) -> list[DrawnMark]:
        """Draws marks that do not overlap: most of them are about a feature."""
        marks = []
        for n in range(n_marks):
            kind = KINDS[n % len(KINDS)]
            mark = next((one for _ in range(200) if (one := self._try(kind)) is not None), None)
            if mark is not None:
                marks.append(mark)
        return marks

    def _try(self, kind: str) -> DrawnMark | None:
        which = int(self.rng.integers(len(self.places)))
        target = self.places[which]
        strokes: list[FloatArray] = getattr(self, f"_{kind}")(target)
        points = np.concatenate(strokes)
        box = frame_of(self.paper)
        low, high = points.min(axis=0), points.max(axis=0)
        is_inside = (low > (box.x + 2, box.y + 2)).all() and (
            high < (box.x + box.width - 2, box.y + box.height - 2)
        ).all()
        center, radius = (low + high) / 2, float(np.hypot(*(high - low))) / 2 + 3.5
        if not is_inside or any(np.hypot(center[0] - x, center[1] - y) < radius + r for x, y, r in self.used):
            return None
        touched = self._touched(kind, strokes, which)
        if touched is None:
            return None
        self.used.append((center[0], center[1], radius))
        return DrawnMark(kind, strokes, touched)

    def _touched(self, kind: str, strokes: list[FloatArray], which: int) -> tuple[int, ...] | None:
        """What a mark is about; None where nobody could tell, because another feature is as near."""
        if kind == "loop":
            outline = strokes[0].astype(np.float32).reshape(-1, 1, 2)
            depths = [cv2.pointPolygonTest(outline, tuple(map(float, place)), True) for place in self.places]
            if any(abs(depth) < 1.5 for depth in depths):
                return None
            return tuple(n for n, depth in enumerate(depths) if depth > 0)
        if kind in ("line", "writing"):
            return ()
        others = np.hypot(*(self.places - self.places[which]).T)
        return (which,) if (np.delete(others, which) > 9).all() else None

    def _wobbly(self, points: Sequence[Sequence[float]], amount: float = 0.25) -> FloatArray:
        """A stroke through points as a hand draws it."""
        given = np.array(points, dtype=np.float64)
        lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(given, axis=0).T))])
        at = np.linspace(0, lengths[-1], max(int(lengths[-1] / 0.4), 3))
        smooth = np.stack([np.interp(at, lengths, given[:, axis]) for axis in (0, 1)], axis=1)
        wave = np.cumsum(self.rng.normal(0, 0.08, smooth.shape), axis=0)
        wave -= np.linspace(wave[0], wave[-1], len(wave))
        drawn: FloatArray = smooth + np.clip(wave, -amount * 2, amount * 2)
        return drawn

    def _loop(self, target: FloatArray) -> list[FloatArray]:
        radii = self.rng.uniform(4, 13, 2)
        radii[1] = np.clip(radii[1], radii[0] * 0.55, radii[0] * 1.8)
        turn, begin = self.rng.uniform(0, np.pi), self.rng.uniform(0, 2 * np.pi)
        gap = self.rng.uniform(-0.25, 0.12)
        angles = np.linspace(begin, begin + 2 * np.pi - gap, 90)
        swell = (
            1 + 0.06 * np.sin(2 * angles + self.rng.uniform(0, 6)) + np.linspace(0, self.rng.uniform(-0.08, 0.08), 90)
        )
        points = np.stack([radii[0] * swell * np.cos(angles), radii[1] * swell * np.sin(angles)], axis=1)
        turned = points @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return [self._wobbly((turned + target + self.rng.normal(0, 1, 2)).tolist(), 0.15)]

    def _cross(self, target: FloatArray) -> list[FloatArray]:
        size, tilt = self.rng.uniform(2.5, 6.5), self.rng.uniform(-0.3, 0.3)
        center = target + self.rng.normal(0, 0.5, 2)
        strokes = []
        for angle in (np.pi / 4 + tilt, -np.pi / 4 + tilt * self.rng.uniform(-1, 1)):
            arm = size * self.rng.uniform(0.8, 1.2, 2)[:, None] * np.array([np.cos(angle), np.sin(angle)])
            strokes.append(self._wobbly([(center - arm[0]).tolist(), (center + arm[1]).tolist()]))
        return strokes

    def _tick(self, target: FloatArray) -> list[FloatArray]:
        size = self.rng.uniform(4, 9)
        corner = target + self.rng.normal(0, 1.0, 2) + (0.5, 1.0)
        short = corner + size * 0.4 * np.array([-self.rng.uniform(0.5, 1.0), -self.rng.uniform(0.5, 1.0)])
        long = corner + size * np.array([self.rng.uniform(0.5, 0.9), -self.rng.uniform(0.8, 1.1)])
        return [self._wobbly([short.tolist(), corner.tolist(), long.tolist()], 0.15)]

    def _arrow(self, target: FloatArray) -> list[FloatArray]:
        angle, length = self.rng.uniform(0, 2 * np.pi), self.rng.uniform(14, 35)
        way = np.array([np.cos(angle), np.sin(angle)])
        tail = target + way * self.rng.uniform(0, 1.5) + self.rng.normal(0, 0.4, 2)
        side = np.array([-way[1], way[0]])
        bow = side * self.rng.uniform(-0.08, 0.08) * length
        tip = tail + way * length
        strokes = [self._wobbly([tail.tolist(), (tail + way * length / 2 + bow).tolist(), tip.tolist()])]
        barbs = [
            tip - (way * np.cos(one) + side * sign * np.sin(one)) * self.rng.uniform(3, 5)
            for sign, one in ((1, self.rng.uniform(0.4, 0.75)), (-1, self.rng.uniform(0.4, 0.75)))
        ]
        if self.rng.random() < 0.5:
            strokes.append(self._wobbly([barbs[0].tolist(), tip.tolist(), barbs[1].tolist()], 0.1))
        else:
            strokes += [self._wobbly([tip.tolist(), barb.tolist()], 0.1) for barb in barbs]
        return strokes

    def _line(self, target: FloatArray) -> list[FloatArray]:
        angle, length = self.rng.uniform(0, 2 * np.pi), self.rng.uniform(15, 60)
        begin = target + self.rng.uniform(-20, 20, 2)
        points, way = [begin], angle
        for _ in range(int(self.rng.integers(1, 4))):
            points.append(points[-1] + length / 3 * np.array([np.cos(way), np.sin(way)]))
            way += self.rng.uniform(-0.6, 0.6)
        return [self._wobbly([one.tolist() for one in points])]

    def _writing(self, target: FloatArray) -> list[FloatArray]:
        size, strokes = self.rng.uniform(3.5, 6), []
        begin = target + self.rng.uniform(-15, 15, 2)
        for letter in range(int(self.rng.integers(2, 6))):
            corner = begin + np.array([letter * size * 1.15, self.rng.uniform(-0.4, 0.4)])
            for _ in range(int(self.rng.integers(3, 7))):
                points = corner + self.rng.uniform(0, size, (int(self.rng.integers(2, 4)), 2))
                strokes.append(self._wobbly(points.tolist(), 0.1))
        return strokes


def mark_sheet(
    clean: Pixels, px_per_mm: float, places: FloatArray, *, seed: int, wear: Wear, paper: str = "A4", n_marks: int = 12
) -> MarkedSheet:
    """Draws on a clean sheet and brings it back as a scan or a photograph.

    Args:
        clean: The sheet as printed; blue, green, red.
        px_per_mm: Of it.
        places: Of its point features on the paper, shape (n, 2).
        seed: All chance comes from it.
        wear: What happens to it.
        paper: Of the sheet.
        n_marks: How many are drawn; one more of each kind in turn.
    """
    rng = np.random.default_rng(seed)
    sheet = clean.astype(np.float32)
    hand = Hand(rng, places, paper)
    box = frame_of(paper)
    seals = []
    if wear.has_stamp:
        below = box.y + box.height - rng.uniform(8, 12)
        seals.append((box.x + box.width * rng.uniform(0.3, 0.7), below, rng.uniform(5, 7)))
    # Those who have seen a sheet put their seals where there is room, some over the edge of the map.
    for _ in range(wear.n_seals):
        x, y = box.x + box.width * rng.uniform(0.05, 0.95), box.y + box.height * rng.uniform(0.1, 1.0)
        seals.append((float(x), float(y), float(rng.uniform(5, 7.5))))
    hand.used += [(x, y, radius + 3.5) for x, y, radius in seals]
    marks = hand.draw(n_marks)
    for mark in marks:
        _ink(sheet, px_per_mm, mark.strokes, rng, width_mm=rng.uniform(0.45, 0.8))
    for seal in seals:
        _stamp(sheet, px_per_mm, rng, seal)
    if wear.is_qr_damaged:
        for box in qr_boxes(paper):
            left, top = (int(edge * px_per_mm) for edge in (box.x + 3, box.y + 2))
            cv2.line(sheet, (left, top), (left + int(14 * px_per_mm), top + int(12 * px_per_mm)), (30, 30, 30), 60)
    if wear.missing_corner is not None:
        _tear(sheet, px_per_mm, wear.missing_corner, paper, rng)
    return replace(_brought_back(sheet, px_per_mm, marks, rng, wear), seals=tuple(seals))


def _ink(sheet: NDArray[np.float32], px_per_mm: float, strokes: list[FloatArray], rng: Any, *, width_mm: float) -> None:
    """Draws with a pen: the ink takes blue and green from the paper, and little of red."""
    cover = np.zeros(sheet.shape[:2], np.uint8)
    for stroke in strokes:
        points = (stroke * px_per_mm * _FINE).round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(cover, [points], False, 255, max(round(width_mm * px_per_mm), 1), cv2.LINE_AA, 2)
    uneven = cv2.resize(rng.uniform(0.8, 1.0, (40, 40)).astype(np.float32), sheet.shape[1::-1])
    share = (cv2.GaussianBlur(cover, (0, 0), 0.6) / 255 * uneven)[..., None]
    color = np.array([rng.uniform(40, 80), rng.uniform(25, 60), rng.uniform(195, 230)], np.float32)
    sheet *= 1 - share * (1 - color / 255)


def _stamp(sheet: NDArray[np.float32], px_per_mm: float, rng: Any, seal: tuple[float, float, float]) -> None:
    """The round seal of who took the sheet in, over the edge of the map: vermilion, blotchy, with letters."""
    center, radius = np.array(seal[:2]), seal[2]
    angles = np.linspace(0, 2 * np.pi, 100)
    ring = center + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    letters = [center + rng.uniform(-radius * 0.6, radius * 0.6, (3, 2)) for _ in range(9)]
    cover = np.zeros(sheet.shape[:2], np.uint8)
    for stroke in (ring, *letters):
        points = (stroke * px_per_mm * _FINE).round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(cover, [points], False, 255, round(0.8 * px_per_mm), cv2.LINE_AA, 2)
    blotches = cv2.resize(rng.uniform(0.4, 1.0, (200, 200)).astype(np.float32), sheet.shape[1::-1])
    share = (cover / 255 * blotches)[..., None].astype(np.float32)
    sheet *= 1 - share * (1 - np.array([45, 70, 225], np.float32) / 255)


def _tear(sheet: NDArray[np.float32], px_per_mm: float, corner: int, paper: str, rng: Any) -> None:
    box = marker_boxes(paper)[corner]
    center = np.array([box.x + box.width / 2, box.y + box.height / 2])
    out = np.sign(center - np.array(sheet.shape[1::-1]) / px_per_mm / 2)
    far = center + out * 60
    side = np.array([out[0], -out[1]])
    inner = center - out * rng.uniform(3, 8)
    outline = np.array([inner + side * 40, inner - side * 40, far - side * 40, far + side * 40])
    cv2.fillConvexPoly(sheet, (outline * px_per_mm).round().astype(np.int32), (70, 80, 90))


def _brought_back(
    sheet: NDArray[np.float32], px_per_mm: float, marks: list[DrawnMark], rng: Any, wear: Wear
) -> MarkedSheet:
    """Warps, lights, blurs and packs a sheet as a scanner or a telephone does."""
    height, width = sheet.shape[:2]
    scale = wear.long_edge_px / width * (0.9 if wear.is_photo else 0.98)
    out_width, out_height = wear.long_edge_px, round(wear.long_edge_px * height / width)
    tilt = 0.06 if wear.is_photo else 0.0
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    turn = rng.uniform(-0.08, 0.08) if wear.is_photo else rng.uniform(-0.012, 0.012)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([width, height]) / 2
    placed = (corners - middle) @ rotation.T * scale * (0.95 if wear.is_photo else 1.0)
    placed += (out_width / 2, out_height / 2) + rng.uniform(-tilt, tilt, (4, 2)) * out_height / 2
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), placed.astype(np.float32))
    bend_px = (rng.uniform(0.5, 1.5) if wear.is_photo else 0.15) * px_per_mm
    bows = rng.uniform(0.5, 1.2, 2)

    def bent(at: FloatArray) -> FloatArray:
        x, y = (at / (width, height)).T
        moved: FloatArray = at + np.stack(
            [bend_px * 0.4 * np.sin(np.pi * y * bows[0]), bend_px * np.sin(np.pi * x * bows[1])], 1
        )
        return moved

    # The way back, from pixels of the picture to the sheet, on a coarse grid; the bend is taken out by iteration.
    columns, rows = (np.linspace(0, edge - 1, edge // 8) for edge in (out_width, out_height))
    grid = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 1, 2)
    on_bent = cv2.perspectiveTransform(grid, np.linalg.inv(matrix)).reshape(-1, 2)
    source = on_bent.copy()
    for _ in range(4):
        source -= bent(source) - on_bent
    coarse = source.reshape(len(rows), len(columns), 2).astype(np.float32)
    fine = np.meshgrid(
        np.linspace(0, len(columns) - 1, out_width, dtype=np.float32),
        np.linspace(0, len(rows) - 1, out_height, dtype=np.float32),
    )
    maps = cv2.remap(coarse, *fine, cv2.INTER_LINEAR)
    table = rng.uniform(60, 110, 3)
    picture = cv2.remap(sheet, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=table.tolist())
    picture *= _light(out_width, out_height, rng, wear)[..., None]
    picture *= np.array([rng.uniform(0.88, 1.0), 1.0, rng.uniform(0.94, 1.0)], np.float32)
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.0))
    picture += rng.standard_normal(picture.shape, np.float32) * wear.noise
    mm = np.stack(
        np.meshgrid(np.linspace(12, width / px_per_mm - 12, 15), np.linspace(28, height / px_per_mm - 28, 9)), -1
    )
    at = bent(mm.reshape(-1, 2) * px_per_mm)
    px = cv2.perspectiveTransform(at.reshape(-1, 1, 2).astype(np.float64), matrix).reshape(-1, 2)
    return MarkedSheet(np.clip(picture, 0, 255).astype(np.uint8), marks, mm.reshape(-1, 2), px, wear)


def _light(width: int, height: int, rng: Any, wear: Wear) -> NDArray[np.float32]:
    """Uneven light, and the shadows of folds."""
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    strength = 0.18 if wear.is_photo else 0.03
    light = 0.88 + strength * (rng.uniform(-1, 1) * x + rng.uniform(-1, 1) * y) * 0.6
    for n in range(wear.n_folds):
        way, at = (x, rng.uniform(-0.4, 0.4)) if n % 2 == 0 else (y, rng.uniform(-0.4, 0.4))
        light -= 0.16 * np.exp(-(((way - at) / 0.004) ** 2)) + 0.07 * np.exp(-np.abs(way - at) / 0.05) * (way > at)
    seen: NDArray[np.float32] = np.clip(light, 0.3, 1.05).astype(np.float32)
    return seen
