"""A ledger comes in over HTTP: upload, look, convert, account, undo."""

import io
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gis_capture.server import create_app
from gis_capture.server.imports_desk import ImportsDesk
from gis_capture.server.shared_jobs import Jobs, Presence
from gis_capture.server.uploads import main_part, safe_name
from gis_capture.workspace import Workspace

LEAFLET = ("script", "style", "licence")
LEDGER = "管理番号,状態,経度,緯度\r\n" + "".join(
    f"B-{n:03d},{'球切れ' if n % 3 else '点灯'},{137.2 + n / 1000:.4f},{36.1 if n != 5 else ''}\r\n" for n in range(12)
)


def upload(
    client: FlaskClient, content: str = LEDGER, name: str = "街路灯台帳.csv", encoding: str = "cp932"
) -> TestResponse:
    """Uploads a CSV ledger."""
    return client.post("/imports", data={"file": (io.BytesIO(content.encode(encoding)), name)})


def convert(client: FlaskClient, import_id: str, **choice: Any) -> dict[str, Any]:
    """Converts an upload and waits for its end."""
    started = client.post(f"/imports/{import_id}/convert", json=choice)
    assert (started.status_code, started.get_json()) == (202, {"import_id": import_id, "state": "running"})
    for _ in range(600):
        state: dict[str, Any] = client.get(f"/imports/{import_id}").get_json()
        if state["state"] != "running":
            return state
        time.sleep(0.02)
    raise AssertionError("the conversion does not end")


def expect_no_uploads(workspace: Workspace) -> None:
    """What was uploaded is taken away, a moment after the import is in the store."""
    for _ in range(300):
        if not any(workspace.folder.uploads_dir.iterdir()):
            return
        time.sleep(0.02)
    raise AssertionError("uploads are left: " + ", ".join(str(path) for path in workspace.folder.uploads_dir.iterdir()))


def test_an_upload_is_looked_at_and_nothing_is_imported(client: FlaskClient, workspace: Workspace) -> None:
    """What was found, the layer it fits, and a preview of rows and places."""
    response = upload(client)
    answer = response.get_json()
    (preview,) = answer["preview"]

    assert response.status_code == 201
    assert answer["inspection"]["source"]["path"] == "街路灯台帳.csv"
    assert answer["inspection"]["source"]["encoding"] == "cp932"
    assert answer["suggestions"][0]["layer"] == answer["best_layer"] == "street_light"
    assert preview["rows"][0]["row"] == 2 and preview["rows"][0]["values"]["管理番号"] == "B-000"
    assert len(preview["geojson"]["features"]) == 11
    assert preview["geojson"]["features"][0]["geometry"]["coordinates"] == pytest.approx([137.2, 36.1])
    assert workspace.store.revision() == 1
    assert client.get("/imports").get_json()["imports"] == []


def test_a_conversion_accounts_for_every_row(client: FlaskClient) -> None:
    """Rows in = loaded + unlocated + rejected + skipped; the list and the layer know of it."""
    import_id = upload(client).get_json()["import_id"]
    state = convert(client, import_id, layer="street_light")
    result = state["result"]
    (layer,) = client.get("/layers").get_json()["layers"]

    assert (state["state"], state["progress"], state["problem"]) == ("done", 1.0, None)
    assert (result["n_source_rows"], result["n_loaded"], result["n_unlocated"]) == (12, 11, 1)
    assert layer["n_features"] == 42
    assert layer["last_import"]["import_id"] == import_id
    assert result.pop("problems") is not None
    assert layer["last_import"]["result"] == result
    assert [record["import_id"] for record in client.get("/imports").get_json()["imports"]] == [import_id]


def test_the_source_is_kept_and_the_upload_is_not(client: FlaskClient, workspace: Workspace) -> None:
    """A copy by hash stays in the workspace."""
    answer = upload(client).get_json()
    convert(client, answer["import_id"], layer="street_light")
    copy = workspace.folder.sources_dir / answer["inspection"]["source"]["sha256"] / "街路灯台帳.csv"

    assert copy.read_bytes() == LEDGER.encode("cp932")
    expect_no_uploads(workspace)


