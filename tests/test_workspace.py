"""The Python API: a folder, ledgers in, frames out and back, files to hand on."""

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from shapely import Point

from gis_capture.errors import (
    CRSError,
    FeatureError,
    FieldError,
    FormatVersionError,
    LayerError,
    SourceError,
    WorkspaceError,
)
from gis_capture.model import BBox
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace, find_workspace, is_workspace
from gis_capture.workspace.identity import new_id

LEDGER = "管理番号,状態,電力,設置年月日,経度,緯度\n" + "".join(
    f"A-{n},点灯,{n * 10},2020-04-0{n + 1},{137.25 + n / 100},36.14\n" for n in range(5)
)

OWN_LAYER = """
format = "gis-capture.layer/v1"
key = "{key}"
title = {{ ja = "{title}", en = "Own" }}
geometry_type = "Point"
[[fields]]
field_id = "{key}.light"
name = "light"
title = {{ ja = "外灯", en = "Light" }}
type = "text"
relation = "street_light"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace in a path with a space and Japanese characters."""
    with Workspace.create(tmp_path / "作業 フォルダー", name="道路維持課") as made:
        yield made


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A small ledger of street lights."""
    path = tmp_path / "街路灯台帳.csv"
    path.write_text(LEDGER, encoding="cp932")
    return path


@pytest.fixture
def lights(workspace: Workspace, ledger: Path) -> gpd.GeoDataFrame:
    """The ledger, converted and read."""
    workspace.convert(ledger, layer="street_light")
    return workspace.read_layer("street_light")


# The folder


def test_a_workspace_is_found_from_inside(workspace: Workspace) -> None:
    """From any folder in it; outside there is none, and the error says what to do."""
    inside = workspace.path / "sources"

    assert find_workspace(inside) == workspace.path
    with pytest.raises(WorkspaceError, match="gis-capture init"):
        find_workspace(workspace.path.parent)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_secrets_are_for_their_owner_only(workspace: Workspace) -> None:
    """Nobody else may look into the folder."""
    assert stat.S_IMODE((workspace.path / "secrets").stat().st_mode) == 0o700


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, workspace: Workspace) -> None:
    """Neither a strange folder nor a workspace is made into a workspace."""
    (tmp_path / "thesis.docx").write_text("x")
    for folder in (tmp_path, workspace.path):
        with pytest.raises(WorkspaceError):
            Workspace.create(folder)

    assert not is_workspace(tmp_path)


def test_a_half_made_workspace_can_be_made_whole(tmp_path: Path) -> None:
    """A kill between the folders and workspace.toml leaves no workspace; making it again works."""
    with Workspace.create(tmp_path / "w"):
        pass
    (tmp_path / "w" / "workspace.toml").unlink()

    assert not is_workspace(tmp_path / "w")
    with Workspace.create(tmp_path / "w") as made:
        assert made.store.revision() == 0


@pytest.mark.parametrize(
    ("text", "error", "named"),
    [
        ('format = "gis-capture.workspace/v9"', FormatVersionError, "v9"),
        ("format = ", WorkspaceError, "workspace.toml"),
        ('format = "gis-capture.workspace/v1"\nplane_zone = 20', WorkspaceError, "plane_zone"),
        ('format = "gis-capture.workspace/v1"\n[settings]\nmax_uplod = 1', WorkspaceError, "max_uplod"),
    ],
)
def test_a_wrong_workspace_file_is_told(workspace: Workspace, text: str, error: type[Exception], named: str) -> None:
    """With the file or the key that has to be mended."""
    (workspace.path / "workspace.toml").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=named):
        Workspace.open(workspace.path)


def test_own_definitions_come_before_shipped_ones(workspace: Workspace) -> None:
    """A folder in `layers` replaces the layer of the same key at once, and adds new ones."""
    n_shipped = len(workspace.definitions())
    for key, title in (("generic", "わが課の台帳"), ("bench", "ベンチ")):
        folder = workspace.folder.layers_dir / key
        folder.mkdir()
        definition = OWN_LAYER.format(key=key, title=title)
        (folder / "layer.toml").write_text(definition, encoding="utf-8")

    assert workspace.known_layer("generic").title.ja == "わが課の台帳"
    assert workspace.known_layer("bench").title.ja == "ベンチ"
    assert len(workspace.definitions()) == n_shipped + 1


def test_an_unknown_layer_is_told_with_the_nearest(workspace: Workspace) -> None:
    """A slip of the finger is answered with the right key."""
    with pytest.raises(LayerError, match="street_light"):
        workspace.known_layer("street_lihgt")


def test_ids_sort_by_time_and_are_version_7() -> None:
    """Later ids are greater; all are UUIDs of version 7 and variant 10."""
    ids = [new_id() for _ in range(2000)]

    assert len(set(ids)) == 2000
    assert [one[:18] for one in ids] == sorted(one[:18] for one in ids)
    assert {one[14] for one in ids} == {"7"} and {one[19] for one in ids} <= set("89ab")


# Ledgers


def test_the_layer_that_fits_is_chosen(workspace: Workspace, ledger: Path) -> None:
    """Without `layer` the ledger's headers decide; a copy of the source stays."""
    conversion = workspace.convert(ledger)
    (copy,) = workspace.folder.sources_dir.glob("*/街路灯台帳.csv")

    assert (conversion.layer, conversion.n_source_rows, conversion.n_loaded) == ("street_light", 5, 5)
    assert copy.read_bytes() == ledger.read_bytes()
    assert workspace.imports()[0]["source_name"] == "街路灯台帳.csv"


