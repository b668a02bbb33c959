"""Packs of vector tiles for tablets: per area and layers, with a hash in the name, made anew only when they changed."""

import json
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gis_capture.errors import FeatureError
from gis_capture.ledger import hash_files
from gis_capture.model import BBox
from gis_capture.store.protocol import Store
from gis_capture.text import Text
from gis_capture.tiles import TileService, tile_json
from gis_capture.tiles.packs import PackPlan, Report, plan_pack
from gis_capture.workspace import former as former_packs

_NAME = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose file is there.

    Attributes:
        bbox: In EPSG:4326.
        state: Of what it was made from.
    """

    name: str
    layers: tuple[str, ...]
    bbox: BBox
    sha256: str
    size_bytes: int
    n_tiles: int
    state: str
    made_at: str

    @property
    def file_name(self) -> str:
        """Its name in the folder and in the URL: the hash makes it immutable."""
        return f"layers-{self.name}-{self.sha256}.pmtiles"

    def to_json(self, *, is_current: bool) -> dict[str, Any]:
        """Gives a member of `GET /layer-packs`."""
        described = {**asdict(self), "bbox": list(self.bbox), "url": f"/packs/{self.file_name}"}
        del described["state"]
        return {**described, "is_current": is_current}


class Packs:
    """The packs of a workspace.

    Args:
        folder: Where they are; they can be made anew.
        store: Of the layers.
        tiles: Of the same.
        clock: Gives the time.
    """

    def __init__(self, folder: Path, store: Store, tiles: TileService, *, clock: Callable[[], str]) -> None:
        self.folder, self._store, self._tiles, self._clock = folder, store, tiles, clock

    def ready(self) -> list[Pack]:
        """The packs whose file is there, by name."""
        documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.json"))]
        packs = [Pack(**{**one, "layers": tuple(one["layers"]), "bbox": BBox(*one["bbox"])}) for one in documents]
        return [one for one in packs if (self.folder / one.file_name).is_file()]

    def is_current(self, pack: Pack) -> bool:
        """Whether nothing in it has changed since it was made."""
        known = {layer.key for layer in self._store.layers()}
        return known.issuperset(pack.layers) and plan_pack(pack.layers, pack.bbox).state(self._tiles) == pack.state

    def plan(self, layers: Sequence[str] = (), bbox: BBox | None = None) -> PackPlan:
        """Plans a pack: of all layers where none are named, of all their features where there is no box.

        Raises:
            LayerError: There is no such layer.
            FeatureError: The box is too large, or nothing is there.
        """
        infos = [self._store.layer_info(key) for key in layers or (one.key for one in self._store.layers())]
        boxes = [info.extent for info in infos if info.extent]
        if bbox is None and boxes:
            west, south, east, north = zip(*boxes, strict=True)
            bbox = BBox(min(west), min(south), max(east), max(north))
        if bbox is None:
            raise FeatureError(Text("地図に表示できる地物がありません。", "There is nothing that a map could show."))
        return plan_pack([info.layer.key for info in infos], bbox)

    def estimate(self, plan: PackPlan) -> int:
        """Estimates the bytes of a pack."""
        return plan.estimate(self._tiles)

    def make(self, name: str, plan: PackPlan, *, report: Report = lambda share: None) -> Pack:
        """Makes a pack; the former of its name serves until it is whole, and stays where nothing has changed.

        Raises:
            FeatureError: It cannot have this name.
        """
        check_name(name)
        former = next((one for one in self.ready() if one.name == name), None)
        # Read before the tiles: at worst it is made once more than it needs to be.
        state = plan.state(self._tiles)
        if former and former.state == state:
            return former
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{name}.unfinished"
        layers = [self._store.layer(key) for key in plan.keys]
        told = tile_json(layers, url="", extent=plan.bbox)
        metadata = {"name": told["name"], "vector_layers": told["vector_layers"]}
        n_tiles = plan.build(self._tiles, unfinished, metadata=metadata, report=report)
        size_bytes, digest = unfinished.stat().st_size, hash_files([unfinished])
        pack = Pack(name, plan.keys, plan.bbox, digest, size_bytes, n_tiles, state, self._clock())
        os.replace(unfinished, self.folder / pack.file_name)
        card = self.folder / f"{name}.json.unfinished"
        card.write_text(json.dumps(asdict(pack), ensure_ascii=False), encoding="utf-8")
        os.replace(card, self.folder / f"{name}.json")
        if former and former.sha256 != pack.sha256:
            former_packs.put_aside(self.folder / former.file_name)
        return pack

    def remove(self, name: str) -> None:
        """Takes a pack away.

        Raises:
            FeatureError: There is none of that name.
        """
        found = next((one for one in self.ready() if one.name == name), None)
        if found is None:
            raise FeatureError(Text(f"パック「{name}」はありません。", f'There is no pack "{name}".'), name=name)
        (self.folder / f"{name}.json").unlink()
        former_packs.clear(self.folder, f"layers-{name}")
        with suppress(OSError):
            (self.folder / found.file_name).unlink()


def check_name(name: str) -> None:
    """Refuses what is no name of a pack.

    Raises:
        FeatureError: It cannot have this name.
    """
    if not _NAME.fullmatch(name):
        raise FeatureError(
            Text(
                f"パックの名前「{name[:80]}」は使えません。英小文字・数字・_ で40字までにしてください。",
                f'"{name[:80]}" is no name for a pack: use up to 40 lower-case letters, digits and _.',
            ),
            name=name[:80],
        )
