"""Makes a page of a ledger flat: stamps taken out, light made even, lines made level, bends and perspective undone."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.paper.ledgers.dark import right_dark_areas

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
LONG_EDGE_MM = 297.0
_STAMP_ABOVE = 45
_INK_BELOW, _DARK_GROUND, _FAINT_INK = 150, 120, (95, 200)
# Of the long edge: what is looked at for lines, and how long a line of a table is at least.
_LINE_SHARE = 1 / 12
_MOST_SKEW_DEG = 8.0
# How much lighter than it should be, by the middle of the page, paper still is paper.
_LIGHTER = 1.08
# Of 255: what the thinnest line still differs from paper by in a picture of 1400 pixels, and how thick a line is in it.
_FAINT, _SMALL_THICK_PX = 14, 7


@dataclass(frozen=True, slots=True)
class FlatPage:
    """A straightened page.

    Attributes:
        pixels: For people: colours, straightened.
        gray: For engines: paper white, ink dark, stamps gone.
        stamped: Where a stamp was, or it is too dark to see letters, 255.
        skew_deg: By what it was turned.
    """

    pixels: Pixels
    gray: Pixels
    stamped: Pixels
    skew_deg: float


def straighten(picture: Pixels) -> FlatPage:
    """Straightens a page that stands upright or on its side; blue, green, red."""
    gray, stamped = even_light(picture)
    skew = find_skew(gray)
    size = picture.shape[1::-1]
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), skew, 1.0)
    paper = tuple(np.median(picture.reshape(-1, 3)[::997], axis=0).tolist())
    picture = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderValue=paper)
    gray = cv2.warpAffine(gray, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255)
    gray = without_surroundings(gray, max(max(size) // 110, 8))
    stamped = cv2.warpAffine(stamped, matrix, size)
    maps = _unbent(gray)
    if maps is not None:
        picture, gray, stamped = (
            cv2.remap(one, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=paper_or_white)
            for one, paper_or_white in ((picture, paper), (gray, 255), (stamped, 0))
        )
    return FlatPage(picture, gray, stamped, skew)


def even_light(picture: Pixels) -> tuple[Pixels, Pixels]:
    """Gives the page in gray with white paper and without stamps, and where stamps were.

    Vermilion is as bright as the paper to a red eye, and black letters below it stay dark.
    """
    blue, green, red = (one.astype(np.int16) for one in cv2.split(picture))
    excess = red - np.maximum(blue, green)
    # The paper may be tinted itself.
    tint = float(np.median(excess[::7, ::7]))
    stamped = ((excess - tint) > _STAMP_ABOVE).astype(np.uint8) * 255
    stamped = cv2.dilate(
        cv2.morphologyEx(stamped, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.ones((5, 5), np.uint8)
    )
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    if is_blueprint(gray):
        gray, red, stamped = 255 - gray, 255 - red, np.zeros_like(gray)
    is_stamp = stamped > 0
    gray[is_stamp] = red.astype(np.uint8)[is_stamp]
    gray, hidden = right_dark_areas(gray)
    small = cv2.resize(gray, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    size = max(min(small.shape) // 24 | 1, 5)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((size, size), np.uint8)), min(size, 255))
    light = cv2.resize(np.minimum(paper, _lightest(paper)), gray.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(
        np.float32
    )
    even = np.clip(gray / np.maximum(light, 1) * 255, 0, 255)
    ink = even[even < _FAINT_INK[1]][::3]
    if ink.size and (dark := float(np.percentile(ink, 5))) > _FAINT_INK[0]:
        # A pale copy: letters are made as dark as print.
        even = np.clip(255 - (255 - even) * min(215 / (255 - dark), 2.0), 0, 255)
    # What is left of vermilion is lighter than any letter.
    even[is_stamp & (even > _INK_BELOW)] = 255
    return even.astype(np.uint8), cv2.max(stamped, hidden)


def _lightest(paper: Pixels) -> NDArray[np.float32]:
    """How light a page can be at most, by its middle: the lid of the scanner around it is whiter than most paper."""
    height, width = paper.shape
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    middle = np.s_[height // 7 : -height // 7 or None : 3, width // 7 : -width // 7 or None : 3]
    fit = np.linalg.lstsq(terms[middle].reshape(-1, 6), paper[middle].ravel().astype(np.float64), rcond=None)[0]
    lightest: NDArray[np.float32] = (_LIGHTER * (terms @ fit)).astype(np.float32)
    return lightest


def is_blueprint(gray: Pixels) -> bool:
    """Whether letters are pale on a dark ground; what lies around a photograph does not count."""
    height, width = gray.shape
    middle = gray[height // 5 : -height // 5 or None : 5, width // 5 : -width // 5 or None : 5]
    return float(np.median(middle)) < _DARK_GROUND < float(np.percentile(middle, 99.5))


def find_skew(gray: Pixels) -> float:
    """By how many degrees a page must be turned (counter-clockwise) so that its rows are told apart best."""
    scale = 900 / max(gray.shape)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = 255 - without_surroundings(small, 14)
    ink[ink < 60] = 0
    size, best = small.shape[::-1], (0.0, 0.0)
    for step, reach in ((1.0, _MOST_SKEW_DEG), (0.2, 1.0), (0.05, 0.2)):
        middle = best[1]
        for angle in np.arange(middle - reach, middle + reach + step / 2, step):
            turned = cv2.warpAffine(ink, cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), angle, 1.0), size)
            rows = turned.sum(axis=1, dtype=np.float64)
            best = max(best, (float(np.square(np.diff(rows)).sum()), float(angle)))
    return best[1]


def without_surroundings(gray: Pixels, size_px: int) -> Pixels:
    """The page with everything white that is dark over a larger area than any letter: the desk below a photograph."""
    dark = cv2.morphologyEx((gray < 185).astype(np.uint8), cv2.MORPH_OPEN, np.ones((size_px, size_px), np.uint8))
    seen = gray.copy()
    seen[cv2.dilate(dark, np.ones((size_px // 2, size_px // 2), np.uint8)) > 0] = 255
    return seen


def line_contrasts(gray: Pixels, thick_px: int) -> tuple[Pixels, Pixels]:
    """How much darker than what is above and below, and than what is left and right, each pixel is.

    Nothing is where it is dark for longer than a line is thick: a stroke that runs the other way, an area, a shadow.
    """
    across, along = np.ones((thick_px, 1), np.uint8), np.ones((1, thick_px), np.uint8)
    level, upright = (cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, kernel) for kernel in (across, along))
    return level, upright


def line_masks(contrasts: tuple[Pixels, Pixels], length_px: int, least: float) -> tuple[Pixels, Pixels]:
    """Where level and upright lines of at least a length and a contrast are; 255. They may slope a little."""
    found = []
    inks = [(contrast >= least).astype(np.uint8) * 255 for contrast in contrasts]
    along = (np.ones((1, length_px), np.uint8), np.ones((length_px, 1), np.uint8))
    wide = [cv2.dilate(ink, kernel.T[:3, :3]) for ink, kernel in zip(inks, along, strict=True)]
    lines = [cv2.min(cv2.morphologyEx(wide[n], cv2.MORPH_OPEN, along[n]), inks[n]) for n in (0, 1)]
    # Where lines cross, neither stands out: each is led over the other.
    bridge = length_px // 3
    whole = [cv2.morphologyEx(lines[n], cv2.MORPH_CLOSE, along[n][:bridge, :bridge]) for n in (0, 1)]
    for n in (0, 1):
        led = cv2.max(wide[n], cv2.dilate(whole[1 - n], np.ones((3, 3), np.uint8)))
        found.append(cv2.min(cv2.morphologyEx(led, cv2.MORPH_OPEN, along[n]), cv2.max(inks[n], whole[1 - n])))
    return found[0], found[1]


def _unbent(gray: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The maps that make long lines straight, level and upright; None where there are too few.

    Every line shall lie at one height: y + P(x, y) = c, with a polynomial P that all lines share and that vanishes
    on the middle of the page, so that nothing is moved along the lines. A system of linear equations gives both.
    """
    height, width = gray.shape
    scale = 1400 / max(height, width)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    level, upright = line_masks(line_contrasts(small, _SMALL_THICK_PX), max(int(1400 * _LINE_SHARE / 5), 12), _FAINT)
    fits = [_fit(_lines(level)), _fit(_lines(upright.T))]
    if fits[0] is None and fits[1] is None:
        return None
    # The way back is wanted: from straight to bent. Where the straight point comes from is found by iteration.
    rows, columns = max(height // 16, 2), max(width // 16, 2)
    x, y = np.meshgrid(np.linspace(0, width - 1, columns) * scale, np.linspace(0, height - 1, rows) * scale)
    at_x, at_y = x.copy(), y.copy()
    for _ in range(5):
        move_y = _moved(fits[0], at_x, at_y)
        move_x = _moved(fits[1], at_y, at_x)
        at_x, at_y = x - move_x, y - move_y
    fine = np.meshgrid(
        np.linspace(0, columns - 1, width, dtype=np.float32), np.linspace(0, rows - 1, height, dtype=np.float32)
    )
    to_px = np.float32(1 / scale)
    return (
        cv2.remap(at_x.astype(np.float32) * to_px, *fine, cv2.INTER_LINEAR),
        cv2.remap(at_y.astype(np.float32) * to_px, *fine, cv2.INTER_LINEAR),
    )


def _lines(mask: Pixels) -> list[tuple[Floats, Floats]]:
    """Level lines as points, left to right; pieces of a bent line are joined."""
    joined = cv2.dilate(mask, np.ones((3, 9), np.uint8))
    n, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    found: list[tuple[Floats, Floats]] = []
    for label in range(1, n):
        left, top, width, height = stats[label, :4]
        if width < mask.shape[1] * 0.2 or height > mask.shape[1] * 0.12:
            continue
        part = (labels[top : top + height, left : left + width] == label) & (
            mask[top : top + height, left : left + width] > 0
        )
        counts = part.sum(axis=0)
        columns = np.flatnonzero(counts)[::4]
        heights: Floats = (part * np.arange(height)[:, None]).sum(axis=0)[columns] / counts[columns]
        # Two lines that touch are no line.
        if np.median(counts[columns]) > 8 or len(columns) < 20:
            continue
        found.append((columns.astype(np.float64) + left, heights.astype(np.float64) + top))
    return found


_SIZE = 700.0


def _terms(x: Floats, y: Floats) -> Floats:
    u, v = x / _SIZE - 1, y / _SIZE - 1
    return np.stack([u, u * v, u * v * v, u * u, u * u * v, u**3, u**4], axis=-1)


def _fit(lines: list[tuple[Floats, Floats]]) -> Floats | None:
    """The coefficients of P, from at least four lines."""
    if len(lines) < 4:
        return None
    n_terms = 7
    rows = [np.hstack([_terms(x, y), -np.eye(len(lines))[np.full(len(x), n)]]) for n, (x, y) in enumerate(lines)]
    # A little weight on small coefficients: what the lines do not say is left alone.
    calm = np.hstack([np.diag([0.05, 0.3, 1, 0.3, 1, 1, 1.0]), np.zeros((n_terms, len(lines)))])
    left, right = np.vstack([*rows, calm]), np.concatenate([*(-y for _, y in lines), np.zeros(n_terms)])
    found: Floats = np.linalg.lstsq(left, right, rcond=None)[0][:n_terms]
    return found


def _moved(fit: Floats | None, x: Floats, y: Floats) -> Floats:
    moved: Floats = np.zeros_like(x) if fit is None else _terms(x, y) @ fit
    return moved
