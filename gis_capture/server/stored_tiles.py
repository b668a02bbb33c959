"""TileJSON of tiles that are stored: of scans and photographs, and of base maps."""

from collections.abc import Sequence
from typing import Any

from flask import request


def stored_tile_json(
    path: str, *, title: str, attribution: str, bounds: Sequence[float], zooms: tuple[int, int], sha256: str | None
) -> dict[str, Any]:
    """Gives TileJSON 3.0.

    Args:
        path: Of the tiles, with {z}, {x} and {y}.
        title: For people.
        attribution: As it is shown on the map.
        bounds: In EPSG:4326: west, south, east, north.
        zooms: The first and the last.
        sha256: Of the file that holds them, by which the address tells their version; None = they still change.
    """
    west, south, east, north = bounds
    version = f"?v={sha256[:16]}" if sha256 else ""
    return {
        "tilejson": "3.0.0",
        "name": title,
        "attribution": attribution,
        "tiles": [f"{request.host_url}{path}{version}"],
        "scheme": "xyz",
        "minzoom": zooms[0],
        "maxzoom": zooms[1],
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, zooms[1]],
    }
