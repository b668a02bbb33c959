"""Takes the layers of a workspace to another place: from a file to a database, or back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gis_capture.errors import StoreError
from gis_capture.store import open_store
from gis_capture.store.geopackage.copies import release_file
from gis_capture.store.moving import move_store
from gis_capture.store.opening import is_database, split_password
from gis_capture.store.protocol import DIRECT_EDIT, Store
from gis_capture.text import Text
from gis_capture.workspace.folder import keep_password, read_folder, write_store_place


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was taken where.

    Attributes:
        place: Where the layers are now, without a password.
        left: Where they were; that store is as it was.
    """

    place: str
    left: str
    n_layers: int
    n_features: int
    epoch: str


def migrate(path: Path, to: str, *, at: str, environ: Mapping[str, str]) -> Migrated:
    """Takes the layers of a workspace to a place that holds nothing, and lets the workspace use it from then on.

    Everything is read back and compared before it counts. The store that was left stays as it was; the new one has an
    epoch of its own, so that tablets bring their copies up to it. After a kill the command is simply given again.

    Raises:
        StoreError: The place holds something, cannot be used, or a server has the workspace open.
        FeatureError: The other kind of store cannot hold a value; nothing was moved.
    """
    folder = read_folder(path, environ)
    source_place = folder.store_place
    target_place: Path | str = to if is_database(to) else (Path.cwd() / to).resolve()
    if target_place == source_place or split_password(str(target_place))[0] == split_password(str(source_place))[0]:
        raise StoreError(
            Text(
                "移行先と移行元が同じです。別の場所を指定してください。",
                "Source and target are the same: name another place.",
            )
        )
    if isinstance(source_place, Path) and source_place.is_file():
        release_file(source_place)
    source = open_store(source_place)
    try:
        _refuse_others(source)
        target = open_store(target_place, create=True)
        try:
            n_features = move_store(source, target, author=DIRECT_EDIT, at=at)
            shown = keep_password(folder.path, to) if is_database(to) else _relative(folder.path, Path(target_place))
            write_store_place(folder.path, shown)
            return Migrated(shown, split_password(folder.store)[0], len(target.layers()), n_features, target.epoch)
        finally:
            target.close()
    finally:
        source.close()


def _relative(folder: Path, file: Path) -> str:
    """The path of a file from the workspace, so that both can be moved together."""
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.as_posix()


def _refuse_others(store: Store) -> None:
    """Sees that no server has a database open; a file says so itself when it is released."""
    n_others = getattr(store, "n_others", lambda: 0)()
    if n_others:
        raise StoreError(
            Text(
                f"ほかの GIS Capture が使っています(接続 {n_others})。サーバーを止めてから移してください。",
                f"{n_others} connections of GIS Capture use this database: stop the server first.",
            )
        )
