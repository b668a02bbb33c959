"""A store with street lights and their poles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.store import Store
from tests.stores import opened_store, parametrize_store


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs each test with each store."""
    parametrize_store(metafunc)


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with opened_store(request, tmp_path / "layers.gpkg") as opened:
        yield opened
