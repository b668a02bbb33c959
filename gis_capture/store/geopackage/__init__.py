"""The embedded store: one GeoPackage file."""

from gis_capture.store.geopackage.store import GeoPackageStore, open_geopackage

__all__ = ["GeoPackageStore", "open_geopackage"]
