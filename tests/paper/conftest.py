"""A workspace with street lights to be printed on sheets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from shapely import Point

from gis_capture.errors import ResourceError
from gis_capture.model import Feature, PositionQuality
from gis_capture.paper.fonts import find_font
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace

LAYER = "street_light"
WEST, SOUTH, EAST, NORTH = 137.2500, 36.1400, 137.2515, 36.1407
"""An area that fits on one sheet of A4 at 1:500."""


@pytest.fixture(scope="session")
def font() -> Path:
    """A Japanese font of this computer; nothing is printed without one."""
    try:
        return find_font()
    except ResourceError as error:
        pytest.skip(error.message.en)


@contextmanager
def street_lights(path: Path) -> Iterator[Workspace]:
    """Twenty street lights in the area, and one far away."""
    with Workspace.create(path, plane_zone=7) as made:
        rng = np.random.default_rng(5)
        places = [(WEST + rng.random() * (EAST - WEST), SOUTH + rng.random() * (NORTH - SOUTH)) for _ in range(20)]
        features = [
            Feature(
                LAYER,
                f"0190a1b2-0000-7000-8000-{n:012}",
                Point(place),
                {"ledger_number": f"L-{n:03}"},
                position=PositionQuality("tap", 1.0),
            )
            for n, place in enumerate([*places, (138.0, 37.0)], 1)
        ]
        with made.store.transact(Author("office"), at="2026-10-01T00:00:00Z") as transaction:
            transaction.put_layer(made.known_layer(LAYER))
            transaction.insert(features)
        yield made


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with street lights of its own."""
    with street_lights(tmp_path / "workspace") as made:
        yield made
