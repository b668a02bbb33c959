"""Chance that is the same on every machine and in every version of Python."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws from a seed; uses only `random()`, whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        """Starts the sequence of this seed."""
        self._draw = random.Random(seed).random

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self._draw()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self._draw())

    def one_of(self, choices: Sequence[T]) -> T:
        """One member."""
        return choices[int(len(choices) * self._draw())]

    def happens(self, probability: float) -> bool:
        """True as often as the probability says."""
        return self._draw() < probability

    def some_of(self, choices: Sequence[T], n: int) -> list[T]:
        """N different members in the order they stand."""
        ranked = sorted(range(len(choices)), key=lambda _: self._draw())
        return [choices[i] for i in sorted(ranked[:n])]
