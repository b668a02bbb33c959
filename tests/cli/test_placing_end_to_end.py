"""Every way to write a position, through `gis-capture convert` into the layer: place, method, radius, note, reason."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer

from gis_capture.cli import main
from gis_capture.model import Feature
from gis_capture.workspace import Workspace

LON, LAT = 137.252234, 36.146123
Convert = Callable[..., tuple[int, dict[str, Any], list[Feature]]]


@pytest.fixture
def convert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Convert:
    """Converts rows with names A, B, C …; gives the exit code, the result and the features in the order of rows."""
    Workspace.create(tmp_path / "w").close()

    def run(header: str, rows: Sequence[str], *options: str) -> tuple[int, dict[str, Any], list[Feature]]:
        lines = [f"名称,{header}", *(f"{chr(65 + n)},{row}" for n, row in enumerate(rows))]
        (tmp_path / "現地台帳.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        arguments = [
            "convert",
            str(tmp_path / "現地台帳.csv"),
            "--layer",
            "generic",
            "--workspace",
            str(tmp_path / "w"),
        ]
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([*arguments, "--as-new", "--json", *options])
        printed = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        result = json.loads(printed.out)
        with Workspace.open(tmp_path / "w") as workspace:
            features = list(workspace.store.features(result["layer"]))
        return stop.value.code, result, sorted(features, key=lambda one: min(map(str, one.fields.values())))

    return run


def place(feature: Feature) -> tuple[float, float] | None:
    """Degrees to 10 cm."""
    geometry: Any = feature.geometry
    return None if geometry is None else (round(geometry.x, 6), round(geometry.y, 6))


def layer_of(folder: Path, name: str, features: Sequence[dict[str, Any]]) -> str:
    """Brings features into a layer of their own; gives its key."""
    document = {"type": "FeatureCollection", "features": list(features)}
    (folder / name).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    with Workspace.open(folder / "w") as workspace:
        return workspace.convert(folder / name, layer="generic").layer


def feature(geometry: dict[str, Any], **properties: str) -> dict[str, Any]:
    """A feature of GeoJSON."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(lon: float, lat: float) -> dict[str, Any]:
    """A point of GeoJSON."""
    return {"type": "Point", "coordinates": [lon, lat]}


def test_marks_of_the_unknown_leave_a_row_without_a_place(convert: Convert) -> None:
    """Zeros, nines, blanks, one half: each with its reason; the row is in the layer all the same."""
    rows = [f"{LAT},{LON}", "0,0", "999.9,999.9", ",", "36.1,", "36.1,12.5", "不明,不明"]
    code, result, found = convert("緯度,経度", rows)
    assert code == 3 and len(found) == 7
    assert [place(one) for one in found] == [(LON, LAT), *[None] * 6]
    reasons = {reason["code"]: reason["n_rows"] for reason in result["reasons"]}
    assert reasons == {
        **{"coordinate_sentinel": 2, "position_missing": 1, "coordinate_incomplete": 1},
        **{"coordinate_outside_japan": 1, "coordinate_unreadable": 1},
    }


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("緯度,経度", "36度08分46秒,137度15分08秒"),
        ("緯度,経度", "北緯３６°８′４６″,東経１３７°１５′８″"),
        ("緯度,経度", "36-08-46.0,137-15-08.0"),
        ("緯度,経度", "36.08.46.0N,137.15.08.0E"),
        ("緯度,経度", "三十六度八分四十六秒,百三十七度十五分八秒"),
        ("北緯,東経", "360846.0,1371508.0"),
        ("位置", '"36°08\'46"" 137°15\'08"""'),
        ("緯度_度,緯度_分,緯度_秒,経度_度,経度_分,経度_秒", "36,8,46,137,15,8"),
        ("経度,緯度", "36度08分46秒,137度15分08秒"),
    ],
)
def test_degrees_minutes_and_seconds_in_every_form_are_one_place(convert: Convert, header: str, row: str) -> None:
    """The method says that they were such, and the note what stood there."""
    _, _, (found,) = convert(header, [row])
    assert place(found) == (137.252222, 36.146111)
    assert found.position.method == "dms" and "「" in (found.position.note or "")


@pytest.mark.parametrize(("crs", "code"), [("EPSG:6690", 6690), ("EPSG:3857", 3857), ("EPSG:6675", 6675)])
def test_metres_of_a_plane_become_degrees(convert: Convert, crs: str, code: int) -> None:
    """UTM, web mercator, plane rectangular; the header's X is north only where surveyors say so."""
    east, north = Transformer.from_crs(6668, code, always_xy=True).transform(LON, LAT)
    _, _, (found,) = convert("東距,北距", [f"{east:.4f},{north:.4f}"], "--crs", crs)
    assert place(found) == (LON, LAT) and found.position.method == "plane"


