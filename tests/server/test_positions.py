"""What a person says of the position of rows: seen before a ledger comes in, kept with the import and in recipes."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.workspace import Workspace
from tests.server.test_imports import convert, upload

ROWS = [(f"K-{n}", 36.10 + n / 1000, 137.20 + n / 1000) for n in range(6)]
UNNAMED = "番号,甲,乙,備考\r\n" + "".join(f"{name},{lat:.2f},{lon:.2f},-\r\n" for name, lat, lon in ROWS)
PLANE = "番号,座標A,座標B\r\n" + "".join(f"P-{n},{9100.5 + n},{-3200.25 - n}\r\n" for n in range(6))
LAMPS = "番号,親番号,備考\r\n1,A-003,曲がり\r\n2,A-012,\r\n3,Z-999,\r\n"
ROLES = {"甲": "lat", "乙": "lon"}


def preview(client: FlaskClient, import_id: str, **choice: Any) -> dict[str, Any]:
    """Where the rows of the only table would lie."""
    response = client.post(f"/imports/{import_id}/preview", json=choice)
    assert response.status_code == 200, response.get_json()
    (table,) = response.get_json()["preview"]
    return dict(table)


def test_a_column_is_latitude_because_a_person_says_so(client: FlaskClient) -> None:
    """Nothing in header or values tells; said once, the rows are on the map before and after the import."""
    answer = upload(client, UNNAMED).get_json()
    seen = preview(client, answer["import_id"], roles=ROLES)
    state = convert(client, answer["import_id"], layer="generic", roles=ROLES)

    assert answer["preview"][0]["n_placed"] == 0
    assert (seen["n_rows"], seen["n_placed"], seen["methods"]) == (6, 6, {"coordinates": 6})
    assert seen["geojson"]["features"][0]["geometry"]["coordinates"] == pytest.approx([137.20, 36.10])
    assert (state["result"]["n_loaded"], state["result"]["n_unlocated"]) == (6, 0)


def test_a_recipe_keeps_what_was_said(client: FlaskClient, workspace: Workspace) -> None:
    """The next ledger of that shape is read the same without being told again."""
    first = upload(client, UNNAMED).get_json()["import_id"]
    convert(client, first, layer="generic", roles=ROLES, crs="EPSG:4326")
    kept = client.post(f"/imports/{first}/recipe", json={"name": "観測点"}).get_json()["recipe"]
    recipe = workspace.recipes.read(kept)
    following = UNNAMED.replace("K-", "L-").replace("備考", "メモ")
    next_year = upload(client, following.replace("メモ", "備考")).get_json()
    state = convert(client, next_year["import_id"], recipe=kept, is_repeat_allowed=True)

    assert {column.name: column.role for column in recipe.tables[0].columns if column.role} == ROLES
    assert recipe.crs == "EPSG:4326"
    assert kept in next_year["recipes"]
    assert preview(client, upload(client, UNNAMED).get_json()["import_id"], recipe=kept)["n_placed"] == 6
    assert state["result"]["n_loaded"] == 6


def test_an_uncertain_zone_is_asked_and_answered(client: FlaskClient) -> None:
    """Nineteen zones would do; what a person takes of the readings comes back as it was given."""
    answer = upload(client, PLANE).get_json()
    roles = {"座標A": "north", "座標B": "east"}
    unsure = preview(client, answer["import_id"], roles=roles)
    sure = preview(client, answer["import_id"], roles=roles, crs="EPSG:6675")

    assert (unsure["n_placed"], unsure["needs_answer"]) == (0, True)
    assert all(reading["answer"]["roles"] == roles for reading in unsure["readings"])
    assert (sure["n_placed"], sure["needs_answer"]) == (6, False)
    # Zone VII has its origin at 137°10' E, 36° N; 9.1 km north and 3.2 km west of it.
    assert sure["geojson"]["features"][0]["geometry"]["coordinates"] == pytest.approx([137.1311, 36.0820], abs=1e-3)


def test_axes_that_a_person_names_are_never_exchanged(client: FlaskClient) -> None:
    """The same columns the other way round lie elsewhere."""
    import_id = upload(client, PLANE).get_json()["import_id"]
    there = {"座標A": "east", "座標B": "north"}
    seen = preview(client, import_id, roles=there, crs="EPSG:6675")

    assert seen["geojson"]["features"][0]["geometry"]["coordinates"] == pytest.approx([137.2677, 35.9711], abs=1e-3)


def test_rows_are_placed_against_a_layer_of_the_store(client: FlaskClient, workspace: Workspace) -> None:
    """By the number of another feature; what is not there is told, and the recipe knows the layer the next time."""
    answer = upload(client, LAMPS).get_json()
    how = {"place_by": "reference", "against": ["street_light"], "place_column": "親番号"}
    seen = preview(client, answer["import_id"], **how)
    state = convert(client, answer["import_id"], layer="generic", **how)
    kept = client.post(f"/imports/{answer['import_id']}/recipe", json={"name": "灯具"}).get_json()["recipe"]
    again = convert(client, upload(client, LAMPS).get_json()["import_id"], recipe=kept, is_repeat_allowed=True)

    assert answer["inspection"]["tables"][0]["place_by"] == [{"way": "reference", "columns": ["親番号"]}]
    assert (seen["n_placed"], seen["methods"]) == (2, {"reference": 2})
    assert [feature["geometry"]["coordinates"][0] for feature in seen["geojson"]["features"]] == pytest.approx(
        [137.253, 137.262]
    )
    assert (state["result"]["n_loaded"], state["result"]["n_unlocated"]) == (2, 1)
    placed = workspace.recipes.read(kept).place_by
    assert placed is not None and (placed.way, placed.against, placed.column) == tuple(
        (how["place_by"], tuple(how["against"]), how["place_column"])
    )
    assert (again["result"]["n_loaded"], again["result"]["n_unlocated"]) == (2, 1)


@pytest.mark.parametrize(
    ("choice", "status", "code"),
    [
        ({"roles": {"甲": "height"}}, 400, "field_unknown"),
        ({"roles": {"丙": "lat", "乙": "lon"}}, 400, "field_unknown"),
        ({"notation": "roman"}, 400, "field_unknown"),
        ({"crs": "EPSG:1"}, 422, "crs_unknown"),
        ({"place_by": "magic", "against": ["street_light"]}, 400, "bad_request"),
        ({"place_by": "name", "against": ["nothing"]}, 404, "layer_unknown"),
        ({"place_by": "name"}, 404, "layer_unknown"),
        ({"roles": ["甲"]}, 400, "bad_request"),
    ],
)
def test_what_cannot_be_meant_is_told(
    client: FlaskClient, problem_of: Any, choice: dict[str, Any], status: int, code: str
) -> None:
    """Before anything begins."""
    import_id = upload(client, UNNAMED).get_json()["import_id"]

    problem_of(client.post(f"/imports/{import_id}/preview", json=choice), status, code)
    problem_of(client.post("/imports/0/preview", json={}), 404, "not_found")


def test_which_axis_is_north_is_asked_once_and_kept(client: FlaskClient, workspace: Workspace) -> None:
    """Far from what is placed, X座標 and Y座標 leave it open; the answer goes to the notes and the recipe."""
    text = "番号,X座標(7系),Y座標(7系)\r\n" + "".join(f"M-{n},{31876.3 + n},{22234.5 + n}\r\n" for n in range(4))
    import_id = upload(client, text).get_json()["import_id"]
    asked = preview(client, import_id)
    answers = [one["answer"] for one in asked["readings"] if one["about"] == "plane"]
    answer = next(one for one in answers if one["roles"]["X座標(7系)"] == "east")
    told = preview(client, import_id, **answer)
    state = convert(client, import_id, layer="generic", **answer)
    kept = client.post(f"/imports/{import_id}/recipe", json={"name": "鏡"}).get_json()["recipe"]
    recipe = workspace.recipes.read(kept)

    assert asked["needs_answer"] and not told["needs_answer"]
    positions = [feature.position for feature in workspace.store.features(state["result"]["layer"])]
    assert {one.accuracy_m for one in positions} == {1.0} and not any("確認" in (one.note or "") for one in positions)
    assert {column.name: column.role for column in recipe.tables[0].columns if column.role} == answer["roles"]
