"""Tells what pictures are and where they belong; run as a process of its own: `python -m` this module, FILE, PIXELS.

The file holds the sheets as JSON, none of which may have more pixels; what is found is printed a line each.
"""

import json
import sys
from pathlib import Path
from typing import Any

from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds

from gis_capture.tiles.raster.sheet import Sheet
from gis_capture.tiles.raster.warping import MERCATOR_HALF_M, NoPlaceError, OpenSheet, resolution_m

MAX_ZOOM = 22


def look(sheet: Sheet, max_pixels: int) -> dict[str, Any]:
    """Gives size, bounds (degrees), zoom and how far control points can be trusted; or {"error": kind, "detail": …}."""
    try:
        with OpenSheet(sheet) as opened:
            source = opened.source
            n_pixels = source.width * source.height
            if n_pixels > max_pixels:
                return {"error": "pixels", "detail": f"{source.width:,} × {source.height:,}"}
            # One reading of the picture tells whether it can be decoded at all.
            source.read(1, out_shape=(min(source.height, 64), min(source.width, 64)))
            box = opened.mercator_bounds()
            if max(map(abs, box)) > MERCATOR_HALF_M * 1.0001 or box[0] >= box[2] or box[1] >= box[3]:
                return {"error": "beyond", "detail": ", ".join(f"{value:,.0f}" for value in box)}
            return {
                "width": source.width,
                "height": source.height,
                "crs": opened.crs.to_string(),
                "bounds": list(transform_bounds("EPSG:3857", "EPSG:4326", *box)),
                "max_zoom": _zoom_of(opened.resolution_m(), box, max_pixels),
                "is_drawing": opened.is_drawing,
                "points": [one.to_json() for one in opened.trust()],
            }
    except NoPlaceError as error:
        return {"error": f"no_{error}", "detail": ""}
    except (RasterioError, ValueError, OSError) as error:
        return {"error": "broken", "detail": str(error)[:300]}


def _zoom_of(resolution: float, box: tuple[float, float, float, float], max_pixels: int) -> int:
    """The lowest zoom that is as fine as the picture, as long as its tiles are not many times the picture's pixels."""
    zoom = next((z for z in range(MAX_ZOOM) if resolution_m(z) <= resolution * 1.2), MAX_ZOOM)
    while zoom and (box[2] - box[0]) * (box[3] - box[1]) / resolution_m(zoom) ** 2 > 4 * max_pixels:
        zoom -= 1
    return zoom


if __name__ == "__main__":
    for document in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        print(json.dumps(look(Sheet.from_json(document), int(sys.argv[2]))), flush=True)
