"""PMTiles files: read by memory map, written as the tiles come."""

import json
import mmap
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gis_capture.errors import SourceError
from gis_capture.model import BBox
from gis_capture.text import Text
from gis_capture.tiles import pmtiles
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.pmtiles import Directory, Entry

_MAX_DEPTH = 4
_KEPT_LEAVES = 64


class Archive:
    """An archive that is open for reading; any number of threads may ask.

    Attributes:
        header: What its first bytes say.
    """

    def __init__(self, path: Path) -> None:
        """Opens a file.

        Raises:
            SourceError: It is no PMTiles archive, or is broken.
        """
        self.path = path
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self.header = pmtiles.decode_header(self._bytes[: pmtiles.HEADER_BYTES])
            self._root = self._directory(*self.header.root)
        except (OSError, ValueError) as error:
            raise _broken(path, error) from error
        # A cache about a method would hold the archive, and so its file, until somebody looks for cycles.
        self._leaves: dict[tuple[int, int], Directory] = {}

    def get(self, tile: Tile) -> bytes | None:
        """Gives the bytes of a tile as they are stored; None where there is none.

        Raises:
            SourceError: The archive is broken.
        """
        low, high = self.header.zooms
        if not low <= tile.z <= high:
            return None
        number = pmtiles.tile_id(tile)
        try:
            entry = self._root.find(number)
            for _ in range(_MAX_DEPTH):
                if entry is None or entry.run_length:
                    break
                entry = self._leaf(entry.offset, entry.n_bytes).find(number)
            else:
                raise ValueError("directories go too deep")
            return self._part(self.header.data, entry.offset, entry.n_bytes) if entry else None
        except ValueError as error:
            raise _broken(self.path, error) from error

    def metadata(self) -> dict[str, Any]:
        """Gives what the archive tells of itself; nothing where that cannot be read."""
        try:
            offset, n_bytes = self.header.metadata
            packed = self._part((offset, n_bytes), 0, n_bytes) if n_bytes else b"{}"
            if n_bytes and self.header.directory_compression == 2:
                packed = pmtiles.unpack(packed, pmtiles.MAX_METADATA_BYTES)
            found = json.loads(packed)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def close(self) -> None:
        """Lets go of the file."""
        self._bytes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _directory(self, offset: int, n_bytes: int) -> Directory:
        return pmtiles.decode_directory(self._part((offset, n_bytes), 0, n_bytes), self.header.directory_compression)

    def _leaf(self, offset: int, n_bytes: int) -> Directory:
        found = self._leaves.get((offset, n_bytes))
        if found is None:
            found = self._leaves[offset, n_bytes] = self._directory(self.header.leaves[0] + offset, n_bytes)
            if len(self._leaves) > _KEPT_LEAVES:
                # Another thread may be at it.
                with suppress(RuntimeError, StopIteration):
                    self._leaves.pop(next(iter(self._leaves)), None)
        return found

    def _part(self, section: tuple[int, int], offset: int, n_bytes: int) -> bytes:
        start = section[0] + offset
        if offset < 0 or n_bytes > pmtiles.MAX_PART_BYTES or start + n_bytes > len(self._bytes):
            raise ValueError(f"{n_bytes:,} bytes at {start:,} of {len(self._bytes):,}")
        return self._bytes[start : start + n_bytes]


class ArchiveWriter:
    """Writes an archive tile by tile, in whatever order; equal tiles are stored once.

    Until `finish` only files with ".part" in their name are there; leaving the block without it removes them.
    """

    def __init__(self, path: Path, *, tile_type: str) -> None:
        self.path = path
        self._tile_type = tile_type
        self._data_path = path.with_name(path.name + ".tiles.part")
        self._data = self._data_path.open("w+b")
        self._tiles: list[tuple[int, int, int]] = []
        self._known: dict[bytes, int] = {}
        self._zooms: set[int] = set()
        self._end = 0

    @property
    def n_bytes(self) -> int:
        """How much has been written."""
        return self._end

    def add(self, tile: Tile, content: bytes) -> None:
        """Adds a tile: gzipped where it is a vector tile."""
        digest = blake2b(content, digest_size=16).digest()
        offset = self._known.get(digest)
        if offset is None:
            offset = self._known[digest] = self._end
            self._data.write(content)
            self._end += len(content)
        self._zooms.add(tile.z)
        self._tiles.append((pmtiles.tile_id(tile), offset, len(content)))

    def finish(self, *, bounds: BBox, metadata: Mapping[str, Any]) -> None:
        """Writes the whole archive; it gets its name at once."""
        self._tiles.sort()
        moved: dict[int, int] = {}
        order: list[tuple[int, int]] = []
        entries: list[Entry] = []
        end = 0
        for number, offset, n_bytes in self._tiles:
            if offset not in moved:
                moved[offset] = end
                order.append((offset, n_bytes))
                end += n_bytes
            last = entries[-1] if entries else None
            if last and last.offset == moved[offset] and last.tile_id + last.run_length == number:
                entries[-1] = Entry(last.tile_id, last.offset, last.n_bytes, last.run_length + 1)
            else:
                entries.append(Entry(number, moved[offset], n_bytes, 1))
        head = pmtiles.encode_head(
            entries,
            n_contents=len(order),
            n_data_bytes=end,
            tile_type=self._tile_type,
            bounds=bounds,
            zooms=(min(self._zooms, default=0), max(self._zooms, default=0)),
            metadata=metadata,
        )
        unfinished = self.path.with_name(self.path.name + ".part")
        with unfinished.open("wb") as file:
            file.write(head)
            for offset, n_bytes in order:
                self._data.seek(offset)
                file.write(self._data.read(n_bytes))
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._data.close()
        for left in (self._data_path, self.path.with_name(self.path.name + ".part")):
            left.unlink(missing_ok=True)


def tiles_over(bounds: BBox, zoom: int) -> Iterator[Tile]:
    """The tiles of a zoom that a box (degrees) touches."""
    first, last = tile_at(bounds.min_x, bounds.max_y, zoom), tile_at(bounds.max_x, bounds.min_y, zoom)
    return (Tile(zoom, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1))


def _broken(path: Path, error: Exception) -> SourceError:
    return SourceError(
        Text(
            f"「{path.name}」は PMTiles(版3)として読めません({error})。ファイルを作り直すか、取り直してください。",
            f'"{path.name}" cannot be read as PMTiles, version 3 ({error}): make or fetch it again.',
        ),
        path=path,
    )
