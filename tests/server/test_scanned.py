"""Ledgers on paper over HTTP: taken in, confirmed cell by cell, finished, imported, and seen as strips of paper."""

import io
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from gis_capture.paper.ledgers.table import ScannedLedger, write_ledger
from gis_capture.server.areas import scanned as area
from gis_capture.workspace import Workspace
from tests.paper.scanned import MISREAD, ROWS, box_of, draw_page, fill_scanned, scanned_ledger

RIGHT = {(2, 1): "LED", (4, 1): "LED", (3, 0): "L-003", (1, 2): "36.1478"}


def said(*places: tuple[int, int]) -> list[dict[str, Any]]:
    """Right decisions on cells."""
    return [{"table": 0, "row": row, "column": column, "text": RIGHT[row, column]} for row, column in places]


def test_scan_goes_from_confirmation_to_the_strip_of_each_feature(client: FlaskClient, workspace: Workspace) -> None:
    """Everything a page needs: cells that wait, pages, decisions of all kinds, the finished ledger, the strip."""
    scan_id = fill_scanned(workspace)
    here = f"/scanned-ledgers/{scan_id}"
    told = client.get(here).get_json()
    assert (told["state"], told["n_open"], told["n_accepted"]) == ("read", 4, 16)
    assert told["tables"][0]["columns"] == ["管理番号", "種別", "緯度", "経度"]
    opened = client.get(f"{here}/cells?state=open&limit=3").get_json()
    assert [(one["row"], one["column"]) for one in opened["cells"]] == sorted(MISREAD)[:3] and opened["next"] == 3
    first = opened["cells"][0]
    assert [one["text"] for one in first["readings"]] == list(MISREAD[1, 2]) and first["doubts"][0]["ja"]
    assert len(client.get(f"{here}/cells?state=open&after=3").get_json()["cells"]) == 1
    assert {one["column"] for one in client.get(f"{here}/cells?column=1").get_json()["cells"]} == {1}
    picture = Image.open(io.BytesIO(client.get(f"{here}/pages/1.jpg").data))
    assert picture.size == (told["pages"][0]["width_px"], told["pages"][0]["height_px"])

    assert client.post(f"{here}/finish", json={}).get_json()["code"] == "scanned_open"
    alike = client.post(f"{here}/decisions", json={"seen": 0, "like": said((2, 1))[0], "author": "甲"}).get_json()
    assert {one["row"] for one in alike["decided"]} == {2, 4} and alike["n_open"] == 2
    one = client.post(f"{here}/decisions", json={"seen": 2, "decisions": said((3, 0)), "author": "乙"}).get_json()
    assert [(each["text"], each["author"]) for each in one["decided"]] == [("L-003", "乙")]
    column = client.post(f"{here}/decisions", json={"seen": 3, "decisions": said((1, 2)), "author": "甲"}).get_json()
    assert column["n_open"] == 0 and column["decided"][0]["text"] == "36.1478"

    made = client.post(f"{here}/finish", json={"author": "甲"}).get_json()
    assert made["n_rows"] == len(ROWS)
    assert client.get(f"{here}/finished.xlsx").data.startswith(b"PK")
    taken = client.post(f"{here}/import", json={"author": "甲"})
    assert taken.status_code == 201 and taken.get_json()["best_layer"] == "street_light"
    import_id = taken.get_json()["import_id"]
    before = {one.feature_id for one in workspace.store.features("street_light")}
    assert client.post(f"/imports/{import_id}/convert", json={"layer": "street_light"}).status_code == 202
    for _ in range(300):
        if client.get(f"/imports/{import_id}").get_json()["state"] != "running":
            break
        time.sleep(0.1)
    new = [one for one in workspace.store.features("street_light") if one.feature_id not in before]
    assert len(new) == len(ROWS)
    strips = []
    for feature in new:
        paper = f"/layers/street_light/features/{feature.feature_id}/paper"
        strip = client.get(paper).get_json()["strip"]
        assert (strip["scan_id"], strip["page"], strip["name"]) == (scan_id, 1, "街路灯台帳.pdf")
        strips.append(tuple(strip["box"]))
        shown = Image.open(io.BytesIO(client.get(strip["picture"]).data))
        assert abs(shown.width - (box_of(1, 3)[2] - box_of(1, 0)[0])) <= 12 and shown.height < 80
    assert sorted(strips) == [(*box_of(row, 0)[:2], *box_of(row, 3)[2:]) for row in range(1, len(ROWS) + 1)]
    other = next(iter(before))
    assert client.get(f"/layers/street_light/features/{other}/paper").get_json() == {"strip": None}
    assert client.get(f"/layers/street_light/features/{other}/paper.jpg").status_code == 404


