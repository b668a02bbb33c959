"""Scanned maps are placed by control points over HTTP, kept, and made into layers."""

import io
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from gis_capture.tiles.grid import Tile
from gis_capture.workspace import Workspace
from tests.tiles.raster.pictures import ORIGIN, PIXEL_M, pattern, write_png, write_points
from tests.tiles.raster.test_georeferencing import CONTROL, ZONE, control_of, draw_scan


def send(client: FlaskClient, *paths: Path, name: str = "scan") -> Any:
    """Uploads a scan with what lies beside it."""
    files = [(io.BytesIO(path.read_bytes()), path.name) for path in paths]
    return client.post("/scans", data={"name": name, "title": "下水道台帳図", "file": files})


def wait(client: FlaskClient, path: str, key: str) -> dict[str, Any]:
    """Waits until something is ready."""
    for _ in range(1200):
        found = client.get(path).get_json()
        if "ready" in str(found.get(key)):
            assert isinstance(found, dict)
            return found
        time.sleep(0.1)
    pytest.fail(f"still not ready: {found}")


def control(**said: object) -> dict[str, object]:
    """A body that says where the scan is."""
    points = [list(point) for point in control_of("affine")]
    return {"crs": ZONE, "method": "affine", "points": points, "mask": []} | said


def test_a_scan_is_shown_pixel_by_pixel_and_becomes_a_layer(client: FlaskClient, tmp_path: Path) -> None:
    """Upload, tiles whose pixels are those of the picture, points, errors, the layer, and away again."""
    assert send(client, write_png(tmp_path / "図面.png", pattern(700))).status_code == 202
    scan = wait(client, "/scans/scan", "picture")
    assert (scan["width"], scan["height"], scan["points"], scan["trust"]) == (700, 700, [], [])
    pack = client.get(scan["picture"]["url"])
    assert pack.status_code == 200 and scan["picture"]["max_zoom"] == 22
    answer = client.post("/scans/scan/control", json=control(points=[[0, 0, 5000, 16000]]))
    assert answer.status_code == 200 and answer.get_json()["trust"] == [] and answer.get_json()["n_least"] == 3
    assert client.post("/scans/scan/layer", json={}).get_json()["code"] == "raster_points_few"
    points = [[c, r, ORIGIN[0] + c * PIXEL_M, ORIGIN[1] - r * PIXEL_M] for c in (0, 700) for r in (0, 350, 700)]
    told = client.post("/scans/scan/control", json=control(points=points)).get_json()
    assert [one["error_m"] for one in told["trust"]] == pytest.approx([0] * 6, abs=0.01)
    assert client.post("/scans/scan/layer", json={"title": "A"}).status_code == 202
    raster = wait(client, "/rasters", "rasters")["rasters"][0]
    assert (raster["name"], raster["title"], raster["sheets"]) == ("scan", "A", ["図面.png"])
    listed = client.get("/scans").get_json()["scans"]
    assert [one["name"] for one in listed] == ["scan"] and len(listed[0]["points"]) == 6
    annotation = client.get("/scans/scan/control.georef.json").get_json()
    assert annotation["motivation"] == "georeferencing" and len(annotation["body"]["features"]) == 6
    assert client.post("/scans/scan/remove").status_code == 200
    assert client.get("/scans/scan").status_code != 200 and client.get("/rasters").get_json()["rasters"]


def test_its_tiles_have_the_pixels_of_the_picture(workspace: Workspace, client: FlaskClient, tmp_path: Path) -> None:
    """Column and row count from the point 0, 0 of the map, a pixel of zoom 22 each."""
    picture = Image.new("RGB", (600, 300), (250, 250, 250))
    picture.paste((200, 30, 30), (256, 0, 512, 256))
    picture.save(tmp_path / "a.png")
    send(client, tmp_path / "a.png")
    wait(client, "/scans/scan", "picture")
    found = workspace.scans.pictures.get("scan")
    assert found
    from gis_capture.tiles.archive import Archive

    with Archive(workspace.folder.scans_dir / found.file_name) as archive:
        half = 1 << 21
        tiles = [archive.get(Tile(22, half + x, half)) for x in (0, 1)]
    for content, expected in zip(tiles, ((250, 250, 250), (200, 30, 30)), strict=True):
        shown = Image.open(io.BytesIO(content or b"")).convert("RGB")
        for place in ((5, 5), (250, 250)):
            assert shown.getpixel(place) == pytest.approx(expected, abs=12)


