"""Tiles as they are sent: of layers, of scans and photographs, of base maps. Flask and the door before it ask here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Response

from gis_capture.errors import SourceError
from gis_capture.locate.area import Area
from gis_capture.server.answers import takes_gzip
from gis_capture.server.archives import converted, doubled, open_archive
from gis_capture.server.context import Served
from gis_capture.server.errors import DETAILS, NotFoundError
from gis_capture.text import Text
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.packing import BY_GZIP
from gis_capture.tiles.pmtiles import GZIP, MAX_PART_BYTES, MEDIA_TYPES, unpack

_BROKEN = Text(
    "このタイルは壊れています。地図のファイルを取り直してください。", "The tile is broken: fetch the map anew."
)


@dataclass(frozen=True, slots=True)
class TileAsked:
    """An address of a tile that there can be, and what the asker has.

    Attributes:
        kind: "mvt", "png" …
        version: "v" of the query, by which the answer may be kept; None = not there.
        known: If-None-Match as it was sent.
        area: Of who asks; layers are shown in it alone.
        packing: How a tile that is made is packed.
    """

    name: str
    tile: Tile
    kind: str
    version: str | None = None
    known: str = ""
    area: Area | None = None
    packing: str = BY_GZIP


@dataclass(frozen=True, slots=True)
class SentTile:
    """An answer.

    Attributes:
        content: Empty where nothing is in the tile; None where the asker has it.
        etag: As it stands in the header.
        encoding: "gzip", what was asked for, or "".
    """

    content: bytes | None
    etag: str
    caching: str
    media_type: str
    encoding: str = ""

    @property
    def status(self) -> int:
        """Of HTTP."""
        return 200 if self.content else 304 if self.content is None else 204


def layer_tile(served: Served, asked: TileAsked) -> SentTile:
    """Gives a vector tile of layers, `name` being their keys.

    Raises:
        LayerError: There is no such layer.
    """
    served.adopt_direct_edits()
    keys, tiles = list(dict.fromkeys(asked.name.split(","))), served.workspace.tiles
    # Read before the tile: at worst a newer tile is asked for once more.
    is_kept = bool(asked.version) and asked.version == tiles.version(keys, asked.area)
    found = tiles.answer(keys, *asked.tile, known=asked.known, area=asked.area, packing=asked.packing)
    return SentTile(found.content, f'W/"{found.etag}"', _caching(is_kept=is_kept), MEDIA_TYPES["mvt"], asked.packing)


def raster_tile(served: Served, asked: TileAsked, *, is_double: bool = False) -> SentTile:
    """Gives a picture of a raster layer: as it is stored, made into another kind, or of 512 pixels.

    Raises:
        NotFoundError: There is no such layer, or it is not ready.
    """
    rasters = served.workspace.rasters
    found = rasters.get(asked.name)
    if found is None:
        raise NotFoundError(DETAILS[404], name=asked.name)
    sent = _archived(rasters.folder / found.file_name, found.sha256, asked, form="2x" if is_double else "")
    if sent.content is None or (asked.kind == "webp" and not is_double):
        return sent
    if is_double:
        find = open_archive(rasters.folder / found.file_name).get
        return replace(sent, content=doubled(find, asked.tile, found.max_zoom, asked.kind) or b"")
    return replace(sent, content=sent.content and converted(sent.content, asked.kind))


def basemap_tile(served: Served, asked: TileAsked) -> SentTile:
    """Gives a tile of a base map as it is stored.

    Raises:
        NotFoundError: There is no such base map, or its tiles are of another kind.
    """
    here = served.workspace
    found = next((basemap for basemap in here.basemaps() if basemap.name == asked.name), None)
    if found is not None:
        path = here.folder.packs_dir / found.file_name
        if open_archive(path).header.tile_type == asked.kind:
            return _archived(path, found.sha256, asked)
    raise NotFoundError(DETAILS[404], name=asked.name)


SENDERS: dict[str, Callable[[Served, TileAsked], SentTile]] = {
    "tiles": layer_tile,
    "rasters": raster_tile,
    "basemaps": basemap_tile,
}
"""By the first part of the address."""


def _archived(path: Path, digest: str, asked: TileAsked, *, form: str = "") -> SentTile:
    archive = open_archive(path)
    # Of the weak kind: a proxy may pack it.
    etag = f'W/"{digest[:32]}-{"-".join(map(str, asked.tile))}{form}.{asked.kind}"'
    is_known = etag in asked.known or asked.known.strip() == "*"
    content = None if is_known else archive.get(asked.tile) or b""
    encoding = "gzip" if archive.header.tile_compression == GZIP else ""
    return SentTile(content, etag, _caching(is_kept=asked.version == digest[:16]), MEDIA_TYPES[asked.kind], encoding)


def _caching(*, is_kept: bool) -> str:
    """A tile that was asked for by its present version may be kept; others are asked for anew."""
    return "public, max-age=31536000, immutable" if is_kept else "no-cache"


def tile_response(sent: SentTile) -> Response:
    """Gives an answer of Flask's."""
    response = Response(status=sent.status, mimetype=sent.media_type)
    response.headers["Cache-Control"] = sent.caching
    response.headers["ETag"] = sent.etag
    content = sent.content or b""
    # What was made for who asks is packed so that it is taken.
    must_unpack = bool(content) and sent.encoding == BY_GZIP and not takes_gzip()
    if must_unpack:
        try:
            content = unpack(content, MAX_PART_BYTES)
        except ValueError as error:
            raise SourceError(_BROKEN) from error
    elif content and sent.encoding:
        response.content_encoding = sent.encoding
    response.set_data(content)
    return response
