"""Raster layers of a workspace: scans and photographs, one PMTiles archive each, and the jobs that make them."""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from gis_capture.durability import hash_of, held, replace_durably
from gis_capture.errors import SourceError
from gis_capture.text import Text
from gis_capture.tiles.raster import children
from gis_capture.tiles.raster.sheet import Placing, Sheet, find_sheet
from gis_capture.tiles.raster.shifting import shifted_crs
from gis_capture.workspace import former as former_packs
from gis_capture.workspace.cards import CardStates, card_states

_NAME = re.compile(r"[a-z0-9_]{1,40}")
_TILE_PX = 256
# Whoever asks for the jobs looks for a moment whether one is held; that is no other build.
_TRIES = 20
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Raster:
    """A raster layer whose tiles are made.

    Attributes:
        bounds: Degrees, EPSG:4326.
        sheets: Names of the pictures it was made of.
    """

    name: str
    title: str
    attribution: str
    sha256: str
    size_bytes: int
    bounds: tuple[float, float, float, float]
    min_zoom: int
    max_zoom: int
    sheets: tuple[str, ...]
    created_at: str

    @property
    def file_name(self) -> str:
        """Its name in the folder and in the URL: the hash makes it immutable."""
        return f"{self.name}-{self.sha256}.pmtiles"

    def to_json(self) -> dict[str, Any]:
        """Gives a member of `GET /rasters`."""
        return {**asdict(self), "url": f"/packs/{self.file_name}", "state": "ready", "progress": 1.0}

    def to_pack(self) -> dict[str, Any]:
        """Gives a member of `GET /basemap`; its name is that of no base map."""
        kept = {key: getattr(self, key) for key in ("title", "attribution", "sha256", "size_bytes")}
        return {"name": f"raster-{self.name}", "kind": "raster", **kept, "url": f"/packs/{self.file_name}"}


