"""Generated pictures of maps with lines, and how far a traced border lies from the true one."""

from collections.abc import Sequence

import cv2
import numpy as np
import shapely

from gis_capture.paper.tracing import Grey, Known

PAPER, INK, SIZE_PX, FINER = 235, 40, 640, 8
# A lot that lies aslant, and a place in it.
LOT = shapely.Polygon(cv2.boxPoints(((320, 320), (440, 280), 23)).astype(np.float64))
INSIDE = (320.0, 330.0)


def line_of(shape: shapely.Geometry, width_px: float) -> shapely.Geometry:
    """What a pen covers."""
    return shapely.boundary(shape).buffer(width_px / 2, join_style="mitre", cap_style="flat")


def drawn(ink: shapely.Geometry, *, noise: float = 6, words: Sequence[tuple[str, int, int]] = ()) -> Grey:
    """A picture of what is covered with ink, as a scanner smooths it, from a seed."""
    large = np.full((SIZE_PX * FINER, SIZE_PX * FINER), PAPER, np.uint8)
    rings = [ring for part in shapely.get_parts(ink) for ring in (part.exterior, *part.interiors)]
    cv2.fillPoly(large, [np.round(np.array(ring.coords) * FINER - 0.5).astype(np.int32) for ring in rings], INK)
    grey = cv2.resize(large, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA)
    for text, x, y in words:
        cv2.putText(grey, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, INK, 3, cv2.LINE_AA)
    grain = np.random.default_rng(7).normal(0, noise, grey.shape)
    picture: Grey = np.clip(grey + grain, 0, 255).astype(np.uint8)
    return picture


def all_known() -> Known:
    """The whole picture shows something."""
    return np.ones((SIZE_PX, SIZE_PX), bool)


def off_px(area: shapely.Polygon, truth: shapely.Polygon) -> tuple[float, float]:
    """How far the border lies from the true one: of 19 in 20 places, and at the worst."""
    places = shapely.points(shapely.get_coordinates(shapely.segmentize(area.exterior, 2)))
    away = np.concatenate(
        [
            shapely.distance(places, truth.exterior),
            shapely.distance(shapely.points(shapely.get_coordinates(truth.exterior)), area.exterior),
        ]
    )
    return float(np.quantile(away, 0.95)), float(away.max())
