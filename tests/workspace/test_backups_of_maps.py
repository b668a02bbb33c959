"""Base maps, pictures and scans in backups: there once for all, and restored beside what came since."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.model import BBox
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.pmtiles import encode_pmtiles
from gis_capture.workspace import Workspace
from gis_capture.workspace.backups import making, restore, verify_backup
from gis_capture.workspace.identity import new_id
from tests.tiles.raster.pictures import pattern, write_geotiff
from tests.workspace.backed_up import AT, backed_up_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """With a layer, a definition of its own, a source and a photo."""
    with backed_up_workspace(tmp_path / "作業 フォルダー") as made:
        yield made


def add_maps(workspace: Workspace, folder: Path) -> None:
    """A base map and a scan; another scan whose build was cut."""
    basemap = folder / "city.pmtiles"
    basemap.write_bytes(encode_pmtiles({Tile(5, 28, 12): b"tile"}, bounds=BBox(137, 36, 138, 37), metadata={}))
    workspace.add_basemap(basemap, name="city", attribution="高山市")
    picture = write_geotiff(folder / "図面.tif", pattern(64))
    for name in ("photo", "cut"):
        workspace.rasters.prepare([picture], name=name)
    workspace.rasters.build("photo")


def test_maps_are_in_a_backup_once_and_come_back(workspace: Workspace, tmp_path: Path) -> None:
    """Base maps and scans with their cards, not what is half made; recipes and the table of private characters too."""
    add_maps(workspace, tmp_path)
    (workspace.folder.recipes_dir / "街路灯.toml").write_text("a = 1\n", encoding="utf-8")
    (workspace.path / "gaiji.csv").write_text("U+E000,髙\n", encoding="utf-8")
    workspace.back_up(tmp_path / "b")
    made = workspace.back_up(tmp_path / "b")
    names = [path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*.pmtiles")]
    assert sorted(name.split("-")[0] for name in names) == ["packs/city", "rasters/photo"]
    assert not [one.path for one in made.manifest.files if "cut" in one.path]

    restore(made.path, tmp_path / "new", at=AT, new_id=new_id)
    with Workspace.open(tmp_path / "new") as again:
        assert again.basemaps() == workspace.basemaps() and len(again.basemaps()) == 1
        assert again.rasters.ready() == workspace.rasters.ready() and again.rasters.jobs() == []
        for folder in (again.folder.packs_dir, again.folder.rasters_dir):
            [archive] = folder.glob("*.pmtiles")
            assert hashlib.sha256(archive.read_bytes()).hexdigest() in archive.name
        assert [path.name for path in again.folder.recipes_dir.iterdir()] == ["街路灯.toml"]
        assert again.folder.gaiji() == workspace.folder.gaiji() == {"\ue000": "髙"}


def test_scans_come_back_with_their_control_points(workspace: Workspace, tmp_path: Path) -> None:
    """As they were at the backup; the picture is there once for all backups, and its tiles are made where they lack."""
    scans = workspace.scans
    for name in ("plan", "other"):
        scans.scan_folder(name).mkdir(parents=True)
        scans.take(write_geotiff(scans.scan_folder(name) / "図面.tif", pattern(64)), name=name, title="図面")
    scans.pictures.build("plan")
    points = [[0, 0, 137.0, 36.0], [64, 0, 137.1, 36.0], [0, 64, 137.0, 35.9]]
    control = {"crs": "EPSG:6668", "method": "affine", "mask": []}
    kept = scans.set_control("plan", {**control, "points": points})
    first, made = (workspace.back_up(tmp_path / "b") for _ in range(2))
    pictures = [one.path / "scans" / "plan.scan" / "図面.tif" for one in (first, made)]
    assert pictures[0].samefile(pictures[1])

    scans.set_control("plan", {**control, "points": points[:2]})
    scans.scan_folder("since").mkdir()
    scans.take(write_geotiff(scans.scan_folder("since") / "a.tif", pattern(64)), name="since", title="a")
    workspace.close()
    done = restore(made.path, workspace.path, at=AT, new_id=new_id)
    restore(made.path, tmp_path / "new", at=AT, new_id=new_id)
    for path, names in ((workspace.path, ["other", "plan", "since"]), (tmp_path / "new", ["other", "plan"])):
        with Workspace.open(path) as again:
            assert [scan.name for scan in again.scans.all()] == names
            found = again.scans.get("plan")
            assert found.control == kept.control and found.picture.read_bytes() == pictures[0].read_bytes()
            again.scans.complete()
            assert [raster.name for raster in again.scans.pictures.ready()] == ["plan"]
            assert [job["name"] for job in again.scans.pictures.jobs()] == [name for name in names if name != "plan"]
            assert again.scans.pictures.build("other").max_zoom == 22
    assert done.aside is not None
    restore(done.aside, workspace.path, at=AT, new_id=new_id)
    with Workspace.open(workspace.path) as again:
        assert len(again.scans.get("plan").control.points) == 2


def test_a_restore_keeps_maps_that_came_since(workspace: Workspace, tmp_path: Path) -> None:
    """A base map that was replaced is the former one again, and what was put aside brings the later one back."""
    add_maps(workspace, tmp_path)
    [old] = workspace.basemaps()
    made = workspace.back_up(tmp_path / "b")
    later = tmp_path / "later.pmtiles"
    later.write_bytes(encode_pmtiles({Tile(5, 28, 12): b"later"}, bounds=BBox(137, 36, 138, 37), metadata={}))
    new = [workspace.add_basemap(later, name=name, attribution="") for name in ("city", "other")]
    workspace.close()
    done = restore(made.path, workspace.path, at=AT, new_id=new_id)
    with Workspace.open(workspace.path) as again:
        assert again.basemaps() == [old, new[1]]
    assert done.aside is not None
    restore(done.aside, workspace.path, at=AT, new_id=new_id)
    with Workspace.open(workspace.path) as again:
        assert again.basemaps() == new


def test_a_damaged_map_is_told_and_the_rest_kept(workspace: Workspace, tmp_path: Path) -> None:
    """The backup is made without it, and says so."""
    add_maps(workspace, tmp_path)
    [archive] = workspace.folder.packs_dir.glob("*.pmtiles")
    archive.write_bytes(b"x")
    made = workspace.back_up(tmp_path / "b")
    assert [problem.code for problem in made.problems] == [making.MAP_DAMAGED]
    assert [one.path[:8] for one in verify_backup(made.path).files if one.path.endswith(".pmtiles")] == ["rasters/"]
