"""Red ink is found beside round seals and over red print."""

import cv2
import numpy as np
import pytest

from gis_capture.paper.marks import read_marks
from gis_capture.paper.pen import find_ink
from gis_capture.paper.registration import PX_PER_MM, Pixels
from gis_capture.paper.seals import find_seals
from gis_capture.paper.sheet import Sheet

SHEET = Sheet(1, "ab12cd34", "EPSG:6675", 1000, 2000, 500, "A4", 7)
AREA = (10.0, 10.0, 110.0, 90.0)
INK, PRINT = (60, 45, 215), (70, 60, 225)


def paper() -> Pixels:
    """White, 120 by 100 mm."""
    return np.full((800, 960, 3), 255, np.uint8)


def line(
    page: Pixels, *points_mm: tuple[float, float], color: tuple[int, int, int] = INK, width_mm: float = 0.6
) -> None:
    """Draws as ink does, which takes light from what is below it."""
    drawn = np.full_like(page, 255)
    at = (np.array(points_mm) * PX_PER_MM).round().astype(np.int32)
    cv2.polylines(drawn, [at], False, color, round(width_mm * PX_PER_MM), cv2.LINE_AA)
    page[:] = (page.astype(np.uint16) * drawn // 255).astype(np.uint8)


def ring(x: float, y: float, radii: tuple[float, float]) -> list[tuple[float, float]]:
    """A closed curve, round where both radii are the same."""
    angles = np.linspace(0, 2 * np.pi, 90)
    return [(x + radii[0] * float(np.cos(a)), y + radii[1] * float(np.sin(a))) for a in angles]


def seal(page: Pixels, x: float, y: float, radius: float = 6.0) -> None:
    """A ring and two letters, torn by a blotch."""
    line(page, *ring(x, y, (radius, radius)), width_mm=0.8)
    for dy in (-2.4, 2.4):
        for side in (-1.2, 0.0, 1.2):
            line(page, (x - 2, y + dy + side), (x + 2, y + dy + side), width_mm=0.6)
        line(page, (x, y + dy - 1.8), (x, y + dy + 1.8), width_mm=0.8)
    cv2.circle(page, (round((x + radius) * PX_PER_MM), round(y * PX_PER_MM)), round(PX_PER_MM), (255, 255, 255), -1)


def read(page: Pixels, clean: Pixels) -> list[str]:
    """The kinds of all marks."""
    return sorted(mark.kind for mark in read_marks(find_ink(page, clean, AREA), SHEET, []))


def test_torn_seals_are_stamps_and_marks_beside_them_stay() -> None:
    """One in the map, one over its edge, one with a line drawn through it; a cross and loops are no seals."""
    page = paper()
    seal(page, 30, 30)
    seal(page, 10, 70)
    seal(page, 60, 30, 7.0)
    line(page, (48, 30), (85, 31))
    line(page, (90, 60), (98, 68))
    line(page, (98, 60), (90, 68))
    line(page, *ring(60, 70, (9, 6)))
    found = read(page, paper())
    assert found.count("stamp") == 3 and {"cross", "loop", "line"} <= set(found)
    assert len(found) == 3 + 3


@pytest.mark.parametrize("slope_mm", [0.0, 6.0])
def test_marks_go_on_behind_a_seal(slope_mm: float) -> None:
    """A line, and a loop, each through a seal; two lines that end at one from two sides stay two."""
    page = paper()
    seal(page, 60, 30, 7.0)
    line(page, (40, 30 - slope_mm), (85, 31 + slope_mm))
    seal(page, 30, 52)
    line(page, *ring(30, 68, (16, 16)))
    seal(page, 90, 70)
    line(page, (90, 78), (90, 88))
    line(page, (98, 70), (108, 70))
    marks = read_marks(find_ink(page, paper(), AREA), SHEET, [])
    assert sorted(mark.kind for mark in marks) == ["line"] * 3 + ["loop"] + ["stamp"] * 3
    longest = max((mark for mark in marks if mark.kind == "line"), key=lambda mark: np.ptp(mark.line[:, 0]))
    assert np.ptp(longest.line[:, 0]) == pytest.approx(45, abs=1)
    (loop,) = (mark for mark in marks if mark.kind == "loop")
    assert np.ptp(loop.line, axis=0) == pytest.approx((32, 32), abs=1.5)


def test_circles_by_hand_are_no_seals() -> None:
    """An oval with letters in it, and a true circle with nothing in it."""
    page = paper()
    line(page, *ring(40, 40, (8, 6)))
    line(page, (37, 38), (43, 38))
    line(page, (37, 41), (43, 41))
    line(page, *ring(75, 40, (6, 6)))
    assert find_seals(np.where(page[..., 1] < 150, 255, 0).astype(np.uint8)) == []
    assert "stamp" not in read(page, paper())


@pytest.mark.parametrize("shift_mm", [0.0, 0.2])
def test_marks_over_red_print_are_whole(shift_mm: float) -> None:
    """A line across and one along printed red lines; nothing where only print is, be it a little off its place."""
    clean, page = paper(), paper()
    for target, shift in ((clean, 0.0), (page, shift_mm)):
        line(target, (20, 40 + shift), (100, 40 + shift), color=PRINT, width_mm=0.5)
        line(target, (60, 15), (60, 85), color=PRINT, width_mm=1.6)
    line(page, (30, 20), (30, 60))
    line(page, (60, 20), (60, 75))
    assert read(page, clean) == ["line", "line"]