def test_points_beside_the_picture_are_a_beginning(client: FlaskClient, tmp_path: Path) -> None:
    """Enough of them or not."""
    path = write_png(tmp_path / "a.png", pattern(100))
    whole = send(client, path, write_points(tmp_path / "a.points", 100)).get_json()
    assert len(whole["points"]) == 4 and len(whole["trust"]) == 4
    few = send(client, path, write_points(tmp_path / "a.points", 100, enabled=1), name="few")
    assert few.status_code == 202 and few.get_json()["trust"] == []


def test_a_slip_is_pointed_out(client: FlaskClient, tmp_path: Path) -> None:
    """One of sixteen points is 30 m off; the worst is told, whatever the others look like with it."""
    send(client, draw_scan(tmp_path / "a.png"))
    points = [list(point) for point in control_of("affine")]
    points[5][2] += 30
    told = client.post("/scans/scan/control", json=control(points=points, method="tps")).get_json()["trust"]
    assert len(told) == len(CONTROL) and [one["is_suspect"] for one in told].index(True) == 5


def test_scans_join_in_one_layer(client: FlaskClient, tmp_path: Path) -> None:
    """Each with points of its own."""
    for name in ("east", "west"):
        send(client, write_png(tmp_path / f"{name}.png", pattern(100)), name=name)
        shift = 50 if name == "east" else 0
        points = [[c, r, 5000 + shift + c * 0.5, 16000 - r * 0.5] for c, r in ((0, 0), (100, 0), (0, 100), (100, 100))]
        client.post(f"/scans/{name}/control", json=control(points=points))
    assert client.post("/scans/west/layer", json={"scans": ["west", "east"]}).status_code == 202
    (raster,) = wait(client, "/rasters", "rasters")["rasters"]
    assert raster["sheets"] == ["west.png", "east.png"]


NONSENSE: list[dict[str, object]] = [
    {"crs": "EPSG:99999999"},
    {"crs": 7},
    {"method": "magic"},
    {"points": [[1, 2, 3]]},
    {"points": [["a", 2, 3, 4]]},
    {"points": [[True, 2, 3, 4]]},
    {"points": [[1e300, 2, 3, 4]]},
    {"points": [[1, 2, 3, 4]] * 501},
    {"points": None},
    {"mask": [[0, 0], [9, 9]]},
    {"mask": [[0, 0], [9, 9], [9, 0], [0, 9]]},
    {"mask": "all"},
]


def test_nonsense_is_refused_and_changes_nothing(client: FlaskClient, tmp_path: Path) -> None:
    """What was kept before stays."""
    send(client, write_png(tmp_path / "a.png", pattern(100)))
    kept = client.post("/scans/scan/control", json=control()).get_json()
    for change in NONSENSE:
        answer = client.post("/scans/scan/control", json=control() | change)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "raster_points_unusable"), change
    assert client.get("/scans/scan").get_json()["points"] == kept["points"]


def test_what_is_no_scan_is_refused(client: FlaskClient, tmp_path: Path) -> None:
    """A text that is called a picture, two pictures, a name of a folder, the same name again; nothing is left."""
    broken = tmp_path / "a.png"
    broken.write_bytes(b"not a picture")
    assert send(client, broken).get_json()["code"] == "raster_broken"
    path = write_png(tmp_path / "b.png", pattern(100))
    assert send(client, path, broken).get_json()["code"] == "no_file"
    assert send(client, path, name="../x").get_json()["code"] == "raster_name"
    assert client.get("/scans").get_json() == {"scans": []}
    assert send(client, path).status_code == 202 and send(client, path).status_code == 422


def test_a_map_sheet_by_its_name(client: FlaskClient) -> None:
    """Its corners in its zone; a name that there is not is told."""
    sheet = client.get("/map-sheets/09LD354").get_json()
    assert (sheet["crs"], sheet["level"], sheet["corners"][0]) == ("EPSG:6677", 2500, [-18000, -40500])
    assert client.get("/map-sheets/99ZZ").get_json()["code"] == "map_sheet_unknown"
