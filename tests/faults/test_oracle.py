"""The checks of a day can fail: a server that breaks a rule of ours is found out, and so is a spoilt workspace."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gis_capture.geopackage.connection import connect
from gis_capture.workspace import Workspace
from tests.faults.day import Day
from tests.faults.oracle import complaints, value_key
from tests.faults.tablet import HeadlessTablet
from tests.sync.tablets import LAMP, POLE, fill, lamp

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills process groups, which Windows has not")


@pytest.mark.parametrize(
    ("breaks", "words"),
    [("drops conflicts", "lost: "), ("swallows an edit", "lost: "), ("spoils photos", "has other bytes")],
)
def test_a_server_that_breaks_a_rule_is_found_out(tmp_path: Path, breaks: str, words: str) -> None:
    """Within three days of work at most."""
    found: list[str] = []
    for seed in (11, 12, 13):
        if found:
            break
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            found = Day(folder, seed, 35, breaks, has_kills=False).run()
        except AssertionError as error:
            found = [str(error)]

    assert any(words in complaint for complaint in found), found[:5]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with two lamps."""
    with Workspace.create(tmp_path / "w") as made:
        fill(made.store, lamp("f1", name="甲"), lamp("f2", name="乙"), layers=(POLE, LAMP))
    return tmp_path / "w"


def tablet_of(folder: Path) -> HeadlessTablet:
    """A tablet that has pulled everything."""
    from gis_capture.sync.pull import pull
    from tests.sync.tablets import AT, lines_of

    tablet = HeadlessTablet("t1")
    with Workspace.open(folder) as workspace:
        tablet.apply(lines_of(pull(workspace.store, layers=["lamp"], clock=lambda: AT)))
    return tablet


def test_a_sound_workspace_has_no_complaints(folder: Path) -> None:
    """Two values captured, both there, one tablet that holds them."""
    assert complaints(folder, [tablet_of(folder)], [value_key("甲"), value_key("乙")], []) == []


def test_a_value_that_is_nowhere_is_told(folder: Path) -> None:
    """And one that somebody gave up is not."""
    assert complaints(folder, [], [value_key("丙"), value_key("丁")], [value_key("丁")]) == ['lost: "丙"']


def test_a_tablet_that_holds_something_else_is_told(folder: Path) -> None:
    """A value that differs, a feature too few."""
    tablet = tablet_of(folder)
    tablet.copy["f1"].values["name"] = "丙"
    del tablet.copy["f2"]

    found = complaints(folder, [tablet], [], [])

    assert [complaint.partition(":")[0] for complaint in found] == ["t1 has of f1", "t1 has of f2"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE gpkg_contents SET max_x = max_x + 1e-9 WHERE table_name = 'lamp'", "the extent is told"),
        ("DELETE FROM rtree_lamp_geometry WHERE id = 1", "index"),
        ("UPDATE gpkg_ogr_contents SET feature_count = 5 WHERE table_name = 'lamp'", "counts 5"),
    ],
)
def test_a_file_that_is_not_sound_is_told(folder: Path, statement: str, words: str) -> None:
    """Extent, index and count are compared with the rows."""
    with closing(connect(folder / "layers.gpkg")) as database:
        try:
            database.execute(statement)
        except sqlite3.Error as error:
            pytest.fail(str(error))

    assert any(words in complaint for complaint in complaints(folder, [], [], []))


def test_a_photo_that_was_taken_in_and_is_gone_is_told(folder: Path) -> None:
    """A tablet that was told of its arrival may delete it."""
    tablet = tablet_of(folder)
    photo = tablet.take_photo(7, 100)
    tablet.unsent.clear()

    assert complaints(folder, [tablet], [], []) == [f"photo {photo['sha256']} was taken in and is not here"]
