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


def parse_bbox(text: str) -> BBox:
    """Reads "min_x,min_y,max_x,max_y".

    Raises:
        FeatureError: Not four numbers in that order.
    """
    try:
        box = BBox(*map(parse_number, text.split(",")))
        if box.min_x <= box.max_x and box.min_y <= box.max_y:
            return box
    except (TypeError, ValueError):
        pass
    raise FeatureError(
        Text(
            f"範囲「{text[:80]}」は「西,南,東,北」の4つの数で書いてください。",
            f'"{text[:80]}" is no box: give four numbers as "min_x,min_y,max_x,max_y".',
        )
    )