class Rasters:
    """The raster layers in a folder.

    The job of a layer is in the folder NAME.job while its archive is made, and stays there when it was cut; what was
    made before stays in use until the new archive is whole.
    """

    def __init__(
        self, folder: Path, *, clock: Callable[[], str], max_pixels: int, grids_dir: Path | None = None
    ) -> None:
        self.folder = folder
        self._clock = clock
        self._max_pixels = max_pixels
        self._grids_dir = grids_dir

    def ready(self) -> list[Raster]:
        """The layers whose tiles are made, by name."""
        return list(_read_cards(self.folder, card_states(self.folder)))

    def get(self, name: str) -> Raster | None:
        """The layer of that name whose tiles are made."""
        return next((raster for raster in self.ready() if raster.name == name), None)

    def jobs(self) -> list[dict[str, Any]]:
        """The layers whose tiles are being made ("building"), or were when it was cut ("stopped")."""
        found = []
        for folder in sorted(self.folder.glob("*.job")):
            with suppress(OSError, ValueError):
                job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
                with held(folder / "lock") as is_free:
                    state = "stopped" if is_free else "building"
                progress = 0.0
                with suppress(OSError, ValueError):
                    progress = float((folder / "progress").read_text())
                found.append({**job["card"], "state": state, "progress": progress})
        return found

    def prepare(
        self,
        sheets: Sequence[Path],
        *,
        name: str,
        title: str = "",
        attribution: str = "",
        placing: Placing | None = None,
    ) -> list[dict[str, Any]]:
        """Looks at the pictures of a layer and notes what is to be made of them; gives what was found of each.

        Args:
            sheets: Later ones lie over earlier ones.
            name: Of the layer; one of the same name is replaced when the new one is whole.
            title: For people; "" = the name of the first picture.
            attribution: Shown on every map.
            placing: Where the pictures belong, as far as somebody says it.

        Raises:
            SourceError: A picture cannot be used, or the name is none.
        """
        self.checked_name(name)
        placing = placing or Placing()
        is_of_one = placing.points or placing.corners or placing.mask or placing.map_sheet not in (None, "file")
        if not sheets or (is_of_one and len(sheets) > 1):
            raise SourceError(
                Text(
                    "画像を選んでください。基準点・四隅・図郭・範囲は、画像1枚のときだけ指定できます。",
                    "Name pictures; control points, corners, a map sheet and a mask belong to a single one.",
                ),
                path=Path(name),
                code="raster_name",
            )
        found = [find_sheet(path.absolute(), placing) for path in sheets]
        return self.prepare_sheets(found, name=name, title=title or sheets[0].stem, attribution=attribution)

    def prepare_sheets(
        self, found: Sequence[Sheet], *, name: str, title: str, attribution: str = ""
    ) -> list[dict[str, Any]]:
        """Does the same for sheets whose place is known.

        Raises:
            SourceError: One cannot be used, or the name is none.
        """
        self.checked_name(name)
        seen = children.look_at_all(found, max_pixels=self._max_pixels)
        shifted = [self._shifted(sheet, one) for sheet, one in zip(found, seen, strict=True)]
        if shifted != list(found):
            anew = children.look_at_all(shifted, max_pixels=self._max_pixels)
            found, seen = shifted, [{**one, "crs": old["crs"]} for one, old in zip(anew, seen, strict=True)]
        self._note(name, found, seen, title, attribution)
        return [{**one, "name": sheet.path.name} for one, sheet in zip(seen, found, strict=True)]

    def build(self, name: str, *, on_progress: Report | None = None) -> Raster:
        """Makes the archive of a layer that was prepared; a build that is cut can be begun again.

        Raises:
            SourceError: Nothing was prepared, a picture is broken, or another process is at it.
        """
        folder = self.job_folder(name)
        if not (folder / "job.json").is_file():
            raise _unknown(name)
        with held(folder / "lock", n_tries=_TRIES) as is_ours:
            if not is_ours:
                raise SourceError(
                    Text(f"「{name}」はほかで作成中です。", f'"{name}" is being made already.'),
                    path=folder,
                    code="raster_building",
                )
            job = json.loads((folder / "job.json").read_text(encoding="utf-8"))

            def report(share: float) -> None:
                with suppress(OSError):
                    (folder / "progress").write_text(f"{share:.4f}")
                if on_progress:
                    on_progress(share)

            children.build(folder / "job.json", title=name, on_progress=report)
            raster = self._adopt(Path(job["target"]), job["card"])
        self.forget_job(name)
        return raster

    def remove(self, name: str) -> None:
        """Takes a layer away, with what was being made of it.

        Raises:
            SourceError: There is none, or it is being made.
        """
        raster, folder = self.get(name), self.job_folder(name)
        if raster is None and not folder.is_dir():
            raise _unknown(name)
        self.forget_job(name)
        if raster is not None:
            (self.folder / f"{name}.json").unlink()
            former_packs.clear(self.folder, name)
            with suppress(OSError):
                (self.folder / raster.file_name).unlink()

    @staticmethod
    def checked_name(name: str) -> str:
        """Gives a name that can be one of a layer.

        Raises:
            SourceError: It cannot.
        """
        if _NAME.fullmatch(name):
            return name
        raise SourceError(
            Text(
                f"画像レイヤーの名前「{name[:80]}」は使えません。英小文字・数字・_ で40字までにしてください。",
                f'"{name[:80]}" is no name for a raster layer: use up to 40 lower-case letters, digits and _.',
            ),
            code="raster_name",
        )

    def job_folder(self, name: str) -> Path:
        """Where the job of a layer is, with pictures that were uploaded for it."""
        return self.folder / f"{name}.job"

    def forget_job(self, name: str) -> None:
        """Removes a job and the pictures uploaded for it."""
        shutil.rmtree(self.job_folder(name), ignore_errors=True)

    def _shifted(self, sheet: Sheet, seen: Mapping[str, Any]) -> Sheet:
        west, south, east, north = seen["bounds"]
        crs = shifted_crs(seen["crs"], ((west + east) / 2, (south + north) / 2), self._grids_dir)
        return replace(sheet, crs=crs) if crs else sheet

    def _note(
        self, name: str, sheets: Sequence[Sheet], seen: Sequence[Mapping[str, Any]], title: str, attribution: str
    ) -> None:
        folder = self.job_folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        boxes = [one["bounds"] for one in seen]
        west, south = (min(box[n] for box in boxes) for n in (0, 1))
        east, north = (max(box[n] for box in boxes) for n in (2, 3))
        max_zoom = max(one["max_zoom"] for one in seen)
        # From where all of it is about one tile; below that nobody sees anything of it.
        min_zoom = next((z for z in range(max_zoom) if (east - west) * 2**z / 360 > 0.5), max_zoom)
        card = {
            "name": name,
            "title": title,
            "attribution": attribution,
            "bounds": [west, south, east, north],
            "min_zoom": max(min_zoom - 1, 0),
            "max_zoom": max_zoom,
            "sheets": [sheet.path.name for sheet in sheets],
            "created_at": self._clock(),
        }
        job = {
            **{key: card[key] for key in ("bounds", "min_zoom", "max_zoom")},
            "sheets": [sheet.to_json() for sheet in sheets],
            "target": str(folder / "made.pmtiles"),
            "is_lossless": all(one["is_drawing"] for one in seen),
            "metadata": {"name": title, "attribution": attribution, "type": "overlay", "format": "webp"},
            "card": card,
        }
        (folder / "progress").unlink(missing_ok=True)
        unfinished = folder / "job.json.new"
        unfinished.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
        os.replace(unfinished, folder / "job.json")

    def _adopt(self, made: Path, card: Mapping[str, Any]) -> Raster:
        known = self.get(str(card["name"]))
        values = {**card, "bounds": tuple(card["bounds"]), "sheets": tuple(card["sheets"])}
        raster = Raster(**values, sha256=hash_of(made), size_bytes=made.stat().st_size)
        replace_durably(made, self.folder / raster.file_name)
        unfinished = self.folder / f"{raster.name}.json.new"
        unfinished.write_text(json.dumps(asdict(raster), ensure_ascii=False), encoding="utf-8")
        replace_durably(unfinished, self.folder / f"{raster.name}.json")
        if known is not None and known.sha256 != raster.sha256:
            former_packs.put_aside(self.folder / known.file_name)
        return raster


@lru_cache(maxsize=16)
def _read_cards(folder: Path, states: CardStates) -> tuple[Raster, ...]:
    found = []
    for path, *_ in states:
        card = json.loads(Path(path).read_text(encoding="utf-8"))
        found.append(Raster(**{**card, "bounds": tuple(card["bounds"]), "sheets": tuple(card["sheets"])}))
    return tuple(raster for raster in found if (folder / raster.file_name).is_file())


def _unknown(name: str) -> SourceError:
    return SourceError(
        Text(f"画像レイヤー「{name}」はありません。", f'There is no raster layer "{name}".'),
        path=Path(name),
        code="raster_unknown",
    )
