"""The store in a PostgreSQL database with PostGIS: one schema for each workspace."""

from gis_capture.store.postgis.store import PostgisStore, open_postgis

__all__ = ["PostgisStore", "open_postgis"]
