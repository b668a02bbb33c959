"""A workspace: the folder of a department's layers, and everything that can be done with it."""

import os
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from secrets import token_bytes
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from shapely import Geometry, box

from gis_capture.definitions import read_layers
from gis_capture.errors import LayerError
from gis_capture.model import BBox, Layer, Problem, Value
from gis_capture.people import Lasting, People
from gis_capture.report.export import Export, export_layer
from gis_capture.resources import layers_dir
from gis_capture.settings import Settings
from gis_capture.store import open_store
from gis_capture.store.checkout import Checkout
from gis_capture.store.protocol import DIRECT_EDIT, Author, FeatureQuery, LayerInfo, Store
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.history import feature_history
from gis_capture.sync.office import Office
from gis_capture.text import Text
from gis_capture.times import end_of
from gis_capture.workspace.backups import Backup, back_up
from gis_capture.workspace.checkouts import Checkin, Checkouts
from gis_capture.workspace.folder import Folder, create_folder, read_folder
from gis_capture.workspace.identity import new_id, utc_now
from gis_capture.workspace.ledgers import Ledgers
from gis_capture.workspace.maps import Maps
from gis_capture.workspace.reserve import with_room
from gis_capture.workspace.written import Written

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Clock = Callable[[], str]
NewId = Callable[[], str]


