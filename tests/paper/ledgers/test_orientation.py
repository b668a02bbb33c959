"""A page is turned upright by the side on which its letters can be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from gis_capture.paper.ledgers.orientation import TURNS, find_turn, turned
from gis_capture.paper.ledgers.straighten import Pixels
from gis_capture.paper.ledgers.table import Reading

PX_PER_MM = 6.0


@dataclass
class UprightReader:
    """Stands for an engine: sure of words whose dark end is on the left, as they are drawn here."""

    name: str = "upright"
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """Reads."""
        self.asked += [line.shape for line in lines]
        found = []
        for line in lines:
            ink = 255 - line.astype(np.float64).mean(axis=0)
            half = len(ink) // 2
            is_upright = line.shape[1] > line.shape[0] and ink[:half].sum() > ink[half:].sum()
            found.append(Reading(self.name, "町名", 0.98 if is_upright else 0.3))
        return found


def page() -> Pixels:
    """Words in rows and columns, each thick at its beginning and thin at its end."""
    drawn = np.full((900, 1200), 255, np.uint8)
    for top in range(100, 800, 60):
        for left in (80, 480, 880):
            drawn[top : top + 18, left : left + 50] = 0
            drawn[top + 7 : top + 11, left + 50 : left + 110] = 0
            drawn[top : top + 18, left + 110 : left + 113] = 0
    return drawn


@pytest.mark.parametrize("degrees", TURNS)
def test_a_page_is_turned_back(degrees: int) -> None:
    """Whichever of the four ways it lies."""
    reader = UprightReader()
    lying = turned(page(), degrees)
    assert find_turn(lying, reader, PX_PER_MM) == (360 - degrees) % 360
    assert 0 < len(reader.asked) <= 28


def test_an_empty_page_stays() -> None:
    """Nothing tells which way is up, and no engine is asked."""
    reader = UprightReader()
    assert find_turn(np.full((900, 1200), 255, np.uint8), reader, PX_PER_MM) == 0 and reader.asked == []
