"""`gis-capture raster points`: a scanned sheet is placed by the name of its 図郭, its corners and a mask."""

import json
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from gis_capture.cli import cli
from tests.tiles.raster.pictures import pattern, write_png

CORNERS = "10,8 90,8 90,68 10,68"
SHEET = "09LD354"


def points(*arguments: str) -> str:
    """Runs the command; gives what it says."""
    done = CliRunner().invoke(cli, ["raster", "points", *arguments], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.output


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of 100 by 80 pixels that says nothing of its place."""
    path = tmp_path / "scan.png"
    write_png(path, pattern(100)[:, :80])
    return path


def placed(picture: Path, *arguments: str) -> tuple[list[list[float]], list[list[float]]]:
    """Pixels, and plane positions they were placed at."""
    target = picture.with_suffix(".json")
    points(str(picture), "--write", str(target), *arguments)
    features = json.loads(target.read_text(encoding="utf-8"))["body"]["features"]
    pixels = [one["properties"]["resourceCoords"] for one in features]
    return pixels, [one["geometry"]["coordinates"] for one in features]


def test_corners_of_the_sheet_are_where_they_are_said_to_be(picture: Path) -> None:
    """The same four places on the ground, for the corners of the picture or for others."""
    whole, at_whole = placed(picture, "--sheet", SHEET)
    inner, at_inner = placed(picture, "--sheet", SHEET, "--corners", CORNERS)
    assert whole == [[0, 0], [100, 0], [100, 80], [0, 80]]
    assert inner == [[10, 8], [90, 8], [90, 68], [10, 68]]
    assert np.allclose(at_whole, at_inner) and at_whole[0][1] > at_whole[3][1]


def test_mask_is_kept_with_the_points(picture: Path) -> None:
    """In the annotation it is the outline of what is shown; without one it is the corners of the sheet."""
    placed(picture, "--sheet", SHEET, "--corners", CORNERS, "--mask", "20,20 60,20 40,50")
    assert 'points="20,20 60,20 40,50"' in _outline(picture)
    placed(picture, "--sheet", SHEET, "--corners", CORNERS)
    assert f'points="{CORNERS}"' in _outline(picture)


def _outline(picture: Path) -> str:
    document = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
    return str(document["target"]["selector"]["value"])


@pytest.mark.parametrize(
    "wrong",
    [
        ("--corners", CORNERS),
        ("--sheet", SHEET, "--corners", "1,1 2,2 3,3"),
        ("--sheet", SHEET, "--mask", "1,1 2,2"),
        ("--sheet", SHEET, "--mask", "left,top 3,4 5,6"),
    ],
    ids=["corners of no sheet", "three corners", "mask of two", "no numbers"],
)
def test_pixels_that_cannot_be_meant_are_told(picture: Path, wrong: tuple[str, ...]) -> None:
    """Nothing is written."""
    target = picture.with_suffix(".json")
    with pytest.raises(click.UsageError):
        points(str(picture), "--write", str(target), *wrong)
    assert not target.exists()
