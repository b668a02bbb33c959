"""Lines of a scanned map draw places to their middle, and what they close around one becomes an area."""

import numpy as np
import pytest
import shapely

from gis_capture.paper.tracing import Grey, closed_area, nearest_line
from tests.paper.traced import INSIDE, LOT, SIZE_PX, all_known, drawn, line_of, off_px


def filled(grey: Grey, place: tuple[float, float] = INSIDE) -> shapely.Polygon:
    """The area around a place, which there must be."""
    area = closed_area(grey, all_known(), place)
    assert isinstance(area, shapely.Polygon), area
    assert area.is_valid
    return area


@pytest.mark.parametrize("width_px", [1, 2, 3, 5, 8, 12])
def test_an_area_is_followed_along_the_middle_of_its_lines(width_px: float) -> None:
    """Within a pixel along lines of any width, and with few corners."""
    area = filled(drawn(line_of(LOT, width_px)))
    usual, worst = off_px(area, LOT)
    assert usual <= 0.7, usual
    # The middle of a broad line leaves its corners by an eighth of its width.
    assert worst <= 1.5 + width_px / 8, worst
    assert abs(area.area / LOT.area - 1) < 0.005
    assert len(area.exterior.coords) <= 14


@pytest.mark.parametrize("width_px", [1, 2, 3, 5, 8, 12, 20])
def test_a_place_is_drawn_to_the_middle_of_a_line(width_px: float) -> None:
    """Within a pixel, from up to 12 pixels away; where no line is that near there is none."""
    grey, known = drawn(line_of(LOT, width_px)), all_known()
    chance = np.random.default_rng(3)
    for share in np.linspace(0.03, 0.97, 8):
        at = LOT.exterior.interpolate(share, normalized=True)
        found = nearest_line(grey, known, (at.x + chance.uniform(-8, 8), at.y + chance.uniform(-8, 8)), 13)
        assert found is not None
        assert LOT.exterior.distance(shapely.Point(found)) <= 1
    assert nearest_line(grey, known, INSIDE, 60) is None


def test_small_breaks_of_a_line_count_as_closed_and_wide_ones_do_not() -> None:
    """Dashes of 6 pixels apart close an area; a break of 30 lets it run out of the picture."""
    line = line_of(LOT, 3)
    places = [LOT.exterior.interpolate(at) for at in range(40, int(LOT.length), 40)]
    torn = shapely.difference(line, shapely.union_all([at.buffer(3) for at in places]))
    usual, worst = off_px(filled(drawn(torn)), LOT)
    assert usual <= 1 and worst <= 3
    open_line = shapely.difference(line, places[3].buffer(15))
    assert closed_area(drawn(open_line), all_known(), INSIDE) == "open"


def test_writing_makes_no_holes_and_a_house_does() -> None:
    """Letters, also closed ones, are part of the area; the outline of a house and a black one are not."""
    words = [("B08", 380, 300), ("12-4", 250, 420)]
    plain = filled(drawn(line_of(LOT, 3), words=words))
    assert len(plain.interiors) == 0
    assert abs(plain.area / LOT.area - 1) < 0.005
    outlined, black = shapely.box(180, 260, 250, 330), shapely.box(380, 330, 450, 390)
    ink = shapely.union_all([line_of(LOT, 3), line_of(outlined, 3), black])
    area = filled(drawn(ink, words=words[1:]))
    holes = sorted((shapely.Polygon(ring) for ring in area.interiors), key=lambda hole: hole.bounds[0])
    assert len(holes) == 2
    assert off_px(holes[0], outlined)[0] <= 1 and off_px(holes[1], black)[0] <= 1


def test_neighbours_meet() -> None:
    """Areas on both sides of a line leave no gap and hardly overlap."""
    left, right = shapely.box(60, 60, 320, 560), shapely.box(320, 60, 580, 560)
    grey = drawn(shapely.union(line_of(left, 6), line_of(right, 6)))
    one, other = filled(grey, (200, 300)), filled(grey, (450, 300))
    assert one.intersection(other).area < 260
    assert shapely.union(left, right).difference(shapely.union(one, other).buffer(0.8)).area < 10


def test_what_is_no_closed_area_is_refused() -> None:
    """On a line, outside of all lines, between two lines, and beyond the picture."""
    ink = shapely.union(line_of(LOT, 4), line_of(LOT.buffer(9, join_style="mitre"), 3))
    grey, known = drawn(ink), all_known()
    on_line = LOT.exterior.interpolate(100)
    between = LOT.buffer(4.7, join_style="mitre").exterior.interpolate(100)
    assert closed_area(grey, known, (on_line.x, on_line.y)) == "line"
    assert closed_area(grey, known, (between.x, between.y)) == "narrow"
    assert closed_area(grey, known, (20.0, 20.0)) == "open"
    assert closed_area(grey, known, (-5.0, 900.0)) == "outside"


def test_the_edge_of_the_sheet_is_no_line() -> None:
    """An area cut by what the picture does not show is open, and its edge draws nothing to itself."""
    grey, known = drawn(line_of(LOT, 3)), all_known()
    known[:, 400:] = False
    grey[:, 400:] = 255
    assert closed_area(grey, known, INSIDE) == "open"
    assert closed_area(grey, known, (500.0, 320.0)) == "outside"
    assert nearest_line(grey, known, (396.0, 330.0), 25) is None


def test_a_scan_of_bad_paper_is_followed() -> None:
    """Shade across the sheet, grain and specks of dirt change an area by less than a hundredth."""
    grey = drawn(line_of(LOT, 3), noise=14).astype(np.float64)
    grey *= np.linspace(0.55, 1, SIZE_PX)[None, :]
    chance = np.random.default_rng(11)
    for x, y in chance.integers(0, SIZE_PX - 3, (400, 2)):
        grey[y : y + 2, x : x + 2] *= 0.4
    area = filled(grey.astype(np.uint8))
    assert abs(area.area / LOT.area - 1) < 0.01
    assert off_px(area, LOT)[0] <= 1.5
