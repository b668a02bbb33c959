"""Next month's ledger over HTTP: compared before anything is written, updated, decided, taken back."""

import io
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from gis_capture.workspace import Workspace
from tests.server.test_imports import convert, upload

HEADER = "管理番号,状態,設置者,経度,緯度\r\n"


def ledger(*rows: str) -> str:
    """A ledger of lights."""
    return HEADER + "".join(f"{row}\r\n" for row in rows)


NOVEMBER = [f"C-{n},点灯,町会,137.4{n}1,36.141" for n in range(6)]
DECEMBER = ["C-0,球切れ,町会,137.401,36.141", *NOVEMBER[1:5], "C-9,点灯,町会,137.491,36.141"]


@pytest.fixture
def december(client: FlaskClient) -> str:
    """The id of an upload that goes on with a ledger in the layer."""
    first = upload(client, ledger(*NOVEMBER), "街路灯11月.csv").get_json()["import_id"]
    assert convert(client, first, layer="street_light")["state"] == "done"
    import_id: str = upload(client, ledger(*DECEMBER), "街路灯12月.csv").get_json()["import_id"]
    return import_id


def compare(client: FlaskClient, import_id: str, **query: Any) -> Any:
    """Asks what an upload would change."""
    return client.get(f"/imports/{import_id}/comparison", query_string={"layer": "street_light", **query})


def test_what_would_change_is_told_before_anything_is_written(
    client: FlaskClient, december: str, workspace: Workspace
) -> None:
    """Counts, and every row with from, to and what the layer holds."""
    revision = workspace.store.revision()

    update = compare(client, december).get_json()["update"]

    assert update["base"]["source_name"] == "街路灯11月.csv"
    assert {name: update[name] for name in ("n_unchanged", "n_changed", "n_new", "n_removed")} == {
        "n_unchanged": 4,
        "n_changed": 1,
        "n_new": 1,
        "n_removed": 1,
    }
    (change,) = update["changed"][0]["fields"]
    assert (change["title"], change["old"], change["new"], change["now"], change["result"]) == (
        "状態",
        "点灯",
        "球切れ",
        "点灯",
        "apply",
    )
    assert workspace.store.revision() == revision


def test_a_ledger_that_goes_on_with_nothing_is_none(client: FlaskClient, december: str) -> None:
    """Also in a layer without any import."""
    other = upload(client, ledger("Z-1,点灯,,137.1,36.1"), "別.csv").get_json()["import_id"]

    assert compare(client, other).get_json() == {"update": None}
    assert compare(client, december, layer="aed").get_json() == {"update": None}
    assert client.get(f"/imports/{other}/comparison", query_string={"format": "csv"}).status_code == 404
    assert client.get("/imports/unknown/comparison").status_code == 404


@pytest.mark.parametrize("form", ["html", "csv", "xlsx"])
def test_the_list_is_downloaded(client: FlaskClient, december: str, form: str) -> None:
    """To be signed before the import."""
    response = compare(client, december, format=form)

    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    if form == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(response.data)).sheetnames == ["一覧", "件数"]
    else:
        assert "球切れ" in response.get_data(as_text=True)


def test_plain_conversion_of_it_says_what_to_choose(client: FlaskClient, december: str) -> None:
    """It fails with a code of its own, and can be converted as an update then."""
    failed = convert(client, december, layer="street_light")
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "ledger_continues")

    done = convert(client, december, layer="street_light", is_update=True)

    assert (done["state"], done["result"]["update"]["n_changed"], done["result"]["n_source_rows"]) == ("done", 1, 6)
    assert done["updates"] == done["result"]["update"]["base"]


def test_the_same_file_again_is_done_and_keeps_no_import(
    client: FlaskClient, december: str, workspace: Workspace
) -> None:
    """The page is told that nothing has changed."""
    convert(client, december, layer="street_light", is_update=True)
    stored = {one["import_id"] for one in client.get("/imports").get_json()["imports"]}
    again = upload(client, ledger(*DECEMBER), "街路灯12月.csv").get_json()["import_id"]

    done = convert(client, again, layer="street_light", is_update=True)

    assert (done["state"], done["revision"]) == ("done", None)
    assert done["result"]["update"]["n_unchanged"] == 6
    assert {one["import_id"] for one in workspace.imports()} == stored


