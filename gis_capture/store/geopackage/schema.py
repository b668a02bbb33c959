"""The tables of the store's own, as SQL."""

import re
from importlib.resources import files

SCHEMA = files("gis_capture.store.geopackage").joinpath("schema.sql").read_text(encoding="utf-8")
EXTENSION_DEFINITION = "docs/format.md"
"""Where gpkg_extensions says what these tables are."""
TABLES = tuple(re.findall(r"CREATE TABLE (\w+)", SCHEMA))
SYNC_SCHEMA = files("gis_capture.store.geopackage").joinpath("sync_records.sql").read_text(encoding="utf-8")
SYNC_TABLES = (
    "gis_capture_receipts",
    "gis_capture_other_bodies",
    "gis_capture_conflicts",
    "gis_capture_named_attachments",
)
