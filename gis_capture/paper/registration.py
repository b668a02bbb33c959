"""Which sheet a picture shows, and where each of its points is on the paper.

Four markers give a homography, three do as well; what paper, lens and folds bend beyond it is taken from the clean
sheet, piece by piece. Sheets in pictures are known by their QR codes, or by the markers alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from gis_capture.paper.sheet import MARKER_MM, FloatArray, marker_boxes, number_of, parse_qr

Pixels = NDArray[np.uint8]
PX_PER_MM = 8.0
"""Resolution of a picture that was laid flat."""
_MIN_MARKERS = 3
# Of the pieces that are sought: half their width, and how far they may lie off.
_PIECE_MM, _REACH_MM, _STEP_MM = 4.0, 3.0, 12.0
_FOUND_AT, _LEAST_CONTRAST = 0.6, 6.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture says of itself.

    Attributes:
        qr: Epoch and number that a QR code says.
        digits: Of the number, as the markers tell them.
        corners: Of each marker that was found, by corner of the sheet: shape (4, 2), pixels.
    """

    qr: tuple[str, int] | None
    digits: tuple[int | None, int | None]
    corners: dict[int, FloatArray]


@dataclass(frozen=True, slots=True)
class Flat:
    """A picture laid flat.

    Attributes:
        pixels: `PX_PER_MM`, blue, green, red.
        error_mm: What was left between it and the clean sheet, 95th percentile; None where too little is printed.
        agreement: Share of the pieces of the clean sheet that were found in it.
        places: The pixel of the picture for each of `pixels`, (x, y).
    """

    pixels: Pixels
    error_mm: float | None
    agreement: float
    places: NDArray[np.float32]

    def to_paper(self, in_picture: FloatArray) -> FloatArray:
        """Where points of the picture, pixels of shape (n, 2), are on the paper; each is sought, for few points."""
        coarse = self.places[::8, ::8].astype(np.float64)
        found = []
        for point in in_picture:
            y, x = np.unravel_index(np.hypot(*(coarse - point).transpose(2, 0, 1)).argmin(), coarse.shape[:2])
            at = np.array([min(max(x * 8, 1), self.places.shape[1] - 2), min(max(y * 8, 1), self.places.shape[0] - 2)])
            for _ in range(3):
                column, row = (int(one) for one in at.round())
                column, row = min(max(column, 1), self.places.shape[1] - 2), min(max(row, 1), self.places.shape[0] - 2)
                here = self.places[row, column].astype(np.float64)
                dx = (self.places[row, column + 1] - self.places[row, column - 1]) / 2
                dy = (self.places[row + 1, column] - self.places[row - 1, column]) / 2
                at = np.array([column, row]) + np.linalg.solve(
                    np.stack([dx, dy], axis=1).astype(np.float64), point - here
                )
            found.append(at / PX_PER_MM)
        return np.array(found)


