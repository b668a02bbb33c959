"""A store with street lights and their poles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.store import GeoPackageStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GeoPackageStore]:
    """An empty store."""
    opened = open_store(tmp_path / "layers.gpkg", create=True)
    yield opened
    opened.close()