def test_undo_takes_out_what_nobody_touched(client: FlaskClient, workspace: Workspace) -> None:
    """The features go, the account stays; undoing again changes nothing."""
    import_id = upload(client).get_json()["import_id"]
    convert(client, import_id, layer="street_light")
    undone = client.post(f"/imports/{import_id}/undo", json={"author": "山田"}).get_json()
    revision = workspace.store.revision()
    again = client.post(f"/imports/{import_id}/undo", json={}).get_json()

    assert (undone["state"], undone["kept"], again["state"]) == ("undone", [], "undone")
    assert workspace.store.layer_info("street_light").n_features == 30
    assert workspace.store.revision() == revision


def test_the_same_ledger_again_is_stopped_with_words(client: FlaskClient) -> None:
    """A failed conversion says why, and can be started again with another choice."""
    convert(client, upload(client).get_json()["import_id"], layer="street_light")
    import_id = upload(client).get_json()["import_id"]
    failed = convert(client, import_id, layer="street_light")

    assert failed["state"] == "failed" and "街路灯台帳.csv" in failed["problem"]["detail_ja"]
    assert convert(client, import_id, layer="street_light", is_repeat_allowed=True)["state"] == "done"


def test_choices_that_do_not_fit_are_refused_at_once(client: FlaskClient, problem_of: Any) -> None:
    """Before anything starts."""
    url = f"/imports/{upload(client).get_json()['import_id']}/convert"

    problem_of(client.post(url, json={"layer": "no_such"}), 404, "layer_unknown")
    problem_of(client.post(url, json={"layer": 5}), 400, "bad_request")
    problem_of(client.post(url, json={"matches": {"a": 1}}), 400, "bad_request")
    problem_of(client.post(url, json=[]), 400, "not_json")
    problem_of(client.post(url.replace("convert", "undo"), json={}), 404, "not_found")


@pytest.mark.parametrize(
    ("content", "name"), [("", "empty.xlsx"), ("PK\x03\x04 broken", "broken.xlsx"), ("\0\1\2" * 100, "noise.bin")]
)
def test_files_that_are_no_ledger_are_told(
    client: FlaskClient, problem_of: Any, workspace: Workspace, content: str, name: str
) -> None:
    """The person reads why; nothing of the file stays."""
    response = upload(client, content, name, "latin-1")
    if response.status_code == 201:
        assert response.get_json()["inspection"]["tables"] == []
    else:
        problem_of(response, 422, "source_unusable")
        assert not any(workspace.folder.uploads_dir.iterdir())


def test_several_ledgers_at_once_are_refused(client: FlaskClient, problem_of: Any) -> None:
    """Only the parts of a shapefile belong together."""
    files = [(io.BytesIO(b"a"), "a.csv"), (io.BytesIO(b"b"), "b.csv")]

    problem_of(client.post("/imports", data={"file": files}), 400, "several_sources")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("街路灯.csv", "街路灯.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\台帳\\外灯.xlsx", "外灯.xlsx"),
        ("..", ""),
        ("CON.csv", "_CON.csv"),
        ('a<b>:"|?*.csv', "a_b______.csv"),
        ("あ" * 200 + ".shp", "あ" * 65 + ".shp"),
    ],
)
def test_names_of_uploads_are_harmless(name: str, expected: str) -> None:
    """No folders, no signs that a file system refuses, not too long; Japanese stays."""
    assert safe_name(name) == expected


def test_the_main_part_of_a_shapefile_is_read() -> None:
    """Whatever the order in which the parts were dropped."""
    assert main_part(["橋.dbf", "橋.prj", "橋.SHP", "橋.shx"]) == "橋.SHP"


