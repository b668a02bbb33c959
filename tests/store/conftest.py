"""Stores to test with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis_capture.model import Feature
from gis_capture.store import GeoPackageStore, open_store
from tests.store.lamps import AT, LAMPS, OFFICE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is: a folder as offices have them."""
    folder = tmp_path / "道路課 台帳#1 100%"
    folder.mkdir()
    return folder / "街路灯 台帳.gpkg"


@pytest.fixture
def store(path: Path) -> Iterator[GeoPackageStore]:
    """An empty store."""
    store = open_store(path, create=True, epoch="epoch-1")
    yield store
    store.close()


@pytest.fixture
def write(store: GeoPackageStore) -> Callable[..., int]:
    """Inserts lamps in a transaction of their own; gives its revision."""

    def write(*features: Feature) -> int:
        with store.transact(OFFICE, at=AT) as transaction:
            transaction.put_layer(LAMPS)
            transaction.insert(features)
            return transaction.revision

    return write
