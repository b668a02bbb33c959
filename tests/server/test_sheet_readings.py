"""Marked sheets come back over HTTP: taken in, read in the background, decided on mark by mark."""

import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient

from gis_capture.paper.pages import clean_page
from gis_capture.workspace import Workspace
from gis_capture.workspace.sheets import SheetOrder
from tests.paper.conftest import font  # noqa: F401
from tests.paper.marked import Wear, mark_sheet
from tests.server.conftest import LAYER

PX_PER_MM = 8.0


def send(client: FlaskClient, content: bytes, name: str) -> str:
    """Uploads a scan; gives the id of the reading."""
    answer = client.post("/sheets/readings", data={"file": (io.BytesIO(content), name), "author": "係"})
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["reading_id"])


def wait(client: FlaskClient, reading_id: str) -> dict[str, Any]:
    """Waits until it is read."""
    for _ in range(600):
        reading: dict[str, Any] = client.get(f"/sheets/readings/{reading_id}").get_json()
        if reading["state"] == "read":
            return reading
        time.sleep(0.2)
    pytest.fail(f"still not read: {reading}")


@pytest.mark.usefixtures("font")
def test_scan_is_read_and_its_marks_are_decided_on(client: FlaskClient, workspace: Workspace, tmp_path: Path) -> None:
    """From the upload to the change, with the picture of each mark."""
    place = next(one.geometry for one in workspace.store.features(LAYER) if one.geometry is not None)
    x, y = shapely.get_coordinates(place)[0]
    order = SheetOrder([LAYER], shapely.box(x - 0.0001, y - 0.0001, x + 0.0001, y + 0.0001), scale=2500)
    record = workspace.sheets.print_sheets(order, tmp_path / "sheet.pdf")[0]
    places = record.sheet.to_paper(np.array([shapely.get_coordinates(one.geometry)[0] for one in record.features]))
    clean = clean_page(workspace.sheets.kept.pdf_of(record.sheet.number), PX_PER_MM)
    made = mark_sheet(clean, PX_PER_MM, places, seed=8, wear=Wear(is_photo=False, long_edge_px=2400), n_marks=1)
    assert made.marks[0].kind == "loop"

    reading_id = send(client, made.jpeg(), "戻り.jpg")
    (page,) = wait(client, reading_id)["pages"]
    (mark,) = page["marks"]
    assert (mark["kind"], mark["suggested"], mark["decision"]) == ("loop", "note", None)
    assert {one["number"] for one in mark["features"]} == set(mark["numbers"])
    assert client.get(mark["picture"]).data.startswith(b"\xff\xd8")
    address = f"/sheets/readings/{reading_id}/marks/{mark['mark_id']}"
    assert client.post(address, json={"action": "burn"}).status_code == 400
    assert client.post(address, json={"action": "move"}).get_json()["code"] == "sheet_decision"
    decided = client.post(address, json={"action": "note", "note": "要確認", "author": "係"}).get_json()
    assert decided["receipt"]["status"] == "applied"
    again = client.post(address, json={"action": "discard"})
    assert (again.status_code, again.get_json()["code"]) == (409, "sheet_decided")
    (listed,) = client.get("/sheets/readings").get_json()["readings"]
    assert listed["pages"][0]["marks"][0]["decision"]["action"] == "note"
    assert client.post(f"/sheets/readings/{reading_id}/remove").status_code == 200
    assert client.get(f"/sheets/readings/{reading_id}").status_code == 404
    assert [one.fields["pen_note"] for one in workspace.store.features("redline")] == ["要確認"]


def test_what_a_dead_process_was_reading_is_read_by_another(client: FlaskClient, workspace: Workspace) -> None:
    """Its card names it; whoever asks how far a reading is finds it lost, and begins once more."""
    scan = workspace.folder.uploads_dir / "a.pdf"
    scan.write_bytes(b"%PDF-1.4 broken")
    reading_id = workspace.readings.take(scan, name="a.pdf")
    cards = workspace.folder.cache_dir / "jobs" / "readings"
    cards.mkdir(parents=True, exist_ok=True)
    (cards / f"{reading_id}.json").write_text('{"worker": "1-gone"}')
    assert wait(client, reading_id)["error"]["code"] == "scan_broken"


def test_what_is_no_scan_is_told(client: FlaskClient) -> None:
    """By its name at once, by its content when it is read."""
    wrong = client.post("/sheets/readings", data={"file": (io.BytesIO(b"x"), "a.exe")})
    assert (wrong.status_code, wrong.get_json()["code"]) == (400, "no_file")
    reading = wait(client, send(client, b"%PDF-1.4 broken", "a.pdf"))
    assert reading["error"]["code"] == "scan_broken" and reading["pages"] == []
    for address in ("/sheets/readings/x", f"/sheets/readings/{reading['reading_id']}/job.json"):
        assert client.get(address).get_json()["code"] == "sheet_unknown"
