"""Vector tiles, styles over them, and packs of base maps."""

from gis_capture.tiles.grid import parse_tile
from gis_capture.tiles.service import TileService
from gis_capture.tiles.style import map_style, tile_json

__all__ = ["TileService", "map_style", "parse_tile", "tile_json"]
