"""A workspace with last month's ledger in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from gis_capture.workspace import Workspace
from tests.workspace.ledger_versions import LAYER, light, write_version


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace."""
    with Workspace.create(tmp_path / "workspace") as made:
        yield made


@pytest.fixture
def november(workspace: Workspace, tmp_path: Path) -> list[dict[str, str]]:
    """The rows of the first version, which is in the layer."""
    rows = [light(f"A-{n}") for n in range(1, 7)]
    workspace.convert(write_version(tmp_path / "外灯11月.csv", rows), layer=LAYER)
    return rows


@pytest.fixture
def december(tmp_path: Path) -> Callable[[Sequence[Mapping[str, str]]], Path]:
    """Writes the next version."""
    return lambda rows: write_version(tmp_path / "外灯12月.csv", rows)
