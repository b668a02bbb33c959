"""Base map packs of a workspace: PMTiles with a hash in the name, and a card that says what each is."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gis_capture.errors import SourceError
from gis_capture.geopackage import mbtiles
from gis_capture.ledger import hash_files
from gis_capture.text import Text
from gis_capture.tiles.archive import Archive
from gis_capture.tiles.mbtiles import convert_mbtiles
from gis_capture.workspace import former as former_packs
from gis_capture.workspace.cards import CardStates, card_states

MAGIC = b"PMTiles\x03"
_UNREAD = {3: "Brotli", 4: "Zstandard"}
"""Ways of packing that the format knows and browsers cannot undo."""
_NAME = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Basemap:
    """A pack, as the tablet is told of it.

    Attributes:
        source_sha256: Of what it was made from, so that it is not made twice.
        kind: "vector" or "raster".
        source_layers: Names of the layers in its vector tiles, by which a map knows how to draw them.
        title: For people; "" = none was given.
    """

    name: str
    sha256: str
    size_bytes: int
    attribution: str
    source_sha256: str
    kind: str = "vector"
    source_layers: tuple[str, ...] = ()
    title: str = ""

    @property
    def file_name(self) -> str:
        """Its name in the folder and in the URL: the hash makes it immutable."""
        return f"{self.name}-{self.sha256}.pmtiles"

    def to_json(self) -> dict[str, Any]:
        """Gives a member of `GET /basemap`."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "url": f"/packs/{self.file_name}",
            "attribution": self.attribution,
            **({"title": self.title} if self.title else {}),
            **({"kind": self.kind} if self.kind == "raster" else {}),
            **({"source_layers": list(self.source_layers)} if self.source_layers else {}),
        }


def list_basemaps(packs_dir: Path) -> list[Basemap]:
    """The packs whose file is there, by name."""
    return list(_read_cards(packs_dir, card_states(packs_dir)))


@lru_cache(maxsize=16)
def _read_cards(packs_dir: Path, states: CardStates) -> tuple[Basemap, ...]:
    documents = [json.loads(Path(path).read_text(encoding="utf-8")) for path, *_ in states]
    cards = [Basemap(**{**one, "source_layers": tuple(one.get("source_layers", ()))}) for one in documents]
    return tuple(card for card in cards if (packs_dir / card.file_name).is_file())


def add_basemap(packs_dir: Path, source: Path, *, name: str, attribution: str, title: str = "") -> Basemap:
    """Takes a PMTiles or MBTiles file, or a folder of GeoJSON files, as the base map of that name; the former one goes.

    Args:
        packs_dir: Where base maps are.
        source: Is copied, or turned into PMTiles.
        name: Of the base map.
        attribution: Shown on every map; "" = as the file says.
        title: For people.

    Raises:
        SourceError: Neither of them, or it cannot be read.
    """
    if not _NAME.fullmatch(name):
        raise SourceError(
            Text(
                f"背景地図の名前「{name}」は使えません。英小文字・数字・_ で40字までにしてください。",
                f'"{name}" is no name for a base map: use up to 40 lower-case letters, digits and _.',
            ),
            path=source,
        )
    files = sorted(source.glob("*.geojson")) if source.is_dir() else [source]
    if not files or not all(file.is_file() for file in files):
        raise _no_basemap(source)
    source_sha256 = hash_files(files)
    former = next((basemap for basemap in list_basemaps(packs_dir) if basemap.name == name), None)
    asked = (source_sha256, title, attribution or (former.attribution if former else ""))
    if former and (former.source_sha256, former.title, former.attribution) == asked:
        return former
    unfinished, card = packs_dir / f"{name}.unfinished", packs_dir / f"{name}.json.unfinished"
    try:
        _make(source, unfinished)
        kind, told = _look_into(unfinished)
        attribution = attribution or str(told.get("attribution", ""))[:500]
        layers = tuple(one["id"] for one in vector_layers(told))
        sha256, size_bytes = hash_files([unfinished]), unfinished.stat().st_size
        basemap = Basemap(name, sha256, size_bytes, attribution, source_sha256, kind, layers, title)
        card.write_text(json.dumps(asdict(basemap), ensure_ascii=False), encoding="utf-8")
        os.replace(unfinished, packs_dir / basemap.file_name)
        os.replace(card, packs_dir / f"{name}.json")
    finally:
        for left in (unfinished, card):
            left.unlink(missing_ok=True)
    if former and former.sha256 != sha256:
        former_packs.put_aside(packs_dir / former.file_name)
    return basemap


def remove_basemap(packs_dir: Path, name: str) -> None:
    """Takes a base map away.

    Raises:
        SourceError: There is none of that name.
    """
    found = next((basemap for basemap in list_basemaps(packs_dir) if basemap.name == name), None)
    if found is None:
        raise SourceError(
            Text(f"背景地図「{name}」はありません。", f'There is no base map "{name}".'), path=packs_dir / name
        )
    (packs_dir / f"{name}.json").unlink()
    former_packs.clear(packs_dir, name)
    with suppress(OSError):
        (packs_dir / found.file_name).unlink()


def vector_layers(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Gives the layers that an archive tells of itself as TileJSON has them, each with its fields; what is odd goes."""
    layers = told.get("vector_layers")
    found = [one for one in layers[:200] if isinstance(one, dict)] if isinstance(layers, list) else []
    return [
        {"id": name, "fields": _texts(one.get("fields"))}
        for one in found
        if isinstance(name := one.get("id"), str) and len(name) < 100
    ]


def _texts(fields: Any) -> dict[str, str]:
    pairs = [*fields.items()][:200] if isinstance(fields, dict) else []
    return {name[:100]: text[:100] for name, text in pairs if isinstance(text, str)}


def _make(source: Path, target: Path) -> None:
    if source.is_dir():
        from gis_capture.tiles.basemap import build_basemap_pack

        build_basemap_pack(source, target)
    else:
        _take_archive(source, target)


def _look_into(path: Path) -> tuple[str, dict[str, Any]]:
    """What kind an archive is of, and what it tells of itself."""
    with Archive(path) as archive:
        return "vector" if archive.header.tile_type == "mvt" else "raster", archive.metadata()


def _take_archive(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        head = file.read(16)
    if head.startswith(MAGIC):
        with Archive(source) as archive:
            packing = archive.header.tile_compression
        if packing in _UNREAD:
            raise SourceError(
                Text(
                    f"「{source.name}」のタイルは {_UNREAD[packing]} で圧縮されていて、タブレットで読めません。"
                    "gzip で作り直してください。",
                    f'The tiles in "{source.name}" are packed with {_UNREAD[packing]}, which tablets cannot read: '
                    "make the file anew with gzip.",
                ),
                path=source,
            )
        shutil.copyfile(source, target)
    elif head == mbtiles.MAGIC:
        convert_mbtiles(source, target)
    else:
        raise _no_basemap(source)


def _no_basemap(source: Path) -> SourceError:
    return SourceError(
        Text(
            f"「{source.name}」は背景地図に使えません。"
            "PMTiles(版3)か MBTiles、または GeoJSON のフォルダーを指定してください。",
            f'"{source.name}" is no base map: name a PMTiles (version 3) or MBTiles file, or a folder of GeoJSON.',
        ),
        path=source,
    )
