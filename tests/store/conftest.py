"""Stores to test with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis_capture.model import Feature
from gis_capture.store import Store
from tests.store.lamps import AT, LAMPS, OFFICE
from tests.stores import opened_store, parametrize_store


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs each test with each store."""
    parametrize_store(metafunc)


@pytest.fixture
def path(file_path: Path) -> Path:
    """Where the store is, for tests of the GeoPackage."""
    return file_path


@pytest.fixture
def file_path(tmp_path: Path) -> Path:
    """A place for a GeoPackage: a folder as offices have them."""
    folder = tmp_path / "道路課 台帳#1 100%"
    folder.mkdir()
    return folder / "街路灯 台帳.gpkg"


@pytest.fixture
def store(request: pytest.FixtureRequest, file_path: Path) -> Iterator[Store]:
    """An empty store."""
    with opened_store(request, file_path, epoch="epoch-1") as opened:
        yield opened


@pytest.fixture
def write(store: Store) -> Callable[..., int]:
    """Inserts lamps in a transaction of their own; gives its revision."""

    def write(*features: Feature) -> int:
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.put_layer(LAMPS)
            transaction.insert(features)
            return transaction.revision

    return write
