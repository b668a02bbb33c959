"""Areas to which somebody is limited."""

import pytest
import shapely

from gis_capture.locate.area import Area
from gis_capture.model import BBox

CITY, WORLD = Area.of("市", shapely.box(137, 36, 138, 37)), Area.of("world", shapely.box(-180, -80, 180, 80))


@pytest.mark.parametrize(
    ("area", "box", "common"),
    [
        (CITY, BBox(137.5, 30, 140, 36.5), BBox(137.5, 36, 138, 36.5)),
        (CITY, BBox(137.5, 30, -170, 36.5), BBox(137.5, 36, 138, 36.5)),
        (CITY, BBox(170, 30, 137.5, 36.5), BBox(137, 36, 137.5, 36.5)),
        (CITY, BBox(170, 30, -170, 36.5), None),
        (WORLD, BBox(170, -90, -170, 10), BBox(170, -80, -170, 10)),
    ],
)
def test_a_box_is_narrowed_to_the_area(area: Area, box: BBox, common: BBox | None) -> None:
    """Also one that crosses the antimeridian: the part on the other side goes."""
    assert area.common(box) == common
