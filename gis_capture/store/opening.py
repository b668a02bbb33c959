"""Opens a store by its place: a file."""

from pathlib import Path

from gis_capture.store.geopackage import GeoPackageStore, open_geopackage


def open_store(place: Path | str, *, create: bool = False, epoch: str | None = None) -> GeoPackageStore:
    """Opens a store.

    Args:
        place: Path of a GeoPackage.
        create: Makes it when it is not there.
        epoch: Id of a new store's life; minted when not given.

    Raises:
        StoreError: It is not there, not ours, or cannot be opened.
        FormatVersionError: A newer version wrote it.
    """
    return open_geopackage(Path(place), create=create, epoch=epoch)