class Workspace(Ledgers, Maps):
    """An open workspace; use it in a `with` block, or `close` it.

    Attributes:
        folder: Where its parts are.
        store: The layers and their history.
        clock: Gives the time, UTC "…Z".
        new_id: Gives fresh UUIDs.
    """

    def __init__(self, folder: Folder, store: Store, *, clock: Clock = utc_now, new_id: NewId = new_id) -> None:
        self.folder = folder
        self.store = store
        self.clock = clock
        self.new_id = new_id
        self._tiles = None
        self._people: People | None = None
        self._people_lock = Lock()

    @classmethod
    def create(
        cls,
        path: Path | str,
        *,
        name: str = "",
        plane_zone: int | None = None,
        store: str | None = None,
        city: str = "",
    ) -> Self:
        """Makes a workspace in a new or empty folder and opens it.

        Args:
            path: The folder.
            name: Of the department.
            plane_zone: Zone of the plane rectangular CRS of the city's drawings.
            store: Database for the layers, "postgresql://user@host/database?schema=name"; None = a file in the folder.
            city: The office's own, "岐阜県高山市": addresses that name no city are in it, and rows outside it are told.

        Raises:
            WorkspaceError: The folder holds something else or cannot be written.
            StoreError: The database cannot be used.
        """
        create_folder(Path(path), name=name, created_at=utc_now(), plane_zone=plane_zone, store=store, city=city)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Opens a workspace.

        Raises:
            WorkspaceError: It is none, or a setting is wrong.
            StoreError: Its layers cannot be read.
        """
        folder = read_folder(Path(path), os.environ)
        return cls(folder, with_room(folder.cache_dir, lambda: open_store(folder.store_place)))

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @property
    def settings(self) -> Settings:
        """What the office has set."""
        return self.folder.settings

    @property
    def grids_dir(self) -> Path:
        """Where datum grids are looked for."""
        return self.folder.grids_dir

    @property
    def attachments(self) -> AttachmentFolder:
        """The photos and files of features."""
        return AttachmentFolder(self.folder.attachments_dir, self.settings.max_attachment_bytes)

    @property
    def has_people(self) -> bool:
        """Whether there is a file of people; without one nobody has an account."""
        return self._people is not None or self.folder.people_path.is_file()

    @property
    def n_people_changes(self) -> int:
        """Another number after each change that this process makes to what is kept about people."""
        return -1 if self._people is None else self._people.n_changes

    @property
    def people(self) -> People:
        """The people of the office, their tablets, and the account of what they did.

        Raises:
            PeopleError: Their file cannot be used.
        """
        with self._people_lock:
            if self._people is None:
                self._people = People(
                    self.folder.people_path,
                    clock=lambda: self.clock(),
                    new_id=lambda: self.new_id(),
                    random=token_bytes,
                    lasting=Lasting(self.settings.session_idle_s, self.settings.session_s),
                )
            return self._people

    def office(self, author: str = "") -> Office:
        """A person at the office, who decides on conflicts and on changes that wait."""
        return Office(self.store, Author("office", author), self.clock, self.new_id)

    def close(self) -> None:
        """Closes the store and the file of people."""
        self.store.close()
        if self._people is not None:
            self._people.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def layers(self) -> tuple[LayerInfo, ...]:
        """The layers that are in the store, with their counts."""
        return tuple(self.store.layer_info(layer.key) for layer in self.store.layers())

    def definitions(self) -> tuple[Layer, ...]:
        """All known definitions, the office's own before the shipped ones of the same key; sorted by key.

        Raises:
            LayerError: Names every mistake in the definitions.
        """
        shipped = _read_definitions(layers_dir(), _state_of(layers_dir()), ())
        own = _read_definitions(self.folder.layers_dir, _state_of(self.folder.layers_dir), shipped)
        by_key = {layer.key: layer for layer in (*shipped, *own)}
        return tuple(by_key[key] for key in sorted(by_key))

    def known_layers(self) -> tuple[Layer, ...]:
        """All definitions, and the layers of the store that have none (made from a ledger)."""
        definitions = self.definitions()
        defined = {layer.key for layer in definitions}
        return (*definitions, *(layer for layer in self.store.layers() if layer.key not in defined))

    def add_layer(self, layer: Layer, *, author: str = "") -> LayerInfo:
        """Makes a layer in the store to capture in, or brings one that is there to a newer definition.

        Raises:
            LayerError: The stored definition is newer, or the new one would lose values.
        """
        with self.store.transact(Author("office", author), at=self.clock(), note="layer") as transaction:
            transaction.put_layer(layer)
        return self.store.layer_info(layer.key)

    def known_layer(self, key: str) -> Layer:
        """Finds a layer by its key, whether it is in the store or not.

        Raises:
            LayerError: There is none; offers the nearest keys.
        """
        layers = {layer.key: layer for layer in self.known_layers()}
        if key in layers:
            return layers[key]
        near = ", ".join(get_close_matches(key, layers)) or ", ".join(layers)
        raise LayerError(
            Text(
                f"「{key}」というレイヤーはありません。あるのは: {near}",
                f'There is no layer "{key}"; there are: {near}',
            ),
            layer=key,
        )

    def write_fix_list(self, import_id: str, path: Path | str, *, language: str = "ja") -> int:
        """Writes the ledger of an import as a workbook with what has to be mended; gives the number of marked cells.

        Raises:
            StoreError: There is no such import, or the file cannot be written.
            SourceError: The copy of the source is not there.
        """
        from gis_capture.workspace.fixing import write_fix_list_of

        return write_fix_list_of(self, import_id, Path(path), language=language)

    def read_layer(
        self, key: str, *, bbox: BBox | None = None, equals: Mapping[str, Value] | None = None
    ) -> "GeoDataFrame":
        """Reads features as a GeoDataFrame in the layer's CRS; `workspace.frames` describes its columns.

        Args:
            key: Of the layer.
            bbox: (min_x, min_y, max_x, max_y) in EPSG:4326; leaves out what is not located.
            equals: Field names with the value they must have.

        Raises:
            LayerError: There is no such layer or field.
        """
        from gis_capture.workspace.frames import to_frame

        query = FeatureQuery(bbox=BBox(*bbox) if bbox else None, equals=equals)
        return to_frame(self.store.layer(key), self.store.features(key, query))

    def write_layer(self, frame: "GeoDataFrame", key: str, *, author: str = "") -> Written:
        """Writes a GeoDataFrame back, all of it or nothing; rows that are not in the frame stay.

        A row with a known `feature_id` updates that feature where it differs; any other row is a new feature.
        Columns that the frame has not stay as they are.

        Raises:
            LayerError: There is no such layer.
            FieldError: A column or a value does not fit.
            CRSError: The frame is in another CRS.
            FeatureError: A `feature_id` stands twice, or a feature was changed by somebody else since it was read.
        """
        from gis_capture.workspace.frames import check_frame
        from gis_capture.workspace.writing import write_frame

        layer = self.store.layer(key)
        check_frame(frame, layer)
        with self.store.transact(Author("office", author), at=self.clock(), note="write_layer") as transaction:
            return write_frame(frame, layer, transaction, new_id=self.new_id)

    def export(
        self,
        key: str,
        path: Path | str,
        *,
        file_format: str = "gpkg",
        encoding: str = "utf-8-sig",
        with_personal: bool = True,
        as_of: str | None = None,
        lies_in: Callable[[str], Callable[[Geometry | None], bool]] | None = None,
    ) -> Export:
        """Writes a layer to a file: "gpkg", "geojson", "csv" or "fgb"; the file is replaced at once when it is whole.

        Args:
            key: Of the layer.
            path: Of the file.
            file_format: Its format.
            encoding: Of a CSV file.
            with_personal: Whether fields with personal data are written.
            as_of: As the layer was at the end of this day of Japan, "2026-10-31", or at this instant; None = as it is.
            lies_in: Tells by the CRS of the layer which geometries are written; None = all features are.

        Raises:
            MomentError: `as_of` is neither.
            LayerError: There is no such layer.
            StoreError: The file cannot be written.
        """
        if as_of is not None:
            # What another program wrote has no revision yet that a moment could be compared with.
            self.adopt_direct_edits()
        return export_layer(
            self.store,
            key,
            Path(path),
            file_format=file_format,
            encoding=encoding,
            with_personal=with_personal,
            keeps=None if lies_in is None else lies_in(self.store.layer(key).crs),
            revision=None if as_of is None else self.store.revision_before(end_of(as_of)),
        )

    @property
    def checkouts(self) -> Checkouts:
        """Files that were handed out to be edited in QGIS or QField."""
        return Checkouts(
            self.folder.checkouts_dir,
            self.store,
            clock=self.clock,
            new_id=self.new_id,
            attachments=self.attachments,
        )

    def checkout(
        self,
        path: Path | str,
        layers: Sequence[str] = (),
        *,
        bbox: BBox | None = None,
        area: Geometry | None = None,
        author: str = "",
        with_personal: bool = False,
    ) -> Checkout:
        """Writes a GeoPackage to edit in QGIS or QField; `checkin` takes it back.

        Args:
            path: Of the file; an older one is replaced.
            layers: Keys; none = all.
            bbox: (min_x, min_y, max_x, max_y) in EPSG:4326; what touches it or has no place is in the file.
            area: A shape in EPSG:4326 in place of a box.
            author: Who takes it.
            with_personal: Whether fields with personal data are in it.

        Raises:
            LayerError: There is no such layer.
            StoreError: The file cannot be written.
        """
        self.adopt_direct_edits()
        shape = area if area is not None else box(*bbox) if bbox else None
        return self.checkouts.make(Path(path), layers, author=author, area=shape, with_personal=with_personal)

    def checkin(
        self,
        path: Path | str,
        *,
        checkout_id: str | None = None,
        photos: Path | str | None = None,
        author: str = "",
        is_dry_run: bool = False,
        are_deletions_allowed: bool = False,
        is_after_restore: bool = False,
    ) -> Checkin:
        """Takes a file back in that was edited elsewhere; the same file twice adds nothing.

        `Checkouts.take` describes the arguments.

        Raises:
            SourceError: The file is damaged, unknown here, or of another epoch.
        """
        return self.checkouts.take(
            Path(path),
            checkout_id=checkout_id,
            photos=None if photos is None else Path(photos),
            author=author,
            is_dry_run=is_dry_run,
            are_deletions_allowed=are_deletions_allowed,
            is_after_restore=is_after_restore,
        )

    def adopt_direct_edits(self) -> None:
        """Takes what other programs changed straight in the layer file into the history."""
        self.store.adopt_direct_edits(DIRECT_EDIT, at=self.clock(), new_id=self.new_id)

    def history(self, key: str, feature_id: str) -> dict[str, Any]:
        """Tells what happened to a feature, newest first; `sync.history.feature_history` describes the form.

        Raises:
            LayerError: There is no such layer.
            SyncError: The feature was never in it.
        """
        self.adopt_direct_edits()
        return feature_history(self.store, key, feature_id)

    @property
    def backups_dir(self) -> Path:
        """Where backups are, unless another place is named: as the office set it, or `backups`."""
        return self.path / (self.folder.backup_to or "backups")

    def back_up(self, target: Path | str | None = None) -> Backup:
        """Makes a backup of layers, photos, sources, definitions and settings while others go on; it is read back.

        Args:
            target: A folder for backups, best on another disk; None = where the office keeps them.

        Raises:
            WorkspaceError: It cannot be written there.
            StoreError: The store cannot be copied.
        """
        folder = Path(target) if target else self.backups_dir
        people = self.people.copy_to if self.has_people else None
        keep = self.settings.backups_kept
        return back_up(self.folder, self.store, folder, at=self.clock(), keep=keep, people=people)

    def check_integrity(self) -> list[Problem]:
        """Looks for damage in the store; gives what was found."""
        return self.store.check_integrity()

    def imports(self) -> list[dict[str, Any]]:
        """All imports, newest first."""
        return self.store.imports()


def _state_of(folder: Path) -> tuple[tuple[str, int], ...]:
    """What changes when a definition is edited: the times of all files."""
    return tuple((str(path), path.stat().st_mtime_ns) for path in sorted(folder.glob("*/**/*.*")))


@lru_cache(maxsize=16)
def _read_definitions(folder: Path, state: object, beside: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Reads definitions again only when `state` is another."""
    return read_layers(folder, beside=beside)
