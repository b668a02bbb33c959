"""Addresses that invite mistakes, each with the mistake it invites."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer

FOLDER = Path(__file__).parent / "addresses"
with (FOLDER / "hard.csv").open(encoding="utf-8", newline="") as stream:
    HARD = list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """A gazetteer of the towns beside the addresses; their points are rough."""
    path = tmp_path_factory.mktemp("gazetteer") / "gazetteer.sqlite"
    build_gazetteer([FOLDER / "towns.csv"], path)
    with Gazetteer(path) as opened:
        yield opened


@pytest.mark.parametrize("row", HARD, ids=[row["why"] + ": " + row["address"] for row in HARD])
def test_hard_addresses_are_read_as_a_person_would(gazetteer: Gazetteer, row: dict[str, str]) -> None:
    """Level, name, rest and whether it is sure."""
    match = gazetteer.search(row["address"], city=row["city"] or None)
    is_sure = "yes" if match.is_sure else "no"
    assert (match.level, match.name, match.tail, is_sure) == (row["level"], row["name"], row["tail"], row["is_sure"])
