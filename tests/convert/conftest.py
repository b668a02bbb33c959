"""A store in memory with the one law that conversion relies on: a transaction happens whole or not at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gis_capture.definitions import read_layers
from gis_capture.model import Feature, Layer
from gis_capture.resources import layers_dir
from gis_capture.store.protocol import Author, FeatureQuery, LayerInfo, SourceRow


class MemoryTransaction:
    """Writes straight into the store, which takes it back when the block raises."""

    def __init__(self, store: "MemoryStore", revision: int) -> None:
        self._store, self.revision = store, revision

    def put_layer(self, layer: Layer) -> None:
        """Keeps the definition."""
        self._store.known[layer.key] = layer

    def insert(self, features: Iterable[Feature]) -> int:
        """Keeps features under this transaction's revision."""
        before = len(self._store.rows)
        for feature in features:
            self.update(feature)
        return len(self._store.rows) - before

    def update(self, feature: Feature) -> None:
        """Replaces a feature."""
        self._store.rows[feature.feature_id] = Feature(
            feature.layer, feature.feature_id, feature.geometry, feature.fields, self.revision, feature.position
        )

    def delete(self, layer: str, feature_id: str) -> None:
        """Takes a feature out."""
        del self._store.rows[feature_id]

    def features(self, layer: str, query: FeatureQuery | None = None) -> Iterator[Feature]:
        """All features of a layer."""
        return (feature for feature in list(self._store.rows.values()) if feature.layer == layer)

    def feature(self, layer: str, feature_id: str) -> Feature | None:
        """Reads a feature."""
        return self._store.rows.get(feature_id)

    def put_import(self, record: Mapping[str, Any], rows: Iterable[SourceRow]) -> None:
        """Keeps or replaces the record of an import; its rows are added."""
        self._store.records[record["import_id"]] = dict(record)
        self._store.accounts.setdefault(record["import_id"], []).extend(rows)


class MemoryStore:
    """Implements `Store` as far as conversion needs it."""

    epoch = "epoch"

    def __init__(self) -> None:
        self.known: dict[str, Layer] = {}
        self.rows: dict[str, Feature] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.accounts: dict[str, list[SourceRow]] = {}
        self.authors: list[Author] = []

    def revision(self) -> int:
        """The newest revision."""
        return len(self.authors)

    def layers(self) -> tuple[Layer, ...]:
        """All layers."""
        return tuple(self.known.values())

    def layer(self, key: str) -> Layer:
        """One layer."""
        return self.known[key]

    def layer_info(self, key: str) -> LayerInfo:
        """A layer with its counts, without its extent."""
        found = [feature for feature in self.rows.values() if feature.layer == key]
        n_unlocated = sum(feature.geometry is None for feature in found)
        return LayerInfo(self.known[key], len(found), n_unlocated, None, self.revision())

    def feature(self, layer: str, feature_id: str) -> Feature | None:
        """One feature."""
        return self.rows.get(feature_id)

    @contextmanager
    def transact(self, author: Author, *, at: str, note: str = "") -> Iterator[MemoryTransaction]:
        """Takes everything back when the block raises."""
        before = deepcopy((self.known, self.rows, self.records, self.accounts))
        try:
            yield MemoryTransaction(self, self.revision() + 1)
        except BaseException:
            self.known, self.rows, self.records, self.accounts = before
            raise
        self.authors.append(author)

    def imports(self) -> list[dict[str, Any]]:
        """All imports, newest first."""
        return list(self.records.values())[::-1]

    def source_rows(self, import_id: str) -> Iterator[SourceRow]:
        """The account of an import."""
        return iter(self.accounts[import_id])

    def close(self) -> None:
        """Has nothing to close."""


@pytest.fixture
def store() -> MemoryStore:
    """An empty store."""
    return MemoryStore()


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