def test_a_dry_run_leaves_no_trace(workspace: Workspace, ledger: Path) -> None:
    """Neither in the store nor among the sources."""
    conversion = workspace.convert(ledger, is_dry_run=True)

    assert (conversion.n_loaded, conversion.revision) == (5, None)
    assert workspace.store.revision() == 0
    assert not any(workspace.folder.sources_dir.iterdir())


def test_a_missing_source_is_told(workspace: Workspace, tmp_path: Path) -> None:
    """Also when it vanishes before it is copied."""
    with pytest.raises(SourceError, match="nowhere"):
        workspace.convert(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("choice", [{"layer": "no_such"}, {"table": "no_such"}, {"crs": "EPSG:0"}])
def test_a_conversion_that_fails_leaves_no_copy(workspace: Workspace, ledger: Path, choice: dict[str, str]) -> None:
    """No import would name it."""
    with pytest.raises((LayerError, SourceError, CRSError)):
        workspace.convert(ledger, **{"layer": "street_light", **choice})  # type: ignore[arg-type]

    assert not any(workspace.folder.sources_dir.iterdir())


def test_a_repetition_keeps_the_copy_of_the_first(workspace: Workspace, ledger: Path) -> None:
    """The import that went well still has its source."""
    workspace.convert(ledger)
    with pytest.raises(SourceError):
        workspace.convert(ledger)

    assert len([*workspace.folder.sources_dir.glob("*/街路灯台帳.csv")]) == 1


# Frames


def test_a_frame_has_types_and_crs(lights: gpd.GeoDataFrame) -> None:
    """Types that know missing values, and the CRS of the layer."""
    assert lights.crs.to_epsg() == 6668
    assert str(lights["ledger_number"].dtype) == "string"
    assert str(lights["power_w"].dtype) in ("Float64", "Int64")
    assert lights["installed_on"].iloc[0] == pd.Timestamp("2020-04-01")
    assert lights.geometry.iloc[2] == Point(137.27, 36.14)


def test_box_and_values_choose_rows(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """By box in EPSG:4326 and by the value of a field."""
    assert len(workspace.read_layer("street_light", bbox=BBox(137.255, 36, 137.275, 37))) == 2
    assert len(workspace.read_layer("street_light", equals={"ledger_number": "A-3"})) == 1
    assert workspace.read_layer("street_light", equals={"ledger_number": "none"}).empty


def test_writing_what_was_read_changes_nothing(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """No feature, no revision."""
    revision = workspace.store.revision()
    written = workspace.write_layer(lights, "street_light")

    assert (written.n_inserted, written.n_updated, written.n_unchanged) == (0, 0, 5)
    assert workspace.store.revision() == revision


def test_changed_rows_update_and_new_rows_insert(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """What is not in the frame stays; the author is on record."""
    lights.loc[0, "status"] = "球切れ"
    lights.loc[1, "geometry"] = Point(137.5, 36.5)
    new = gpd.GeoDataFrame({"ledger_number": ["N-1"]}, geometry=[Point(137.3, 36.2)], crs="EPSG:6668")
    written = workspace.write_layer(pd.concat([lights.iloc[:2], new]), "street_light", author="山田")
    after = workspace.read_layer("street_light").set_index("ledger_number")

    assert (written.n_inserted, written.n_updated, written.n_unchanged) == (1, 2, 0)
    assert len(after) == 6
    assert after.loc["A-0", "status"] == "球切れ"
    assert after.loc["A-1", "position_method"] == "edited"
    assert workspace.store.author_of(workspace.store.revision())[0].name == "山田"


def test_a_frame_goes_there_and_back(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """Every type survives, missing values too."""
    lights.loc[3, ["power_w", "installed_on", "status"]] = [pd.NA, pd.NaT, pd.NA]
    workspace.write_layer(lights, "street_light")
    again = workspace.read_layer("street_light")

    assert_frame_equal(pd.DataFrame(again.drop(columns="revision")), pd.DataFrame(lights.drop(columns="revision")))


def test_nobody_is_overwritten_unseen(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """A feature that changed since the frame was read stops the whole writing."""
    feature_id = lights["feature_id"].iloc[1]
    with workspace.store.transact(Author("tablet"), at=workspace.clock()) as transaction:
        stored = transaction.feature("street_light", feature_id)
        assert stored is not None
        transaction.update(
            type(stored)(
                **{**{n: getattr(stored, n) for n in stored.__slots__}, "fields": {**stored.fields, "status": "撤去"}}
            )
        )
    lights["status"] = "球切れ"
    with pytest.raises(FeatureError, match=feature_id):
        workspace.write_layer(lights, "street_light")

    assert set(workspace.read_layer("street_light")["status"]) == {"点灯", "撤去"}


def test_frames_that_do_not_fit_are_refused(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """Another CRS, an unknown column, a value of another type, an id twice, an id that is none."""
    for frame, error in (
        (lights.to_crs(6675), CRSError),
        (lights.assign(colour="red"), FieldError),
        (lights.assign(installed_on="someday"), FieldError),
        (lights.assign(power_w="many"), FieldError),
        (lights.assign(feature_id=lights["feature_id"].iloc[0]), FeatureError),
        (lights.assign(feature_id=[f"row {n}" for n in range(5)]), FeatureError),
    ):
        with pytest.raises(error):
            workspace.write_layer(frame, "street_light")

    assert_frame_equal(
        pd.DataFrame(workspace.read_layer("street_light")), pd.DataFrame(lights.assign(revision=lights["revision"]))
    )


def test_an_empty_layer_is_an_empty_frame(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """With all its columns, types and CRS."""
    empty = workspace.read_layer("street_light", equals={"ledger_number": "none"})

    assert list(empty.columns) == list(lights.columns)
    assert (empty.dtypes == lights.dtypes).all()
    assert empty.crs == lights.crs


def test_geometry_with_height_survives(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """Z goes through the frame and the store."""
    lights["geometry"] = [Point(137.25, 36.14, 573.25), *lights.geometry.iloc[1:]]
    workspace.write_layer(lights, "street_light")
    geometry = workspace.read_layer("street_light").geometry

    assert shapely.get_z(geometry.iloc[0]) == 573.25 and np.isnan(shapely.get_z(geometry.iloc[1]))


# Files


def test_a_base_map_of_geojson_is_made_once(workspace: Workspace, tmp_path: Path) -> None:
    """The same source again makes nothing; what is neither folder nor PMTiles is refused."""
    source = tmp_path / "basemap"
    source.mkdir()
    (source / "road.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"street"},'
        '"geometry":{"type":"LineString","coordinates":[[137.25,36.14],[137.26,36.15]]}}]}'
    )
    first = workspace.add_basemap(source, name="sample", attribution="見本")
    time_ns = (workspace.folder.packs_dir / first.file_name).stat().st_mtime_ns

    assert workspace.add_basemap(source, name="sample", attribution="見本") == first
    assert (workspace.folder.packs_dir / first.file_name).stat().st_mtime_ns == time_ns
    assert workspace.basemaps() == [first]
    for wrong in (tmp_path / "nothing", workspace.path / "workspace.toml"):
        with pytest.raises(SourceError):
            workspace.add_basemap(wrong, name="sample", attribution="")


@pytest.mark.parametrize(
    ("setting", "name", "text"),
    [
        ("max_ledger_rows = 2", "a.csv", "番号,名称\n1,甲\n2,乙\n3,丙\n"),
        ("max_cell_chars = 100", "a.csv", f"番号,名称\n1,{'甲' * 101}\n"),
        ("max_drawing_bytes = 20", "a.dxf", "  0\nSECTION\n  2\nENTITIES\n  0\nENDSEC\n  0\nEOF\n"),
    ],
)
def test_limits_of_ledgers_are_settings(tmp_path: Path, setting: str, name: str, text: str) -> None:
    """What an office sets in its workspace counts when a ledger is read there."""
    Workspace.create(tmp_path / "city").close()
    toml = tmp_path / "city" / "workspace.toml"
    toml.write_text(toml.read_text("utf-8").replace("[settings]", f"[settings]\n{setting}"), "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    with Workspace.open(tmp_path / "city") as workspace, pytest.raises(SourceError, match="too large"):
        workspace.inspect(tmp_path / name)


def test_what_happened_to_a_feature_is_told_and_taken_back(workspace: Workspace, lights: gpd.GeoDataFrame) -> None:
    """An edit through a frame stands in the history, with its author, and is undone by its revision."""
    feature_id = str(lights["feature_id"].iloc[0])
    before = lights["status"].iloc[0]
    edited = lights.iloc[[0]].copy()
    edited["status"] = "球切れ"
    workspace.write_layer(edited, "street_light", author="係長")

    newest = workspace.history("street_light", feature_id)["entries"][0]
    assert (newest["kind"], newest["author"]) == ("update", "係長")
    assert newest["fields"] == [{"field": "status", "from": before, "to": "球切れ"}]
    receipt = workspace.office("係長").undo_revision("street_light", feature_id, newest["revision"])
    assert receipt["status"] == "applied"
    assert workspace.read_layer("street_light")["status"].iloc[0] == before
