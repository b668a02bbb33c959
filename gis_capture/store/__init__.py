"""Layers, features and every change of them."""

from gis_capture.store.geopackage_store import GeoPackageStore, open_store
from gis_capture.store.protocol import Author, FeatureQuery, LayerInfo, SourceRow, Store, Transaction

__all__ = [
    "Author",
    "FeatureQuery",
    "GeoPackageStore",
    "LayerInfo",
    "SourceRow",
    "Store",
    "Transaction",
    "open_store",
]
