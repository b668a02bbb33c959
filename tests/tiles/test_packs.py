"""Packs hold the tiles that are served, all of them in their area, and are made anew only when something changed."""

import gzip
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

from gis_capture.errors import FeatureError, LayerError
from gis_capture.model import BBox, Feature
from gis_capture.store.protocol import Author
from gis_capture.tiles.archive import Archive, tiles_over
from gis_capture.tiles.packs import MAX_TILES, ZOOMS, plan_pack
from gis_capture.workspace import Workspace

LAYER = "park"
_KILLED = """
import os, signal, sys
from gis_capture.model import BBox
from gis_capture.workspace import Workspace
def end(share):
    if share > 0.2:
        os.kill(os.getpid(), signal.SIGKILL)
workspace = Workspace.open(sys.argv[1])
workspace.packs.make("town", workspace.packs.plan([sys.argv[2]], BBox(*map(float, sys.argv[3:]))), report=end)
"""
TOWN = BBox(137.24, 36.13, 137.27, 36.16)


def park(number: int, *, lon: float = 137.25) -> Feature:
    """A park of a number; every third is an area so small that only deep zooms show it."""
    place = Point(lon + number / 2_000, 36.14)
    return Feature(LAYER, f"00000000-0000-7000-8000-{number:012d}", place.buffer(1e-5) if number % 3 else place, {})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Parks in a town, and a large one far outside."""
    with Workspace.create(tmp_path / "w", name="道路維持課") as made:
        with made.store.transact(Author("office"), at=made.clock()) as transaction:
            transaction.put_layer(made.known_layer(LAYER))
            transaction.insert(map(park, range(30)))
            transaction.insert([Feature(LAYER, made.new_id(), box(139, 35, 139.1, 35.1), {})])
        yield made


def write(workspace: Workspace, feature: Feature) -> None:
    """Adds a feature."""
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.insert([feature])


def test_a_pack_holds_every_tile_of_its_area(workspace: Workspace) -> None:
    """What is served is in it to the byte, also where only a deep zoom shows something; nothing of elsewhere is."""
    packs, shares = workspace.packs, list[float]()
    made = packs.make("town", packs.plan([LAYER], TOWN), report=shares.append)
    with Archive(packs.folder / made.file_name) as archive:
        n_tiles = 0
        for tile in (tile for zoom in range(ZOOMS[0], ZOOMS[1] + 1) for tile in tiles_over(TOWN, zoom)):
            served = workspace.tiles.encode([LAYER], *tile)
            packed = archive.get(tile)
            assert (gzip.decompress(packed) if packed else b"") == served
            n_tiles += bool(packed)
        assert (made.n_tiles, archive.header.zooms, archive.metadata()["vector_layers"][0]["id"]) == (
            n_tiles,
            (8, 16),
            LAYER,
        )
        far = next(iter(tiles_over(BBox(139.05, 35.05, 139.05, 35.05), 12)))
        assert workspace.tiles.encode([LAYER], *far) and archive.get(far) is None
    assert shares == sorted(shares) and 0 < shares[-1] <= 1


def test_an_unchanged_pack_is_used_again(workspace: Workspace) -> None:
    """Until something in its tiles changes; far away it does not count."""
    packs = workspace.packs
    first = packs.make("town", packs.plan([LAYER], TOWN))
    write(workspace, park(900, lon=140))
    again = packs.make("town", packs.plan([LAYER], TOWN), report=lambda share: pytest.fail("was made anew"))
    write(workspace, park(901, lon=136.8))
    is_current = packs.is_current(again)
    changed = packs.make("town", packs.plan([LAYER], TOWN))

    assert again == first and not is_current
    assert changed.sha256 != first.sha256 and packs.ready() == [changed]
    assert [path.name for path in packs.folder.glob("*.pmtiles")] == [changed.file_name]


def test_a_cut_build_leaves_the_former_pack(workspace: Workspace) -> None:
    """Whatever ends it, the old file is offered and whole, and the next build is not misled by what was left."""
    packs = workspace.packs
    former = packs.make("town", packs.plan([LAYER], TOWN))
    content = (packs.folder / former.file_name).read_bytes()
    write(workspace, park(31))

    def end(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        packs.make("town", packs.plan([LAYER], TOWN), report=end)

    assert packs.ready() == [former] and (packs.folder / former.file_name).read_bytes() == content
    assert packs.make("town", packs.plan([LAYER], TOWN)).sha256 != former.sha256


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_a_killed_build_leaves_the_former_pack(workspace: Workspace) -> None:
    """The process is gone between two tiles, without a word; the next build takes up what it left."""
    packs = workspace.packs
    former = packs.make("town", packs.plan([LAYER], TOWN))
    content = (packs.folder / former.file_name).read_bytes()
    write(workspace, park(31))

    command = [sys.executable, "-c", _KILLED, str(workspace.folder.path), LAYER, *map(str, TOWN)]
    assert subprocess.run(command, check=False, timeout=120).returncode == -signal.SIGKILL

    assert packs.ready() == [former] and (packs.folder / former.file_name).read_bytes() == content
    assert packs.make("town", packs.plan([LAYER], TOWN)).sha256 != former.sha256
    assert {path.suffix for path in packs.folder.iterdir()} == {".json", ".pmtiles", ".former"}


def lights_all_over(chance: random.Random) -> Iterator[BaseGeometry]:
    """Here and there in 1.2 degrees: hardly one in a tile."""
    return (Point(137 + 1.2 * chance.random(), 36 + 1.2 * chance.random()) for _ in range(300))


def towns(chance: random.Random) -> Iterator[BaseGeometry]:
    """Some with many, most with few, and nothing between."""
    for _ in range(30):
        lon, lat, n = 137 + chance.random(), 36 + chance.random(), int(20 * chance.paretovariate(1))
        yield from (Point(chance.gauss(lon, 0.004), chance.gauss(lat, 0.004)) for _ in range(n))


def one_town(chance: random.Random) -> Iterator[BaseGeometry]:
    """Dense, and one light far away that makes the area large."""
    yield Point(138, 37)
    yield from (Point(137.2 + 0.02 * chance.random(), 36.1 + 0.02 * chance.random()) for _ in range(1_000))


def woods(chance: random.Random) -> Iterator[BaseGeometry]:
    """Areas of all sizes; inside of the largest ones are many tiles that are equal."""
    for _ in range(100):
        yield Point(137 + 0.1 * chance.random(), 36 + 0.1 * chance.random()).buffer(
            min(0.03, 0.0005 * chance.paretovariate(1.2))
        )


@pytest.mark.parametrize("places", [lights_all_over, towns, one_town, woods])
def test_the_size_is_estimated_before(
    tmp_path: Path, places: Callable[[random.Random], Iterator[BaseGeometry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the features lie, what is told is not far from what it becomes; also where not all of them are asked."""
    with Workspace.create(tmp_path / "w", name="道路維持課") as workspace:
        with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
            transaction.put_layer(workspace.known_layer(LAYER))
            ones = enumerate(places(random.Random(6)))
            transaction.insert(Feature(LAYER, workspace.new_id(), place, {"name": f"{n}号"}) for n, place in ones)
        plan = workspace.packs.plan([LAYER])
        estimated, made = [workspace.packs.estimate(plan)], workspace.packs.make("town", plan)
        monkeypatch.setattr("gis_capture.tiles.estimating._MOST_ROWS", 400)
        estimated.append(workspace.packs.estimate(plan))

    assert made.size_bytes / 1.5 < min(estimated) <= max(estimated) < made.size_bytes * 1.5


def test_what_cannot_be_packed_is_refused(workspace: Workspace) -> None:
    """Too large an area before any work, unknown layers, other names, an empty store."""
    packs = workspace.packs
    with pytest.raises(FeatureError, match=f"{MAX_TILES:,}"):
        packs.plan([LAYER], BBox(122, 24, 146, 46))
    with pytest.raises(LayerError):
        packs.plan(["nothing"])
    with pytest.raises(FeatureError):
        packs.make("../town", plan_pack([LAYER], TOWN))
    with pytest.raises(FeatureError):
        packs.remove("town")


def test_all_layers_and_their_extent_are_the_default(workspace: Workspace, tmp_path: Path) -> None:
    """Whoever names no area gets one that holds all features."""
    with Workspace.create(tmp_path / "empty", name="空") as empty:
        with pytest.raises(FeatureError):
            empty.packs.plan()
        # Who asks may see none of the layers.
        assert empty.packs.estimate(plan_pack([], TOWN)) == 0
    plan = workspace.packs.plan()

    assert plan.keys == (LAYER,) and tuple(plan.bbox) == workspace.store.layer_info(LAYER).extent