def test_a_mesh_code_gives_a_cells_middle_and_its_radius(convert: Convert) -> None:
    """Never a bare point: a third-level cell of a kilometre reaches 700 m from its middle."""
    _, result, (found,) = convert("メッシュコード", ["54371270"])
    assert place(found) == (137.25625, 36.145833) and found.position.method == "mesh"
    assert 600 < (found.position.accuracy_m or 0) < 800
    assert "position_is_cell" in {problem["code"] for problem in result["problems"]}


def test_a_post_with_an_offset_leads_to_a_side_of_the_road(convert: Convert, tmp_path: Path) -> None:
    """112K500, 8 m to the left of a road that runs east, between posts that stand 1,125 m apart."""
    line = {"type": "LineString", "coordinates": [[137.20 + 0.005 * n, 36.14] for n in range(9)]}
    key = layer_of(tmp_path, "路線.geojson", [feature(line, 路線名="国道41号")])
    posts = [feature(point(137.21 + 0.0125 * n, 36.14), 路線名="国道41号", 距離標=f"{112 + n}K000") for n in (0, 1)]
    posts_key = layer_of(tmp_path, "距離標.geojson", posts)
    options = ["--place-by", "chainage", "--against", key, "--against", posts_key]
    _, result, found = convert("路線名,距離標,左右", ["国道41号,112K500,左8m", "国道41号,115K000,"], *options)
    lon, lat = place(found[0]) or (0.0, 0.0)
    assert lon == pytest.approx(137.21625, abs=2e-5) and (lat - 36.14) * 111_000 == pytest.approx(8, abs=0.3)
    assert found[0].position.method == "chainage" and place(found[1]) is None
    assert result["n_unlocated"] == 1


def test_what_was_placed_by_a_distance_is_no_post_for_others(convert: Convert, tmp_path: Path) -> None:
    """A road without posts stays without, however many things were put along it by their distances."""
    line = {"type": "LineString", "coordinates": [[137.20 + 0.005 * n, 36.14] for n in range(9)]}
    key = layer_of(tmp_path, "路線.geojson", [feature(line, 路線名="国道41号")])
    rows = ["国道41号,0K900", "国道41号,2K900"]
    _, result, first = convert("路線名,距離標", rows, "--place-by", "chainage", "--against", key)
    assert [one.position.method for one in first] == ["chainage"] * 2
    against = ["--place-by", "chainage", "--against", key, "--against", result["layer"]]
    _, _, found = convert("路線名,距離標", ["国道41号,1K900"], *against)
    (added,) = [one for one in found if "1K900" in map(str, one.fields.values())]
    assert (added.position.accuracy_m or 0) > 20 and "距離標がないため" in (added.position.note or "")


@pytest.mark.parametrize(
    ("way", "field", "number", "asked"),
    [("reference", "電柱番号", "本町12-3", "本町１２－３"), ("name", "施設名", "中央公園", "中央公園")],
)
def test_another_layers_number_or_name_leads_to_its_feature(
    convert: Convert, tmp_path: Path, way: str, field: str, number: str, asked: str
) -> None:
    """What the other layer does not have is told."""
    others = [feature(point(LON, LAT), **{field: number}), feature(point(137.3, 36.2), **{field: "別の物"})]
    key = layer_of(tmp_path, "ほか.geojson", others)
    _, result, found = convert(field, [asked, "ない物"], "--place-by", way, "--against", key)
    assert [place(one) for one in found] == [(LON, LAT), None]
    assert found[0].position.method == way
    assert "key_not_found" in {problem["code"] for problem in result["problems"]}


def test_what_the_workspace_holds_tells_the_axes_of_a_plane(convert: Convert) -> None:
    """X座標 and Y座標 leave them open; beside a ledger in degrees that is placed they do not."""
    to_plane = Transformer.from_crs(6668, 6675, always_xy=True)
    lights = [(LON + n / 2000, LAT + n / 3000) for n in range(12)]
    planes = [to_plane.transform(lon, lat) for lon, lat in lights]
    mirrors = [f"{north:.2f},{east:.2f}" for east, north in planes[2:9]]
    exchanged = [f"{east:.2f},{north:.2f}" for east, north in planes[2:9]]
    header, crs = "X座標,Y座標", ("--crs", "EPSG:6675")
    convert("緯度,経度", [f"{lat:.7f},{lon:.7f}" for lon, lat in lights])
    code, beside, features = convert(header, mirrors, *crs)
    _, turned, _ = convert(header, exchanged, *crs)

    assert code == 0 and "axes_assumed" not in {problem["code"] for problem in beside["problems"]}
    assert {feature.position.accuracy_m for feature in features if feature.position.method == "plane"} == {1.0}
    assert "axes_exchanged" in {problem["code"] for problem in turned["problems"]}