def test_rows_that_are_gone_wait_for_a_decision(client: FlaskClient, december: str, workspace: Workspace) -> None:
    """Listed with what can be decided; a decision is carried out once, and the undo takes it back too."""
    convert(client, december, layer="street_light", is_update=True)
    listed = client.get(f"/imports/{december}/rows").get_json()
    (row,) = listed["rows"]
    assert (listed["n_open"], row["kind"], row["key"], row["takes"]) == (
        1,
        "row_removed",
        "C-5",
        ["keep", "mark", "delete"],
    )

    decision = {"table": row["table"], "row": row["row"], "kind": row["kind"], "take": "delete"}
    answer = client.post(f"/imports/{december}/decide", json={"decisions": [decision], "author": "佐藤"}).get_json()

    assert (answer["n_decided"], answer["n_open"]) == (1, 0)
    assert answer["rows"][0]["decision"]["author"] == "佐藤"
    numbers = {one.fields["ledger_number"] for one in workspace.store.features("street_light")}
    assert "C-5" not in numbers
    assert client.post(f"/imports/{december}/decide", json={"decisions": [decision]}).get_json()["n_decided"] == 0
    assert client.post(f"/imports/{december}/undo", json={}).get_json()["state"] == "undone"
    restored = {one.fields["ledger_number"]: one.fields["status"] for one in workspace.store.features("street_light")}
    assert (restored["C-5"], restored["C-0"]) == ("点灯", "点灯")
    assert "C-9" not in restored


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"decisions": "all"}, 400),
        ({"decisions": [{"table": "街路灯12月", "row": True, "take": "delete"}]}, 400),
        ({"decisions": [{"table": "街路灯12月", "row": 99, "take": "delete"}]}, 404),
        ({"decisions": [{"table": "街路灯11月", "row": 7, "take": "renumber"}]}, 400),
    ],
)
def test_decisions_that_cannot_be_are_refused(client: FlaskClient, december: str, body: Any, status: int) -> None:
    """Nothing is decided then."""
    convert(client, december, layer="street_light", is_update=True)

    assert client.post(f"/imports/{december}/decide", json=body).status_code == status
    assert client.get(f"/imports/{december}/rows").get_json()["n_open"] == 1


def test_an_import_under_a_later_version_is_not_undone(client: FlaskClient, december: str, problem_of: Any) -> None:
    """First the later one, then the earlier."""
    done = convert(client, december, layer="street_light", is_update=True)

    problem_of(client.post(f"/imports/{done['updates']}/undo", json={}), 409, "import_followed")


def test_personal_values_are_not_told_to_who_may_not_see_them(
    client: FlaskClient, elsewhere: FlaskClient, workspace: Workspace
) -> None:
    """Neither in the comparison and its lists nor in the rows to decide."""
    header = "管理番号,所有者氏名,状態,経度,緯度\r\n"
    layer = workspace.known_layer("vacant_house")
    personal = next(one for one in layer.fields if one.is_personal)
    header = f"管理番号,{personal.title.ja},所在地,経度,緯度\r\n"
    first = header + "".join(f"V-{n},山田{n},本町{n}番地,137.4{n}1,36.141\r\n" for n in range(6))
    second = first.replace("山田1", "鈴木1").replace("V-5,", "W-5,").replace("本町5", "本町9")
    one = upload(client, first, "空家11月.csv").get_json()["import_id"]
    convert(client, one, layer="vacant_house")
    two = upload(elsewhere, second, "空家12月.csv").get_json()["import_id"]

    def ask(**query: str) -> str:
        where = f"/imports/{two}/comparison"
        found = elsewhere.get(where, query_string={"layer": "vacant_house", **query})
        assert found.status_code == 200
        return found.get_data(as_text=True)

    assert "V-1" in ask() and "鈴木" not in ask() and "山田" not in ask()
    assert "鈴木" not in ask(format="csv") and "山田" not in ask(format="html")
    convert(client, two, layer="vacant_house", is_update=True)
    rows = elsewhere.get(f"/imports/{two}/rows").get_data(as_text=True)
    assert "V-5" in rows and "山田" not in rows
