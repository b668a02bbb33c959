"""The folder of a workspace: what lies where, and `workspace.toml`."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from gis_capture.errors import FormatVersionError, WorkspaceError
from gis_capture.ledger.gaiji import read_gaiji
from gis_capture.settings import Settings, read_settings
from gis_capture.store import open_store
from gis_capture.store.opening import is_database, split_password, with_password
from gis_capture.text import Text
from gis_capture.workspace.document import write_value
from gis_capture.workspace.https import Https, read_https
from gis_capture.workspace.office import VARIABLES, with_environment
from gis_capture.workspace.online_tiles import OnlineTiles, read_online_tiles
from gis_capture.workspace.outside import SECRET_NAME, Network, Oidc, read_oidc, read_proxies

FORMAT = "gis-capture.workspace/v1"
FILE_NAME = "workspace.toml"
STORE_NAME = "layers.gpkg"
PASSWORD_NAME = "store_password"
STORE_VARIABLE = "GIS_CAPTURE_STORE"
FOLDERS = (
    "attachments",
    "backups",
    "cache",
    "checkouts",
    "grids",
    "layers",
    "logs",
    "packs",
    "rasters",
    "recipes",
    "scanned",
    "scans",
    "secrets",
    "sheets",
    "sources",
    "styles",
    "uploads",
)


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the parts of a workspace are.

    Attributes:
        name: Of the department, as it was given.
        store: Where the layers are: a database, or a file by its path from this folder.
        plane_zone: Zone of the plane rectangular CRS in which the city's drawings are (1–19), where it was given.
        city: The office's own, "岐阜県高山市": addresses that name no city are in it; "" = not given.
        backup_to: Folder of the daily backups, best on another disk; "" = `backups` of the workspace.
        https: The address by which tablets reach the server, where one was set up.
        proxies: Those that are believed what they say of who asks.
        oidc: The city's identity provider.
        online_tiles: Tiles that pages may fetch from the internet, where the office has switched that on.
    """

    path: Path
    name: str
    settings: Settings
    plane_zone: int | None = None
    store: str = STORE_NAME
    city: str = ""
    https: Https | None = None
    backup_to: str = ""
    proxies: tuple[Network, ...] = ()
    oidc: Oidc | None = None
    online_tiles: OnlineTiles | None = None

    @property
    def oidc_secret(self) -> str:
        """What the identity provider gave to this server; "" = nothing."""
        kept = self.path / "secrets" / SECRET_NAME
        return kept.read_text(encoding="utf-8").strip() if kept.is_file() else ""

    @property
    def store_path(self) -> Path:
        """The GeoPackage of the layers, where they are in the folder."""
        return self.path / STORE_NAME

    @property
    def store_place(self) -> Path | str:
        """The place of the layers, as `open_store` takes it; with the password that is kept in `secrets`."""
        if not is_database(self.store):
            return self.path / self.store
        kept = self.path / "secrets" / PASSWORD_NAME
        return with_password(self.store, kept.read_text(encoding="utf-8").strip()) if kept.is_file() else self.store

    @property
    def attachments_dir(self) -> Path:
        """Photos and files by their SHA-256."""
        return self.path / "attachments"

    @property
    def sources_dir(self) -> Path:
        """Copies of imported sources by their SHA-256."""
        return self.path / "sources"

    @property
    def uploads_dir(self) -> Path:
        """Sources that were uploaded and are not imported yet."""
        return self.path / "uploads"

    @property
    def checkouts_dir(self) -> Path:
        """Files that were handed out to QGIS or QField, as they were then."""
        return self.path / "checkouts"

    @property
    def packs_dir(self) -> Path:
        """Base maps."""
        return self.path / "packs"

    @property
    def rasters_dir(self) -> Path:
        """Scans and photographs as tiles."""
        return self.path / "rasters"

    @property
    def scans_dir(self) -> Path:
        """Scanned maps that are being placed."""
        return self.path / "scans"

    @property
    def scanned_dir(self) -> Path:
        """Ledgers on paper, with what was read of them and decided."""
        return self.path / "scanned"

    @property
    def styles_dir(self) -> Path:
        """Styles of the office's own."""
        return self.path / "styles"

    @property
    def sheets_dir(self) -> Path:
        """Field sheets that were printed, and what came back of them."""
        return self.path / "sheets"

    @property
    def secrets_dir(self) -> Path:
        """Keys and passwords; only the server's user may read them."""
        return self.path / "secrets"

    @property
    def people_path(self) -> Path:
        """Accounts, sessions, paired tablets, and the account of what was done; may not be there."""
        return self.secrets_dir / "people.sqlite"

    @property
    def cache_dir(self) -> Path:
        """What can be made anew: columns of layers, for a quick start of their tiles."""
        return self.path / "cache"

    @property
    def logs_dir(self) -> Path:
        """What the server noted of its work."""
        return self.path / "logs"

    @property
    def layers_dir(self) -> Path:
        """Layer definitions of the office's own; one with the key of a shipped layer replaces it."""
        return self.path / "layers"

    def gaiji(self) -> dict[str, str]:
        """What the office's private characters are, as its `gaiji.csv` says; nothing where there is none.

        Raises:
            SourceError: The table cannot be read.
        """
        path = self.path / "gaiji.csv"
        return read_gaiji(path) if path.is_file() else {}

    @property
    def recipes_dir(self) -> Path:
        """Recipes: how ledgers of a shape are read."""
        return self.path / "recipes"

    @property
    def grids_dir(self) -> Path:
        """Datum grids that the office downloaded."""
        return self.path / "grids"

    @property
    def gazetteer_path(self) -> Path:
        """The address dictionary that the office built; may not be there."""
        return self.path / "gazetteer.sqlite"


