"""`gis-capture convert --place-by`: rows without coordinates find their place in a layer of the workspace."""

import json
from pathlib import Path

import pytest
import shapely

from gis_capture.cli import main
from gis_capture.workspace import Workspace


def square(west: float) -> dict[str, object]:
    """A lot some 90 m wide."""
    ring = [[west, 36.14], [west + 0.001, 36.14], [west + 0.001, 36.141], [west, 36.141], [west, 36.14]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a layer of parcels."""
    lots = [("花里町二丁目", "880-1"), ("花里町二丁目", "880-2"), ("三之町", "12")]
    features = [
        {"type": "Feature", "properties": {"大字": town, "地番": number}, "geometry": square(137.25 + 0.001 * n)}
        for n, (town, number) in enumerate(lots)
    ]
    document = {"type": "FeatureCollection", "features": features}
    (tmp_path / "筆.geojson").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    rows = [
        "施設名,大字,地番",
        "A,花里町2丁目,880番地1",
        "B,三之町,12外2筆",
        "C,三之町,無番地",
        "D,三之町,99",
        "E,三之町,",
    ]
    (tmp_path / "管理台帳.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with Workspace.create(tmp_path / "w") as workspace:
        workspace.convert(tmp_path / "筆.geojson", layer="generic")
    return tmp_path


def parcels(folder: Path) -> str:
    """The key of the layer of parcels."""
    with Workspace.open(folder / "w") as workspace:
        return next(layer.key for layer in workspace.store.layers())


def run(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[object, str]:
    """Converts the ledger; gives the exit code and what was printed."""
    arguments = ["convert", str(folder / "管理台帳.csv"), "--workspace", str(folder / "w"), "--layer", "generic"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, *options])
    printed = capsys.readouterr()
    return ended.value.code, printed.out + printed.err


def test_rows_are_placed_by_their_lots_and_every_other_row_says_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Method, radius and note are kept with each feature; the import remembers what it was placed against."""
    key = parcels(folder)
    code, output = run(folder, capsys, "--place-by", "parcel", "--against", key, "--json")
    document = json.loads(output)
    assert code == 3
    counts = {name: document[name] for name in ("n_loaded", "n_unlocated")}
    assert counts == {"n_loaded": 2, "n_unlocated": 3}
    assert {problem["code"] for problem in document["problems"]} >= {"key_without_number", "key_not_found"}
    with Workspace.open(folder / "w") as workspace:
        (record,) = (one for one in workspace.imports() if one["source_name"] == "管理台帳.csv")
        assert record["placed_by"] == {"way": "parcel", "layers": [key], "column": ""}
        placed = [one for one in workspace.store.features(record["layer"]) if one.geometry is not None]
    assert [one.position.method for one in placed] == ["parcel", "parcel"]
    notes = [one.position.note or "" for one in placed]
    assert "880-1" in notes[0] and "ほか2筆" in notes[1]
    assert all(60 < (one.position.accuracy_m or 0) < 80 for one in placed)


def test_a_row_whose_lot_is_put_right_moves_with_the_next_version(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cells of a key give the position, too; the other rows stay, and one whose new lot is not found is told."""
    key = parcels(folder)
    options = ("--place-by", "parcel", "--against", key)
    run(folder, capsys, *options)
    ledger = folder / "管理台帳.csv"
    text = ledger.read_text(encoding="utf-8")
    ledger.write_text(text.replace("880番地1", "880番地2").replace("12外2筆", "77"), encoding="utf-8")
    _, output = run(folder, capsys, *options, "--update", "--key", "施設名", "--json")
    assert "position_kept" in {problem["code"] for problem in json.loads(output)["problems"]}
    with Workspace.open(folder / "w") as workspace:
        layer = next(one["layer"] for one in workspace.imports() if one["source_name"] == "管理台帳.csv")
        placed = [one for one in workspace.store.features(layer) if one.geometry is not None]
        wests = sorted(round(shapely.get_x(one.geometry), 4) for one in placed)
    assert wests == [137.2515, 137.2525]


@pytest.mark.parametrize("options", [("--place-by", "parcel"), ("--against", "park"), ("--place-column", "地番")])
def test_a_way_needs_its_layer(folder: Path, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """One without the other is a matter of usage."""
    assert run(folder, capsys, *options)[0] == 2


def test_a_layer_without_such_keys_is_told_and_nothing_is_placed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parcels have no kilometre posts."""
    code, output = run(folder, capsys, "--place-by", "chainage", "--against", parcels(folder), "--dry-run", "--json")
    problems = {problem["code"] for problem in json.loads(output)["problems"]}
    assert code == 3 and "key_columns_missing" in problems


def test_an_unknown_layer_or_column_is_refused_with_its_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is imported."""
    code, output = run(folder, capsys, "--place-by", "parcel", "--against", "no_such_layer")
    assert code in (1, 2)
    assert "no_such_layer" in output
    code, output = run(folder, capsys, "--place-by", "parcel", "--against", parcels(folder), "--place-column", "ない列")
    assert code in (1, 2) and "ない列" in output


def test_inspect_proposes_what_rows_may_be_placed_by(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words with the option to use, and in JSON."""
    arguments = ["inspect", str(folder / "管理台帳.csv"), "--workspace", str(folder / "w")]
    with pytest.raises(SystemExit):
        main(arguments)
    assert "大字・地番 → convert --place-by parcel --against" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*arguments, "--json"])
    (table,) = json.loads(capsys.readouterr().out)["tables"]
    assert {"way": "parcel", "columns": ["大字", "地番"]} in table["place_by"]


def test_inspect_says_which_columns_give_the_position(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns of coordinates are no fields of a layer, but they are not left out either."""
    path = tmp_path / "看板.csv"
    path.write_text("名称,緯度,経度,メモ\n甲,36.14,137.25,x\n乙,36.15,137.26,y\n", "utf-8")
    with pytest.raises(SystemExit):
        main(["--lang", "ja", "inspect", str(path)])
    told = capsys.readouterr().out
    assert "緯度 → 位置" in told and "経度 → 位置" in told
    assert "メモ → -" in told


def test_what_rows_are_placed_against_is_not_where_they_go(folder: Path) -> None:
    """Their lots would be looked for among themselves the next time; a person may say so all the same."""
    key = parcels(folder)
    (folder / "管理台帳.csv").write_text("大字,地番\n三之町,12\n花里町二丁目,880-1\n", encoding="utf-8")
    with Workspace.open(folder / "w") as workspace:
        assert workspace.inspect(folder / "管理台帳.csv").layer_key == key
        conversion = workspace.convert(folder / "管理台帳.csv", place_by="parcel", against=[key], is_dry_run=True)
        assert conversion.layer != key
        said = workspace.convert(folder / "管理台帳.csv", layer=key, place_by="parcel", against=[key], is_dry_run=True)
        assert said.layer == key
