"""The tables of the store's own, as SQL."""

import re
from importlib.resources import files

SCHEMA = files("gis_capture.store.geopackage").joinpath("schema.sql").read_text(encoding="utf-8")
TABLES = tuple(re.findall(r"CREATE TABLE (\w+)", SCHEMA))
EXTENSION_DEFINITION = "docs/format.md"
"""Where gpkg_extensions says what these tables are."""
