"""What a workspace draws and prints: tiles, styles, base maps, pictures, field sheets."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gis_capture.model import Layer
from gis_capture.settings import Settings
from gis_capture.store.protocol import Store
from gis_capture.workspace.basemaps import Basemap, add_basemap, list_basemaps, remove_basemap
from gis_capture.workspace.folder import Folder
from gis_capture.workspace.rasters import Rasters
from gis_capture.workspace.scanned import ScannedLedgers
from gis_capture.workspace.scans import Scans
from gis_capture.workspace.sheets import Readings, Sheets, short_epoch
from gis_capture.workspace.styles import Styles

if TYPE_CHECKING:
    from gis_capture.paper.ledgers.checks import Known
    from gis_capture.tiles import TileService
    from gis_capture.workspace.packs import Packs


class Maps(ABC):
    """The part of `Workspace` that knows of maps; its attributes are described there."""

    folder: Folder
    store: Store
    clock: Callable[[], str]
    new_id: Callable[[], str]
    _tiles: "TileService | None"

    @property
    @abstractmethod
    def settings(self) -> Settings:
        """The limits and choices of the office."""

    @abstractmethod
    def known_layers(self) -> tuple[Layer, ...]:
        """All layers that there are or may be."""

    @property
    def tiles(self) -> "TileService":
        """Vector tiles of the layers, always of the newest revision."""
        if self._tiles is None:
            from gis_capture.tiles import TileService

            most = self.settings.max_tile_features
            cache_dir = self.folder.cache_dir / "tiles"
            self._tiles = TileService(self.store, cache_dir, max_features=most, more_fields=self.styles.fields)
        return self._tiles

    @property
    def sheets(self) -> Sheets:
        """Field sheets: printed, marked with a red pen, read back."""
        return Sheets(self.folder, self.store, clock=self.clock)

    @property
    def readings(self) -> Readings:
        """Scans of marked sheets, with what was read of them."""
        here = self.folder.sheets_dir
        return Readings(here / "readings", here, short_epoch(self.store.epoch), self.clock, self.new_id)

    @property
    def scanned(self) -> ScannedLedgers:
        """Ledgers on paper, with what was read of them and decided."""
        return ScannedLedgers(self.folder.scanned_dir, self.clock, self.new_id, self._known)

    def _known(self) -> "Known":
        from gis_capture.workspace.scanned.known import known_of

        return known_of(self.known_layers(), self.folder.gazetteer_path, self.folder.city)

    @property
    def styles(self) -> Styles:
        """How layers are drawn, where the office has files for it."""
        return Styles(self.folder.styles_dir)

    @property
    def packs(self) -> "Packs":
        """Vector tiles of areas as files for tablets."""
        from gis_capture.workspace.packs import Packs

        return Packs(self.folder.cache_dir / "packs", self.store, self.tiles, clock=self.clock)

    def basemaps(self) -> list[Basemap]:
        """The base maps for the pages and the tablets."""
        return list_basemaps(self.folder.packs_dir)

    def add_basemap(self, source: Path | str, *, name: str, attribution: str, title: str = "") -> Basemap:
        """Takes a PMTiles or MBTiles file, or a folder of GeoJSON files, as a base map; the former of its name goes.

        Raises:
            SourceError: It is neither of them.
        """
        return add_basemap(self.folder.packs_dir, Path(source), name=name, attribution=attribution, title=title)

    def remove_basemap(self, name: str) -> None:
        """Takes a base map away.

        Raises:
            SourceError: There is none of that name.
        """
        remove_basemap(self.folder.packs_dir, name)

    @property
    def rasters(self) -> Rasters:
        """Scans and aerial photographs as layers of the map."""
        return Rasters(
            self.folder.rasters_dir,
            clock=self.clock,
            max_pixels=self.settings.max_raster_pixels,
            grids_dir=self.folder.grids_dir,
        )

    @property
    def scans(self) -> Scans:
        """Scanned maps that people are placing."""
        return Scans(
            self.folder.scans_dir,
            clock=self.clock,
            max_pixels=self.settings.max_raster_pixels,
            grids_dir=self.folder.grids_dir,
        )
