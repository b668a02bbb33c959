"""How coordinates were read, and what else they could have been, stays with the import."""

from pathlib import Path

from gis_capture.locate.gazetteer import build_gazetteer
from gis_capture.workspace import Workspace

TOWNS = [
    (f"{first}{second}町", 36.10 + 0.0045 * north, 137.20 + 0.0055 * east)
    for north, first in enumerate("春夏秋冬")
    for east, second in enumerate("山川田野")
]


def test_the_readings_that_were_compared_are_in_the_inspection_and_in_the_record(
    workspace: Workspace, tmp_path: Path
) -> None:
    """The chosen one first, the runner-up with its distance, so that the margin can be told later."""
    (tmp_path / "towns.csv").write_text(
        "\n".join(
            ["pref,city,town,koaza,lat,lon", *(f"岐阜県,高山市,{town},,{lat},{lon}" for town, lat, lon in TOWNS)]
        ),
        encoding="utf-8",
    )
    build_gazetteer([tmp_path / "towns.csv"], workspace.folder.gazetteer_path)
    rows = ["管理番号,所在地,緯度,経度"]
    for n, (town, lat, lon) in enumerate(TOWNS):
        rows.append(f"A-{n},高山市{town}{n + 1},{lat + 0.0000123:.7f},{lon + 0.0000123:.7f}")
    path = tmp_path / "街路灯台帳.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    (inspected,) = workspace.inspect(path).to_json()["tables"]
    workspace.convert(path, layer="street_light")
    (record,) = workspace.imports()
    (kept,) = record["readings"].values()
    assert [(one["about"], one["crs"]) for one in kept] == [("datum", "EPSG:6668"), ("datum", "EPSG:4301")]
    assert kept[1]["distance_m"] - kept[0]["distance_m"] > 200
    assert [one["crs"] for one in inspected["readings"]] == ["EPSG:6668", "EPSG:4301"]
    assert "readings_compared" in {problem["code"] for problem in record["result"]["problems"]}
