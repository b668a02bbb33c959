"""What the tests of conversion share: a store, layers, and a clock and ids that do not depend on the day."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest

from gis_capture.definitions import read_layers
from gis_capture.model import Layer
from gis_capture.resources import layers_dir
from gis_capture.store import GeoPackageStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GeoPackageStore]:
    """An empty store."""
    store = open_store(tmp_path / "layers.gpkg", create=True)
    yield store
    store.close()


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Ids that count up."""
    numbers = count(1)
    return lambda: f"00000000-0000-7000-8000-{next(numbers):012}"


@pytest.fixture
def clock() -> Callable[[], str]:
    """Always the same time."""
    return lambda: "2026-11-23T02:10:00Z"


@pytest.fixture(scope="session")
def layers() -> dict[str, Layer]:
    """The definitions that are shipped, by key."""
    return {layer.key: layer for layer in read_layers(layers_dir())}


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines of cells as a CSV file."""

    def write(rows: Sequence[Sequence[str]], name: str = "消防水利.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(",".join(cells) for cells in rows) + "\n", encoding="utf-8")
        return path

    return write
