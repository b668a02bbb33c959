"""Vector tiles of an area as one PMTiles file, from the encoder of the tiles that are served."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from gis_capture.errors import FeatureError
from gis_capture.model import BBox
from gis_capture.text import Text
from gis_capture.tiles.archive import ArchiveWriter, tiles_over
from gis_capture.tiles.estimating import estimate_bytes
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.packing import pack
from gis_capture.tiles.service import TileService

ZOOMS = (8, 16)
MAX_TILES = 200_000
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class PackPlan:
    """What a pack holds: these layers in a box (EPSG:4326), from a zoom to a zoom.

    Raises:
        FeatureError: The box has more tiles than a pack may hold.
    """

    keys: tuple[str, ...]
    bbox: BBox
    zooms: tuple[int, int] = ZOOMS

    def __post_init__(self) -> None:
        n_tiles = sum(map(self.n_tiles, self._levels()))
        if n_tiles > MAX_TILES:
            raise FeatureError(
                Text(
                    f"範囲が広すぎます(タイル {n_tiles:,}枚、{MAX_TILES:,}枚まで)。範囲を分けてください。",
                    f"The area is too large ({n_tiles:,} tiles, at most {MAX_TILES:,}): divide it.",
                ),
                bbox=self.bbox,
            )

    def _levels(self) -> range:
        return range(self.zooms[0], self.zooms[1] + 1)

    def n_tiles(self, zoom: int) -> int:
        """The tiles of a zoom that the box touches, empty ones too."""
        first, last = self._corners(zoom)
        return (last.x - first.x + 1) * (last.y - first.y + 1)

    def holds(self, tile: Tile) -> bool:
        """Whether the box touches a tile."""
        first, last = self._corners(tile.z)
        return first.x <= tile.x <= last.x and first.y <= tile.y <= last.y

    def state(self, tiles: TileService) -> str:
        """Names the content of the pack: as long as it is the same, so is every tile."""
        roots = [tiles.generation(self.keys, *tile) for tile in tiles_over(self.bbox, self.zooms[0])]
        return sha256(repr((self, roots)).encode()).hexdigest()[:32]

    def estimate(self, tiles: TileService) -> int:
        """Estimates the bytes of the pack by some tiles of each zoom in which features are."""
        levels = (self._corners(zoom) for zoom in self._levels())
        return round(sum(estimate_bytes(tiles, self.keys, first, last) for first, last in levels))

    def build(self, tiles: TileService, path: Path, *, metadata: dict[str, Any], report: Report) -> int:
        """Writes the pack, whole or not at all; gives the number of its tiles.

        Args:
            tiles: Of the layers.
            path: Of the file.
            metadata: Is told by the file.
            report: Hears which part is done.
        """
        n_tiles = 0
        with ArchiveWriter(path, tile_type="mvt") as writer:
            for tile, share in self._walk(tiles):
                content = pack(tiles.encode(self.keys, *tile))
                if content:
                    writer.add(tile, content)
                    n_tiles += 1
                report(share)
            writer.finish(bounds=self.bbox, metadata=metadata)
        return n_tiles

    def _walk(self, tiles: TileService) -> Iterator[tuple[Tile, float]]:
        """The tiles in which features are, each with the part of the area that is done; below an empty one is none."""
        waiting = [*tiles_over(self.bbox, self.zooms[0])]
        n_whole, done = self.n_tiles(self.zooms[1]), 0
        while waiting:
            tile = waiting.pop()
            is_empty = not tiles.has_features(self.keys, tile)
            if is_empty or tile.z == self.zooms[1]:
                done += self._n_below(tile)
            if is_empty:
                continue
            yield tile, done / n_whole
            if tile.z < self.zooms[1]:
                below = (Tile(tile.z + 1, 2 * tile.x + i, 2 * tile.y + j) for i in (0, 1) for j in (0, 1))
                waiting += filter(self.holds, below)

    def _n_below(self, tile: Tile) -> int:
        """The tiles of the deepest zoom in a tile."""
        first, last = self._corners(self.zooms[1])
        scale = 1 << (self.zooms[1] - tile.z)
        n_across = min(last.x, (tile.x + 1) * scale - 1) - max(first.x, tile.x * scale) + 1
        return n_across * (min(last.y, (tile.y + 1) * scale - 1) - max(first.y, tile.y * scale) + 1)

    def _corners(self, zoom: int) -> tuple[Tile, Tile]:
        box = self.bbox
        return tile_at(box.min_x, box.max_y, zoom), tile_at(box.max_x, box.min_y, zoom)


def plan_pack(keys: Sequence[str], bbox: BBox) -> PackPlan:
    """Plans a pack at the zooms that tablets need.

    Raises:
        FeatureError: The box is too large.
    """
    return PackPlan(tuple(dict.fromkeys(keys)), BBox(*map(float, bbox)))
