"""Damaged sources: read or refused within time and memory, whatever happened to their bytes."""

import sys
from pathlib import Path

import pytest

from tests.ledger.fuzz.campaign import corpus, damage, run
from tests.ledger.fuzz.reader import Verdict

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.mark.skipif(sys.platform == "win32", reason="memory is limited by POSIX means")
def test_two_hundred_damaged_sources_are_read_or_refused(tmp_path: Path) -> None:
    """The same seeds every time; `just fuzz` runs as many others as one likes."""
    outcomes, failures = run(corpus([SAMPLES]), seeds=range(200), keep_in=tmp_path)
    assert failures == []
    assert outcomes["read"] > 20
    assert outcomes["refused"] > 20


def test_the_same_seed_damages_in_the_same_way(tmp_path: Path) -> None:
    """A failure can be looked at again from its number alone."""
    sources = corpus([SAMPLES])
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for seed in range(20):
        _, first = damage(sources, seed, tmp_path / "a")
        _, second = damage(sources, seed, tmp_path / "b")
        assert (first.name, first.read_bytes()) == (second.name, second.read_bytes())


@pytest.mark.parametrize("outcome", ["exception", "hang", "death", "slow", "memory", "written"])
def test_anything_else_is_a_failure(outcome: str) -> None:
    """Only a reading and a refusal keep the promise."""
    assert Verdict(outcome).is_failure
    assert not Verdict("read").is_failure
