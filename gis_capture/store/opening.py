"""Opens a store by its place: a file, or a database."""

from pathlib import Path
from typing import overload
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from gis_capture.store.geopackage import GeoPackageStore, open_geopackage
from gis_capture.store.protocol import Store


@overload
def open_store(place: Path, *, create: bool = False, epoch: str | None = None) -> GeoPackageStore: ...


@overload
def open_store(place: Path | str, *, create: bool = False, epoch: str | None = None) -> Store: ...


def open_store(place: Path | str, *, create: bool = False, epoch: str | None = None) -> Store:
    """Opens a store.

    Args:
        place: Path of a GeoPackage, or "postgresql://user@host/database?schema=name".
        create: Makes it when it is not there.
        epoch: Id of a new store's life; minted when not given.

    Raises:
        StoreError: It is not there, not ours, or cannot be opened.
        FormatVersionError: A newer version wrote it.
    """
    if isinstance(place, str) and is_database(place):
        from gis_capture.store.postgis import open_postgis

        return open_postgis(place, create=create, epoch=epoch)
    return open_geopackage(Path(place), create=create, epoch=epoch)


def is_database(place: str) -> bool:
    """Tells a database from a path."""
    return place.startswith(("postgresql://", "postgres://"))


def split_password(place: str) -> tuple[str, str | None]:
    """Gives a place as it may be shown and kept, and the password that was in it."""
    if not is_database(place):
        return place, None
    parts = urlsplit(place)
    user, at, host = parts.netloc.rpartition("@")
    name, has_password, password = user.partition(":")
    return urlunsplit(parts._replace(netloc=name + at + host)), unquote(password) if has_password else None


def with_password(place: str, password: str) -> str:
    """Gives the URL of a database with a password, unless it has one."""
    parts = urlsplit(place)
    user, at, host = parts.netloc.rpartition("@")
    if not user or ":" in user:
        return place
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}{at}{host}"))
