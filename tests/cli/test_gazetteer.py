"""`gis-capture gazetteer build` takes layers, too: parcels and areas with columns of towns and lots."""

import json
from pathlib import Path

import pytest

from gis_capture.cli import main
from gis_capture.workspace import Workspace

TOWNS = "pref,city,town,koaza,lat,lon\n岐阜県,高山市,花里町二丁目,,36.1405,137.2505\n"


def run(*arguments: object) -> int:
    """Gives the exit code."""
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def write_parcels(path: Path) -> None:
    """Writes a parcel without a column for the city, as the Ministry of Justice names its columns otherwise."""
    ring = [[137.25, 36.14], [137.251, 36.14], [137.251, 36.141], [137.25, 36.141], [137.25, 36.14]]
    feature = {
        "type": "Feature",
        "properties": {"大字名": "花里町", "丁目名": "二丁目", "地番": "880-1"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    document = {"type": "FeatureCollection", "features": [feature]}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def test_lots_of_a_layer_are_found_below_the_towns_of_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The layer names no city: it is the one of the workspace."""
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    write_parcels(tmp_path / "筆.geojson")
    Workspace.create(tmp_path / "w", city="岐阜県高山市").close()
    assert (
        run("gazetteer", "build", tmp_path / "towns.csv", tmp_path / "筆.geojson", "--workspace", tmp_path / "w") == 0
    )
    assert run("gazetteer", "search", "花里町２丁目８８０番地の１", "--workspace", tmp_path / "w") == 0
    assert "137.250500, 36.140500" in capsys.readouterr().out
    run("gazetteer", "info", "--workspace", tmp_path / "w")
    assert "もとのファイル: towns.csv, 筆.geojson" in capsys.readouterr().out
    assert run("gazetteer", "search", "高山市無名町5", "--workspace", tmp_path / "w") == 0
    told = capsys.readouterr().out
    assert "[市区町村まで]" in told and "辞書にない部分: 無名町5" in told and "確かではありません" in told


def test_a_layer_that_names_no_city_is_refused_where_the_workspace_names_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What to write is said; no gazetteer is made."""
    write_parcels(tmp_path / "筆.geojson")
    Workspace.create(tmp_path / "w").close()
    assert run("gazetteer", "build", tmp_path / "筆.geojson", "--workspace", tmp_path / "w") == 1
    assert 'city = "岐阜県高山市"' in capsys.readouterr().err
    assert not (tmp_path / "w" / "gazetteer.sqlite").exists()
