"""Prints the field sheets of an area, and keeps a record of each."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import shapely
from shapely import Geometry

from gis_capture.durability import replace_durably
from gis_capture.errors import FeatureError
from gis_capture.model import Layer
from gis_capture.paper.extra import demand_extra
from gis_capture.paper.sheet import Sheet
from gis_capture.store.protocol import Store
from gis_capture.text import Text
from gis_capture.workspace.basemaps import list_basemaps
from gis_capture.workspace.folder import Folder
from gis_capture.workspace.sheets.planning import divide, features_on, sheet_crs
from gis_capture.workspace.sheets.records import SheetFolder, SheetRecord

EPOCH_CHARS = 8


def short_epoch(epoch: str) -> str:
    """What stands for a store in the codes of its sheets."""
    return epoch.replace("-", "")[-EPOCH_CHARS:].lower()


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """What is to be printed.

    Attributes:
        layers: Keys; none = all layers.
        area: In EPSG:4326; None = where the features of the layers are.
        crs: Of the sheets; None = the plane rectangular zone of the office, else UTM.
        basemap: Name of a base map; None = the first one, "" = none.
        survey_on: Day of the survey; empty = a line for the pen.
    """

    layers: Sequence[str] = ()
    area: Geometry | None = None
    scale: int = 500
    paper: str = "A4"
    title: str = ""
    crew: str = ""
    crs: str | None = None
    basemap: str | None = None
    survey_on: str = ""


class Sheets:
    """The sheets of a workspace."""

    def __init__(self, folder: Folder, store: Store, *, clock: Callable[[], str]) -> None:
        self.kept = SheetFolder(folder.sheets_dir)
        self._folder = folder
        self._store = store
        self._clock = clock

    def print_sheets(self, order: SheetOrder, path: Path) -> list[SheetRecord]:
        """Writes the sheets of an area to one PDF, whole or not at all, and notes what was printed.

        Raises:
            LayerError: There is no such layer.
            FeatureError: The area is too large for the scale, or a sheet too full.
            ResourceError: The extra `paper`, or a Japanese font, is missing.
        """
        demand_extra()
        from gis_capture.paper.pages import take_page
        from gis_capture.paper.printing import Content, write_pdf
        from gis_capture.workspace.sheets.base import base_shapes

        packs = list_basemaps(self._folder.packs_dir)
        basemap = next((one for one in packs if order.basemap in (None, one.name) and one.kind == "vector"), None)
        with self.kept.numbering() as first, tempfile.TemporaryDirectory(dir=self.kept.folder) as made:
            records = self._plan(order, first)
            printed = []
            for record in records:
                base = base_shapes(self._folder.packs_dir, basemap, record.sheet.extent, record.sheet.crs)
                printed.append((record.sheet, Content(record.features, base, basemap.attribution if basemap else "")))
            whole = Path(made) / "whole.pdf"
            fronts = write_pdf(whole, printed)
            for record, page in zip(records, fronts, strict=True):
                take_page(whole, page, Path(made) / f"{record.sheet.number}.pdf")
            unfinished = path.with_name(path.name + ".part")
            shutil.copyfile(whole, unfinished)
            self.kept.put(Path(made), records, whole)
            replace_durably(unfinished, path)
        return records

    def _plan(self, order: SheetOrder, first: int) -> list[SheetRecord]:
        with self._store.snapshot() as moment:
            layers = [moment.layer(key) for key in order.layers] if order.layers else list(moment.layers())
            area = order.area if order.area is not None else self._area_of(layers)
            crs = sheet_crs(area, self._folder.plane_zone, order.crs)
            cells = divide(area, crs, scale=order.scale, paper=order.paper)
            title = order.title or "・".join(layer.title.ja for layer in layers[:4])
            plain = Sheet(
                number=first,
                epoch=short_epoch(self._store.epoch),
                crs=crs,
                west=0,
                north=0,
                scale=order.scale,
                paper=order.paper,
                revision=moment.revision,
                title=title,
                crew=order.crew,
                printed_at=self._clock(),
                survey_on=order.survey_on,
            )
            records = []
            for n, cell in enumerate(cells):
                part = f"{n + 1} / {len(cells)}" if len(cells) > 1 else ""
                sheet = replace(plain, number=first + n, west=cell.west, north=cell.north, part=part)
                features = features_on(moment, layers, sheet.extent, crs, self._folder.grids_dir)
                records.append(SheetRecord(sheet, tuple(layer.key for layer in layers), features))
        return records

    def _area_of(self, layers: Sequence[Layer]) -> Geometry:
        extents = [self._store.layer_info(layer.key).extent for layer in layers]
        boxes = [shapely.box(*extent) for extent in extents if extent is not None]
        if not boxes:
            raise FeatureError(
                Text(
                    "位置のある地物がありません。範囲を指定してください。",
                    "No feature of these layers has a place: name an area.",
                ),
                code="sheet_area",
            )
        return shapely.union_all(boxes).envelope