def look(picture: Pixels) -> Seen:
    """Finds markers and QR codes in a picture (blue, green, red)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    qr = next((found for one in zxingcpp.read_barcodes(grey) if (found := parse_qr(one.text))), None)
    corners = _markers(grey)
    if len(corners) < 4:
        # Shadows hide a marker; its surroundings at half the size, evened out, may show it.
        even = cv2.createCLAHE(3.0, (8, 8)).apply(grey)
        corners = {**_markers(even), **corners}
    ids = {corner: one for corner, (one, _) in corners.items()}
    return Seen(qr, number_of(ids), {corner: place for corner, (_, place) in corners.items()})


def _markers(grey: Pixels) -> dict[int, tuple[int, FloatArray]]:
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.minMarkerPerimeterRate = 0.01
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    places, ids, _ = cv2.aruco.ArucoDetector(family, settings).detectMarkers(grey)
    found: dict[int, tuple[int, FloatArray]] = {}
    for place, one in zip(places, [] if ids is None else ids.ravel().tolist(), strict=True):
        known = found.get(one % 4)
        # Of two with the same corner the larger one is that of the sheet.
        if known is None or cv2.contourArea(place) > cv2.contourArea(known[1].astype(np.float32)):
            found[one % 4] = (one, place.reshape(4, 2).astype(np.float64))
    return found


def could_be(seen: Seen, numbers: Iterable[int]) -> list[int]:
    """Those of some numbers of sheets that the markers of a picture can belong to."""
    low, high = seen.digits
    if low is None and high is None:
        return []
    return [n for n in numbers if low in (None, n % 146) and high in (None, n // 146 % 146)]


def lay_flat(picture: Pixels, seen: Seen, clean: Pixels, paper: str) -> Flat | None:
    """Lays a picture flat on the clean sheet (`PX_PER_MM`); None where fewer than three markers were found."""
    if len(seen.corners) < _MIN_MARKERS:
        return None
    boxes = marker_boxes(paper)
    on_paper = np.concatenate([_corners_of(boxes[corner].x, boxes[corner].y) for corner in seen.corners])
    in_picture = np.concatenate(list(seen.corners.values()))
    matrix, _ = cv2.findHomography(on_paper * PX_PER_MM, in_picture, 0)
    if matrix is None:
        return None
    height, width = clean.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    places = cv2.perspectiveTransform(grid.reshape(-1, 1, 2), matrix).reshape(height, width, 2)
    error: float | None = None
    agreement = 0.0
    # Coarse first; a bend moves what lies far from the markers by more than a piece shows.
    for reach_mm in (_REACH_MM, 1.0):
        flat = cv2.remap(picture, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        at, shifts, n_sought = _shifts(flat, clean, reach_mm)
        agreement = len(at) / max(n_sought, 1)
        if len(at) < 12:
            break
        bend, error = _Bend.fit(at, shifts, (width, height))
        grid = grid + bend.over(width, height)
        places = cv2.perspectiveTransform(grid.reshape(-1, 1, 2), matrix).reshape(height, width, 2)
    flat = cv2.remap(picture, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Flat(flat, error, agreement, places)


def _corners_of(x: float, y: float) -> FloatArray:
    edges = [[x, y], [x + MARKER_MM, y], [x + MARKER_MM, y + MARKER_MM], [x, y + MARKER_MM]]
    return np.array(edges, dtype=np.float64)


def _shifts(flat: Pixels, clean: Pixels, reach_mm: float) -> tuple[FloatArray, FloatArray, int]:
    """Where pieces of the clean sheet are found in a flat picture: centres and shifts, both (n, 2) pixels."""
    # The red channel shows neither the pen nor its haze; light and shadow are taken out by the local mean.
    one, other = (_evened(pixels) for pixels in (flat, clean))
    half, reach, step = (round(mm * PX_PER_MM) for mm in (_PIECE_MM, reach_mm, _STEP_MM))
    height, width = other.shape
    at, shifts, n_sought = [], [], 0
    for y in range(half + reach, height - half - reach, step):
        for x in range(half + reach, width - half - reach, step):
            piece = other[y - half : y + half, x - half : x + half]
            if piece.std() < _LEAST_CONTRAST or not _has_corner(piece):
                continue
            n_sought += 1
            around = one[y - half - reach : y + half + reach, x - half - reach : x + half + reach]
            match = cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED)
            _, best, _, (column, row) = cv2.minMaxLoc(match)
            if best >= _FOUND_AT and 0 < column < match.shape[1] - 1 and 0 < row < match.shape[0] - 1:
                fine = (_peak(match[row, column - 1 : column + 2]), _peak(match[row - 1 : row + 2, column]))
                at.append((x, y))
                shifts.append((column - reach + fine[0], row - reach + fine[1]))
    centres, moved = (np.array(values, dtype=np.float64).reshape(-1, 2) for values in (at, shifts))
    return centres, moved, n_sought


def _evened(pixels: Pixels) -> NDArray[np.float32]:
    red = pixels[..., 2].astype(np.float32)
    evened: NDArray[np.float32] = red - cv2.blur(red, (81, 81))
    return evened


def _has_corner(piece: NDArray[np.float32]) -> bool:
    """Whether a piece can be found in both directions: one line alone slides along itself."""
    dx, dy = cv2.Sobel(piece, cv2.CV_32F, 1, 0), cv2.Sobel(piece, cv2.CV_32F, 0, 1)
    xx, yy, xy = float((dx * dx).mean()), float((dy * dy).mean()), float((dx * dy).mean())
    middle, spread = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return bool(middle - spread > 0.08 * (middle + spread))


def _peak(values: NDArray[np.float32]) -> float:
    """Where a parabola through three values is highest, from the middle one."""
    left, middle, right = map(float, values)
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else max(-0.5, min(0.5, (left - right) / (2 * bend)))


@dataclass(frozen=True, slots=True)
class _Bend:
    """A smooth shift over a sheet: a coarse grid of shifts, interpolated between."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]

    @classmethod
    def fit(cls, at: FloatArray, shifts: FloatArray, size: tuple[int, int]) -> tuple["_Bend", float]:
        """Fits shifts, without those that disagree with their neighbours; gives the error that is left, in mm."""
        width, height = size
        kept = np.ones(len(at), bool)
        for _ in range(3):
            rest = (
                shifts
                - _polynomial(at, size) @ np.linalg.lstsq(_polynomial(at[kept], size), shifts[kept], rcond=None)[0]
            )
            off = np.hypot(*rest.T)
            kept = off <= max(3 * float(np.median(off[kept])), 0.6 * PX_PER_MM / 2)
        at, shifts = at[kept], shifts[kept]
        base = np.linalg.lstsq(_polynomial(at, size), shifts, rcond=None)[0]
        rest = shifts - _polynomial(at, size) @ base
        n_x, n_y = max(width // 160, 2), max(height // 160, 2)
        nodes = np.stack(np.meshgrid(np.linspace(0, width, n_x), np.linspace(0, height, n_y)), -1).reshape(-1, 2)
        values = _polynomial(nodes, size) @ base + _near(nodes, at, rest)
        left_out = _near(at, at, rest, without_self=True)
        error = float(np.percentile(np.hypot(*(rest - left_out).T), 95)) / PX_PER_MM
        grid = values.reshape(n_y, n_x, 2).astype(np.float32)
        return cls(grid[..., 0], grid[..., 1]), error

    def over(self, width: int, height: int) -> NDArray[np.float32]:
        """The shift of every pixel, shape (height, width, 2)."""
        n_y, n_x = self.x.shape
        columns = np.linspace(0, n_x - 1, width, dtype=np.float32)
        rows = np.linspace(0, n_y - 1, height, dtype=np.float32)
        map_x, map_y = np.meshgrid(columns, rows)
        return np.stack([cv2.remap(one, map_x, map_y, cv2.INTER_LINEAR) for one in (self.x, self.y)], axis=-1)


def _polynomial(at: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Terms up to the third order, of positions made to -1 … 1."""
    x, y = (at / size * 2 - 1).T
    return np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], axis=1)


def _near(to: FloatArray, at: FloatArray, values: FloatArray, *, without_self: bool = False) -> FloatArray:
    """Means of values, weighted by nearness (20 mm); nothing where none is near."""
    squares = ((to[:, None, :] - at[None, :, :]) ** 2).sum(axis=2) / (20 * PX_PER_MM) ** 2
    weights = np.exp(-squares * 2)
    if without_self:
        np.fill_diagonal(weights, 0)
    means: FloatArray = weights @ values / (weights.sum(axis=1, keepdims=True) + 0.5)
    return means
