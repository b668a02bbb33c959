"""Layers, features and every change of them."""

from gis_capture.store.geopackage import GeoPackageStore
from gis_capture.store.opening import open_store
from gis_capture.store.protocol import Author, FeatureQuery, LayerInfo, Snapshot, Store, Transaction
from gis_capture.store.source_rows import SourceRow

__all__ = [
    "Author",
    "FeatureQuery",
    "GeoPackageStore",
    "LayerInfo",
    "Snapshot",
    "SourceRow",
    "Store",
    "Transaction",
    "open_store",
]