def is_workspace(path: Path) -> bool:
    """Tells whether a folder is a workspace."""
    return (path / FILE_NAME).is_file()


def find_workspace(start: Path) -> Path:
    """Finds the workspace that a folder belongs to, going upwards.

    Raises:
        WorkspaceError: There is none.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        if is_workspace(folder):
            return folder
    raise WorkspaceError(
        Text(
            f"「{start}」にもその上のフォルダーにも作業フォルダーがありません。"
            "「gis-capture init」で作るか、--workspace で指定してください。",
            f'Neither "{start}" nor a folder above it is a workspace: make one with "gis-capture init", '
            "or name one with --workspace.",
        ),
        path=start,
    )


def create_folder(
    path: Path,
    *,
    name: str,
    created_at: str,
    plane_zone: int | None = None,
    store: str | None = None,
    city: str = "",
) -> None:
    """Makes folders, store and `workspace.toml`; the latter last, so that a half-made workspace is none.

    Raises:
        WorkspaceError: The folder holds something else, is a workspace already, or cannot be written.
        StoreError: The database of `store` cannot be used.
    """
    if is_workspace(path):
        raise WorkspaceError(
            Text(f"「{path}」はもう作業フォルダーです。", f'"{path}" is a workspace already.'), path=path
        )
    try:
        refuse_strangers(path, allowed=(STORE_NAME,))
        make_folders(path)
        open_store(store or path / STORE_NAME, create=True).close()
        document: dict[str, Any] = {"format": FORMAT, "name": name, "created_at": created_at}
        if store is not None:
            document["store"] = keep_password(path, store)
        if plane_zone is not None:
            document["plane_zone"] = plane_zone
        if city:
            document["city"] = city
        unfinished = path / f"{FILE_NAME}.new"
        unfinished.write_text(tomli_w.dumps({**document, "settings": {}}), encoding="utf-8")
        os.replace(unfinished, path / FILE_NAME)
    except WorkspaceError:
        raise
    except OSError as error:
        raise WorkspaceError(
            Text(
                f"「{path}」に作業フォルダーを作れません({error.strerror})。書き込める場所を指定してください。",
                f'Cannot make a workspace in "{path}" ({error.strerror}): name a place you may write to.',
            ),
            path=path,
        ) from error


def refuse_strangers(path: Path, *, allowed: Sequence[str]) -> None:
    """Keeps a folder that holds something else than a workspace as it is.

    Raises:
        WorkspaceError: It does, or it is a file.
    """
    if path.exists() and not path.is_dir():
        strangers = [path.name]
    else:
        names = [child.name for child in path.iterdir()] if path.exists() else []
        strangers = sorted(name for name in names if name not in (*FOLDERS, *allowed) and not name.startswith("."))
    if strangers:
        raise WorkspaceError(
            Text(
                f"「{path}」には別のもの({strangers[0]} など)が入っています。空のフォルダーを指定してください。",
                f'"{path}" holds something else ("{strangers[0]}"): name an empty or a new folder.',
            ),
            path=path,
        )


def make_folders(path: Path) -> None:
    """Makes the folder of a workspace with those in it."""
    path.mkdir(parents=True, exist_ok=True)
    # Not for everybody on this machine; the group stays, with which an office may share it.
    path.chmod(path.stat().st_mode & 0o770)
    for child in FOLDERS:
        (path / child).mkdir(exist_ok=True)
    (path / "secrets").chmod(0o700)


def read_folder(path: Path, environ: Mapping[str, str]) -> Folder:
    """Reads `workspace.toml`.

    Raises:
        WorkspaceError: No workspace, or its file cannot be read or holds a wrong value.
        FormatVersionError: Made by a newer version.
    """
    path = path.absolute()
    file = path / FILE_NAME
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise WorkspaceError(
            Text(
                f"「{path}」は作業フォルダーではありません。「gis-capture init」で作ってください。",
                f'"{path}" is no workspace: make one with "gis-capture init".',
            ),
            path=path,
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(file, str(error)) from error
    if document.get("format") != FORMAT:
        found = document.get("format")
        raise FormatVersionError(
            Text(
                f"「{file}」の形式「{found}」は、この版では開けません。GIS Capture を新しくしてください。",
                f'"{file}" has the format "{found}", which this version does not read: update GIS Capture.',
            ),
            path=file,
            version=found,
        )
    document = with_environment(document, environ)
    table, zone = document.get("settings", {}), document.get("plane_zone")
    if not isinstance(table, dict):
        raise _unreadable(file, "[settings]")
    if zone is not None and not (isinstance(zone, int) and 1 <= zone <= 19):
        raise _unreadable(file, f"plane_zone = {zone}")
    store = environ.get(STORE_VARIABLE) or document.get("store", STORE_NAME)
    if not isinstance(store, str):
        raise _unreadable(file, f"store = {store}")
    try:
        https, proxies, oidc = read_https(document), read_proxies(document), read_oidc(document)
        tiles = str(document.get("online_tiles", ""))
        online = read_online_tiles(tiles) if tiles else None
    except ValueError as error:
        raise _unreadable(file, str(error)) from error
    others = set(VARIABLES.values())
    settings = read_settings(table, {name: value for name, value in environ.items() if name not in others})
    name, city, backup_to = (str(document.get(one, "")) for one in ("name", "city", "backup_to"))
    return Folder(path, name, settings, zone, store, city, https, backup_to, proxies, oidc, online)


def keep_password(path: Path, store: str) -> str:
    """Puts the password of a database's URL into `secrets`; gives the URL without it."""
    shown, password = split_password(store)
    if password:
        secret = path / "secrets" / PASSWORD_NAME
        secret.touch(mode=0o600)
        secret.write_text(password, encoding="utf-8")
    return shown


def write_store_place(path: Path, store: str) -> None:
    """Writes into `workspace.toml` where the layers are; everything else in it stays as it is."""
    write_value(path / FILE_NAME, "store", store)


def _unreadable(file: Path, reason: str) -> WorkspaceError:
    return WorkspaceError(
        Text(f"「{file}」を読めません({reason})。直してください。", f'Cannot read "{file}" ({reason}): mend it.'),
        path=file,
    )
