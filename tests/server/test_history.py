"""History, undo, restore and layers as they were, over HTTP and on the command line."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.cli import EXIT_DONE, EXIT_ERROR, EXIT_USAGE, main
from gis_capture.workspace import Workspace

LIGHT = "00000000-0000-7000-8000-000000000003"
URL = f"/layers/street_light/features/{LIGHT}"


def push(client: FlaskClient, kind: str, **more: Any) -> dict[str, Any]:
    """Pushes a change of one light; gives its receipt."""
    change = {"change_id": f"c-{kind}", "layer": "street_light", "feature_id": LIGHT, "kind": kind, "base_revision": 1}
    message = {"format": "gis-capture.push/v1", "device_id": "tablet-1", "author": "班員", "changes": [change | more]}
    receipt: dict[str, Any] = client.post("/sync/push", json=message).get_json()["receipts"][0]
    return receipt


def edit(client: FlaskClient) -> None:
    """The light's lamp is broken, and out again."""
    assert push(client, "update", fields={"status": {"old": "球切れ", "new": "点灯"}})["status"] == "applied"


def test_history_undo_and_restore(client: FlaskClient) -> None:
    """An edit is seen, undone with an author's name, the light deleted, listed and brought back."""
    edit(client)
    entries = client.get(f"{URL}/history").get_json()["entries"]
    assert [(one["kind"], one["author"]) for one in entries] == [("update", "班員"), ("insert", "山田")]
    assert entries[0]["fields"] == [{"field": "status", "from": "球切れ", "to": "点灯"}]

    undone = client.post(f"{URL}/undo", json={"revision": 2, "author": "係長", "note": "取り違え"})
    assert undone.get_json()["status"] == "applied"
    assert client.get(URL).get_json()["properties"]["status"] == "球切れ"
    newest = client.get(f"{URL}/history").get_json()["entries"][0]
    assert (newest["author"], newest["changes"][0]["note"]) == ("係長", "取り違え")

    push(client, "delete", base_revision=3)
    deleted = client.get("/layers/street_light/deleted").get_json()
    assert [(one["feature_id"], one["author"]) for one in deleted["features"]] == [(LIGHT, "班員")]
    assert client.get(f"{URL}/history").get_json()["is_deleted"]
    assert client.post(f"{URL}/restore", json={"author": "係長"}).get_json()["status"] == "applied"
    assert client.get(URL).status_code == 200
    assert client.get("/layers/street_light/deleted").get_json()["features"] == []
    undo = client.post("/changes/c-delete/undo", json={})
    assert (undo.status_code, undo.get_json()["code"]) == (409, "feature_not_deleted")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (f"{URL}/undo", {}, 400, "bad_request"),
        (f"{URL}/undo", {"revision": "2"}, 400, "bad_request"),
        (f"{URL}/undo", {"revision": True}, 400, "bad_request"),
        (f"{URL}/undo", {"revision": 77}, 409, "nothing_to_undo"),
        (f"{URL}/restore", {}, 409, "feature_not_deleted"),
        ("/layers/nothing/features/x/restore", {}, 404, "layer_unknown"),
        ("/layers/nothing/features/x/undo", {"revision": 1}, 404, "layer_unknown"),
        ("/changes/c-9/undo", {}, 404, "change_unknown"),
        (f"{URL}/restore", {"author": 5}, 400, "bad_request"),
    ],
)
def test_what_cannot_be_undone_is_told(
    client: FlaskClient, problem_of: Any, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    """Nothing is written."""
    problem_of(client.post(path, json=body), status, code)
    assert client.get("/health").get_json()["revision"] == 1


def test_unknown_features_have_no_history(client: FlaskClient, problem_of: Any) -> None:
    """Nor have unknown layers."""
    problem_of(client.get("/layers/street_light/features/x/history"), 404, "feature_unknown")
    problem_of(client.get("/layers/nothing/features/x/history"), 404, "layer_unknown")
    problem_of(client.get("/layers/nothing/deleted"), 404, "layer_unknown")


def test_a_layer_is_given_as_it_was_on_a_day(client: FlaskClient, workspace: Workspace, problem_of: Any) -> None:
    """In all formats; a day before there was anything gives none; what is no day is refused."""
    times = iter(["2026-10-30T05:00:00Z", "2026-10-31T14:59:59Z", "2026-10-31T15:00:00Z"])
    workspace.clock = lambda: next(times, "2026-11-01T00:00:00Z")
    with workspace.store.transact(workspace.office().author, at="2020-01-01T00:00:00Z") as transaction:
        transaction.delete("street_light", "00000000-0000-7000-8000-000000000009")
    edit(client)

    def as_of(day: str, file_format: str) -> Any:
        return client.get("/layers/street_light/export", query_string={"format": file_format, "as_of": day})

    table = csv.reader(io.StringIO(as_of("2020-01-01", "csv").get_data(as_text=True)))
    assert len(list(table)) == 30
    assert as_of("2019-12-31", "geojson").get_json()["features"] == []
    assert as_of("2020-01-01", "gpkg").headers["Feature-Count"] == "29"
    problem_of(as_of("31.10.2026", "csv"), 400, "bad_request")
    problem_of(as_of("2026-10-31T99:00", "csv"), 400, "bad_request")


def run(*arguments: str) -> int:
    """Runs a command; gives its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def test_the_same_on_the_command_line(
    client: FlaskClient, workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A light is named by its ledger number; the id that history prints is what undo takes."""
    edit(client)
    where = ("--workspace", str(workspace.path))
    assert run("history", "street_light", "A-003", *where) == EXIT_DONE
    told = capsys.readouterr().out
    assert "球切れ → 点灯" in told and "c-update" in told
    assert run("undo", "c-update", "--author", "係長", *where) == EXIT_DONE
    assert run("undo", "street_light", "A-003", "3", *where) == EXIT_DONE
    assert run("undo", "street_light", "A-003", *where) == EXIT_USAGE
    assert run("undo", "street_light", "A-999", "3", *where) == EXIT_ERROR
    assert workspace.store.feature("street_light", LIGHT).fields["status"] == "点灯"  # type: ignore[union-attr]
    push(client, "delete", base_revision=4)
    capsys.readouterr()
    assert run("history", "street_light", *where) == EXIT_DONE
    assert LIGHT in capsys.readouterr().out
    file = tmp_path / "x.geojson"
    assert run("export", "street_light", str(file), "--as-of", "2000-01-01", *where) == EXIT_DONE
    assert LIGHT not in file.read_text(encoding="utf-8")
    assert run("restore-feature", "street_light", "A-003", *where) == EXIT_DONE
    assert run("restore-feature", "street_light", "A-003", *where) == EXIT_ERROR
    assert "削除されていない" in capsys.readouterr().err
