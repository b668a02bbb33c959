"""A query box."""

from typing import NamedTuple

from gis_capture.errors import FeatureError
from gis_capture.model.numbers import parse_number
from gis_capture.text import Text


class BBox(NamedTuple):
    """A box in the CRS of its context, x before y (lon before lat)."""

    min_x: float
    min_y: float
    max_x: float
    max_y: float

    @property
    def parts(self) -> tuple["BBox", ...]:
        """The box itself; or two, one on each side, where it crosses the antimeridian: its west is east of its east."""
        if self.min_x <= self.max_x:
            return (self,)
        return self._replace(max_x=180.0), self._replace(min_x=-180.0)


def parse_bbox(text: str, *, may_cross: bool = False) -> BBox:
    """Reads "min_x,min_y,max_x,max_y"; of six numbers, heights too, which are left out.

    Args:
        text: To read.
        may_cross: Whether the box may cross the antimeridian (RFC 7946, section 5.2).

    Raises:
        FeatureError: Not four numbers in that order.
    """
    try:
        numbers = [parse_number(part) for part in text.split(",")]
        box = BBox(*(numbers if len(numbers) != 6 else (*numbers[:2], *numbers[3:5])))
        is_crossing = may_cross and -180 <= box.max_x < box.min_x <= 180
        if (box.min_x <= box.max_x or is_crossing) and box.min_y <= box.max_y:
            return box
    except (TypeError, ValueError):
        pass
    raise FeatureError(
        Text(
            f"範囲「{text[:80]}」は「西,南,東,北」の4つの数で書いてください。",
            f'"{text[:80]}" is no box: give four numbers as "min_x,min_y,max_x,max_y".',
        )
    )