def test_decision_on_what_somebody_else_decided_is_told(client: FlaskClient, workspace: Workspace) -> None:
    """The first stands; whoever was later is given it, together with the rest that is new."""
    here = f"/scanned-ledgers/{fill_scanned(workspace)}/decisions"
    client.post(here, json={"seen": 0, "decisions": said((2, 1)), "author": "甲"})
    mine = {"table": 0, "row": 2, "column": 1, "text": "LEO"}
    answer = client.post(here, json={"seen": 0, "decisions": [mine, *said((3, 0))], "author": "乙"}).get_json()
    ((clash),) = answer["clashes"]
    assert (clash["wanted"], clash["stands"]["text"], clash["stands"]["author"]) == ("LEO", "LED", "甲")
    assert [one["author"] for one in answer["decided"]] == ["甲", "乙"] and answer["seen"] == 2


def test_upload_is_read_in_the_background_and_can_be_taken_away(
    client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its progress is told meanwhile; what cannot be read says why."""

    class Reader:
        """Stands for the engines."""

        @staticmethod
        def read_scan(path: Any, folder: Any, *, on_progress: Any, **_: Any) -> ScannedLedger:
            """Says how far it is, and reads what a test says."""
            on_progress(1, 2)
            draw_page(folder / "page-1.jpg")
            write_ledger(scanned_ledger(), folder)
            return scanned_ledger()

    monkeypatch.setattr("gis_capture.workspace.scanned.ledgers.reader", lambda: Reader)
    answer = client.post("/scanned-ledgers", data={"file": (io.BytesIO(b"%PDF-1.4"), "台帳.pdf"), "author": "係"})
    assert answer.status_code == 202, answer.text
    scan_id = answer.get_json()["scan_id"]
    for _ in range(100):
        if (told := client.get(f"/scanned-ledgers/{scan_id}").get_json())["state"] != "waiting":
            break
        time.sleep(0.1)
    assert (told["state"], told["n_done"], told["n_total"], told["name"]) == ("read", 1, 2, "台帳.pdf")
    assert [one["scan_id"] for one in client.get("/scanned-ledgers").get_json()["scanned"]] == [scan_id]
    assert client.post(f"/scanned-ledgers/{scan_id}/remove").status_code == 200
    assert client.get(f"/scanned-ledgers/{scan_id}").status_code == 404


def test_wrong_requests_are_told(client: FlaskClient, workspace: Workspace) -> None:
    """Each with its status; nothing is decided."""
    scan_id = fill_scanned(workspace)
    here = f"/scanned-ledgers/{scan_id}"
    bodies: tuple[dict[str, Any], ...] = (
        {},
        {"decisions": []},
        {"decisions": [{"table": 0, "row": 1, "column": 1, "text": 5}]},
        {"decisions": [{"table": -1, "row": 1, "column": 1, "text": "x"}]},
        {"decisions": said((2, 1)) * (area.MAX_CHOICES + 1)},
        {"like": {"table": 0, "row": 99, "column": 1, "text": "x"}},
        {"table": 0, "column": 2},
        {"seen": "x", "decisions": said((2, 1))},
    )
    for body in bodies:
        assert client.post(f"{here}/decisions", json=body).status_code == 400, body
    missing = {"decisions": [{"table": 0, "row": 99, "column": 1, "text": "x"}]}
    assert client.post(f"{here}/decisions", json=missing).status_code == 404
    for address in (f"{here}/pages/9.jpg", f"{here}/cells?table=0&column=x", "/scanned-ledgers/nothing"):
        assert client.get(address).status_code in (400, 404)
    assert client.get(f"{here}/finished.xlsx").get_json()["code"] == "scanned_open"
    wrong = client.post("/scanned-ledgers", data={"file": (io.BytesIO(b"x"), "a.exe")})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "scan_broken")
    assert workspace.scanned.review(scan_id).decisions == []