def test_the_map_of_an_import_is_a_file_to_keep(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is downloaded under the ledger's name in the language of the link; before the import there is none."""
    monkeypatch.setattr("gis_capture.report.html_map._read_leaflet", lambda folder: dict.fromkeys(LEAFLET, ""))
    import_id = upload(client).get_json()["import_id"]
    assert client.get(f"/imports/{import_id}/report").status_code == 404
    convert(client, import_id)
    response = client.get(f"/imports/{import_id}/report?language=en", headers={"Accept-Language": "ja"})
    other = client.get(f"/imports/{import_id}/report?language=<b>", headers={"Accept-Language": "ja"})

    assert response.status_code == 200 and response.mimetype == "text/html"
    names = f"filename=\"import-street_light.html\"; filename*=UTF-8''{quote('街路灯台帳.csv')}.html"
    assert response.headers["Content-Disposition"] == f"attachment; {names}"
    assert "Where every row went" in response.text and "行の行き先" in other.text
    assert client.get("/imports/nowhere/report").status_code == 404


def test_another_server_leaves_fresh_uploads_alone(client: FlaskClient, workspace: Workspace) -> None:
    """A second process on the same folder takes away only what was left behind more than a day ago."""
    import_id = upload(client).get_json()["import_id"]
    left_behind = [workspace.folder.uploads_dir / name for name in ("folder", "export.gpkg")]
    left_behind[0].mkdir()
    left_behind[1].write_bytes(b"x")
    for path in left_behind:
        os.utime(path, (time.time() - 90_000,) * 2)
    create_app(workspace)

    assert not any(path.exists() for path in left_behind)
    assert convert(client, import_id, layer="street_light")["state"] == "done"


def test_an_import_that_ends_meanwhile_is_listed(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is still listed when it leaves the waiting ones right after the store was read."""
    jobs = Jobs(tmp_path / "jobs", Presence(tmp_path))
    desk = ImportsDesk(workspace, jobs)
    upload = desk.add("ending", Path("台帳.csv"), author="")
    upload.state = "running"
    jobs.put("ending", upload.to_card(), is_mine=True)

    def read_then_end() -> list[dict[str, Any]]:
        jobs.drop("ending")
        return []

    monkeypatch.setattr(workspace, "imports", read_then_end)

    assert [record["import_id"] for record in desk.list("ja")] == ["ending"]


def test_the_fix_list_of_an_import_is_a_workbook(client: FlaskClient) -> None:
    """The row without a latitude is marked; before the import there is none."""
    import_id = upload(client).get_json()["import_id"]
    assert client.get(f"/imports/{import_id}/fix-list").status_code == 404
    convert(client, import_id)

    response = client.get(f"/imports/{import_id}/fix-list")
    sheet = openpyxl.load_workbook(io.BytesIO(response.data))["街路灯台帳"]

    assert quote("街路灯台帳_直す箇所") in response.headers["Content-Disposition"]
    assert sheet["A7"].value == "B-005"
    assert any("緯度" in cell.comment.text for cell in sheet[7] if cell.comment)


def test_a_recipe_is_kept_and_offered_for_the_next_ledger(client: FlaskClient, workspace: Workspace) -> None:
    """And says itself which layer it is for; a name that is not there is refused before anything begins."""
    import_id = upload(client).get_json()["import_id"]
    convert(client, import_id)
    kept = client.post(f"/imports/{import_id}/recipe", json={"name": "毎年の灯"})
    assert (kept.status_code, kept.get_json()) == (201, {"recipe": "毎年の灯"})

    found = upload(client, LEDGER.replace("B-0", "C-0"), name="R8.csv").get_json()
    assert found["recipes"] == ["毎年の灯"]
    state = convert(client, found["import_id"], recipe="毎年の灯")
    assert (state["state"], state["layer"], state["result"]["n_loaded"]) == ("done", "street_light", 11)

    third = upload(client, LEDGER.replace("B-0", "D-0").replace("状態", "点検"), name="R9.csv").get_json()
    assert third["recipes"] == []
    failed = convert(client, third["import_id"], recipe="毎年の灯")
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "recipe_does_not_fit")
    assert client.post(f"/imports/{third['import_id']}/convert", json={"recipe": "x"}).status_code == 422
    assert client.post("/imports/nowhere/recipe", json={"name": "x"}).status_code == 404
    assert client.post(f"/imports/{import_id}/recipe", json={"name": " "}).status_code == 400
