"""A day over a bad network, with kills, from a seed: nothing is lost. `just soak` lives longer ones."""

import os
from pathlib import Path

import pytest

from tests.faults.day import Day, replay_words

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills process groups, which Windows has not")

SEEDS = (1, 2)
N_STEPS = 30


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_over_a_bad_network_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Every value is in the layer, on record or in an outbox; all tablets hold the same; photos and file are whole."""
    day = Day(tmp_path, seed, N_STEPS)

    found = day.run()

    assert found == [], "\n".join([*day.log, replay_words(seed, N_STEPS)])
    assert len(day.captured) > 10
