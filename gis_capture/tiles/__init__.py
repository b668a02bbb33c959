"""Vector tiles, styles over them, and packs of base maps."""

from gis_capture.tiles.grid import parse_tile
from gis_capture.tiles.layers import encode_tile
from gis_capture.tiles.style import map_style, tile_json

__all__ = ["encode_tile", "map_style", "parse_tile", "tile_json"]
