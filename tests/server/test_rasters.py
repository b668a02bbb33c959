"""Pictures come in over HTTP, are built in the background and served as tiles."""

import io
import time
from contextlib import ExitStack
from pathlib import Path
from threading import Timer
from typing import Any, NoReturn

import pytest
from flask.testing import FlaskClient
from PIL import Image

from gis_capture.durability import held
from gis_capture.errors import SourceError
from gis_capture.server import raster_desk
from gis_capture.server.context import served_by
from gis_capture.server.tile_door import TileDoor
from gis_capture.tiles.grid import Tile, tile_at
from gis_capture.tiles.raster.children import Asked
from gis_capture.workspace import Workspace
from tests.tiles.raster.pictures import pattern, write_geotiff, write_png, write_world_file


# Larger bodies are kept by the test client in a file that it does not close.
def send(client: FlaskClient, *paths: Path, **form: str) -> Any:
    """Uploads pictures of a layer."""
    files = [(io.BytesIO(path.read_bytes()), path.name) for path in paths]
    return client.post("/rasters", data={"name": "photo", **form, "file": files})


def wait(client: FlaskClient) -> dict[str, Any]:
    """Waits until nothing is being built; gives the only layer."""
    for _ in range(300):
        listed = client.get("/rasters").get_json()
        if not listed["jobs"]:
            (raster,) = listed["rasters"]
            assert isinstance(raster, dict)
            return raster
        time.sleep(0.1)
    pytest.fail(f"still not ready: {listed}")


def middle(raster: dict[str, Any], zoom: int) -> Tile:
    """The tile in the middle."""
    west, south, east, north = raster["bounds"]
    return tile_at((west + east) / 2, (south + north) / 2, zoom)


def test_a_picture_becomes_tiles(client: FlaskClient, tmp_path: Path) -> None:
    """Upload, TileJSON, tiles in three formats and two sizes, 304, 204, the pack by ranges, and away again."""
    answer = send(
        client, write_geotiff(tmp_path / "航空写真.tif", pattern(300)), title="航空写真", attribution="高山市"
    )
    assert answer.status_code == 202 and answer.get_json()["sheets"][0]["crs"] == "EPSG:6675"
    raster = wait(client)
    document = client.get("/rasters/photo.json").get_json()
    assert (document["attribution"], document["maxzoom"]) == ("高山市", 18)
    assert f"?v={raster['sha256'][:16]}" in document["tiles"][0]
    z, x, y = middle(raster, 18)
    for kind, size, scale in (("webp", 256, ""), ("png", 256, ""), ("jpg", 256, ""), ("webp", 512, "@2x")):
        tile = client.get(f"/rasters/photo/{z}/{x}/{y}{scale}.{kind}")
        assert Image.open(io.BytesIO(tile.data)).size == (size, size)
    lower = client.get(f"/rasters/photo/17/{x // 2}/{y // 2}@2x.png")
    assert Image.open(io.BytesIO(lower.data)).size == (512, 512)
    again = client.get(f"/rasters/photo/{z}/{x}/{y}.webp", headers={"If-None-Match": tile.headers["ETag"]})
    assert again.status_code == 200
    plain = client.get(f"/rasters/photo/{z}/{x}/{y}.webp")
    same = client.get(f"/rasters/photo/{z}/{x}/{y}.webp", headers={"If-None-Match": plain.headers["ETag"]})
    assert same.status_code == 304
    assert client.get(f"/rasters/photo/{z}/0/0.webp").status_code == 204
    pack = client.get(raster["url"], headers={"Range": "bytes=0-7"})
    assert (pack.status_code, pack.data) == (206, b"PMTiles\x03")
    assert client.post("/rasters/photo/remove").status_code == 200
    assert client.get("/rasters").get_json() == {"rasters": [], "jobs": []}
    assert client.get("/rasters/photo.json").status_code == 404


def test_a_picture_without_a_crs_is_asked_for_it(client: FlaskClient, tmp_path: Path) -> None:
    """Words say which picture; the same upload with a CRS in a clerk's words is taken."""
    path = write_png(tmp_path / "図面.png", pattern(300))
    write_world_file(tmp_path / "図面.pgw")
    refused = send(client, path, tmp_path / "図面.pgw")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "raster_no_crs")
    assert "図面.png" in refused.get_json()["detail_ja"]
    assert client.get("/rasters").get_json()["jobs"] == []
    assert send(client, path, tmp_path / "図面.pgw", crs="7系").status_code == 202
    assert wait(client)["title"] == "図面"


def test_a_build_that_was_cut_goes_on_when_the_server_starts(
    client: FlaskClient, workspace: Workspace, tmp_path: Path
) -> None:
    """Nobody has to ask for it; one that cannot be built tells why."""
    picture = write_geotiff(tmp_path / "a.tif", pattern(300))
    gone = write_geotiff(tmp_path / "gone.tif", pattern(300))
    workspace.rasters.prepare([picture], name="cut")
    workspace.rasters.prepare([gone], name="lost")
    gone.unlink()
    assert {job["state"] for job in client.get("/rasters").get_json()["jobs"]} == {"stopped"}
    served_by(client.application).rasters.resume()
    for _ in range(300):
        listed = client.get("/rasters").get_json()
        if [job["state"] for job in listed["jobs"]] == ["failed"]:
            break
        time.sleep(0.1)
    assert [raster["name"] for raster in listed["rasters"]] == ["cut"]
    assert [(job["name"], job["state"]) for job in listed["jobs"]] == [("lost", "failed")]


def test_too_many_who_ask_for_a_picture_that_is_being_made_are_sent_away(
    client: FlaskClient, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits in a thread of the server; who waited until it was made gets it as it is stored."""
    workspace.rasters.prepare([write_geotiff(tmp_path / "a.tif", pattern(300))], name="photo")
    (job,) = workspace.rasters.jobs()
    tile = middle(job, job["max_zoom"])
    address = f"/rasters/photo/{tile.z}/{tile.x}/{tile.y}.webp"
    busy: list[Any] = []

    def warped(_: Asked, asked: Tile) -> bytes:
        busy.append(client.application.test_client().get(address))
        workspace.rasters.build("photo")
        return b""

    monkeypatch.setattr(Asked, "tile", warped)
    desk = served_by(client.application).rasters
    for _ in range(raster_desk._MOST_ASKING - 1):
        assert desk._askers.acquire(blocking=False)
    answer = client.get(address)

    assert (busy[0].status_code, busy[0].headers["Retry-After"]) == (503, "2")
    assert busy[0].get_json()["code"] == "raster_busy" and busy[0].get_json()["detail_ja"]
    assert (answer.status_code, answer.headers["ETag"][:3]) == (200, 'W/"')
    assert answer.data == client.get(address).data


def test_a_look_at_the_jobs_does_not_keep_a_build_from_beginning(workspace: Workspace, tmp_path: Path) -> None:
    """The page asks for the jobs while they wait; another build of the same name is refused all the same."""
    workspace.rasters.prepare([write_geotiff(tmp_path / "a.tif", pattern(300))], name="photo")
    lock = workspace.rasters.job_folder("photo") / "lock"
    with ExitStack() as looking:
        assert looking.enter_context(held(lock))
        Timer(0.2, looking.close).start()
        assert workspace.rasters.build("photo").name == "photo"
    workspace.rasters.prepare([tmp_path / "a.tif"], name="photo")
    with held(lock), pytest.raises(SourceError, match="being made already"):
        workspace.rasters.build("photo")


def test_the_door_before_flask_gives_what_flask_gives(client: FlaskClient, tmp_path: Path) -> None:
    """To the byte and the header: with and without content, known and unknown, by version, and errors.

    A query that the door does not know leads past it.
    """
    send(client, write_geotiff(tmp_path / "a.tif", pattern(300)))
    raster = wait(client)
    z, x, y = middle(raster, 18)
    versioned = f"v={raster['sha256'][:16]}"
    etag = client.get(f"/rasters/photo/{z}/{x}/{y}.webp").headers["ETag"]
    for place in (f"{z}/{x}/{y}", f"{z}/0/0", "3/9/0"):
        for query in ("", versioned, "v=0"):
            for known in ("", etag):
                for method in ("GET", "HEAD"):
                    headers = {"If-None-Match": known} if known else {}
                    address = f"/rasters/photo/{place}.webp?{query}"
                    ours = client.open(address, method=method, headers=headers)
                    theirs = client.open(f"{address}&past=door", method=method, headers=headers)
                    assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data), address
                    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Security-Policy", "Vary"):
                        if name != "Content-Type" or ours.data:
                            assert ours.headers.get(name) == theirs.headers.get(name), (address, name)
    kept = client.get(f"/rasters/photo/{z}/{x}/{y}.webp?{versioned}")
    assert "immutable" in kept.headers["Cache-Control"]
    door: Any = client.application.wsgi_app
    while not isinstance(door, TileDoor):
        door = door._app
    door._app = never
    assert client.get(f"/rasters/photo/{z}/{x}/{y}.webp").data == kept.data


def never(environ: dict[str, Any], start_response: Any) -> NoReturn:
    """Fails where a request reaches Flask."""
    pytest.fail(f"{environ['PATH_INFO']} reached Flask")


@pytest.mark.parametrize(
    "address",
    ["/rasters/none.json", "/rasters/none/1/0/0.webp", "/rasters/..%2f..%2fx/1/0/0.webp", "/rasters/none/1/0/x.webp"],
)
def test_what_is_not_there_is_told(address: str, client: FlaskClient) -> None:
    """404 with words, also for odd addresses."""
    answer = client.get(address)
    assert answer.status_code == 404 and answer.get_json()["code"] == "not_found"


def test_odd_uploads_are_refused(client: FlaskClient, tmp_path: Path) -> None:
    """No file, a file that is no picture, a name that would leave the folder."""
    assert client.post("/rasters", data={"name": "photo"}).get_json()["code"] == "no_file"
    text = tmp_path / "a.txt"
    text.write_text("x")
    assert send(client, text).get_json()["code"] == "raster_broken"
    picture = write_geotiff(tmp_path / "a.tif", pattern(64))
    assert send(client, picture, name="../x").get_json()["code"] == "raster_name"
    assert client.post("/rasters/../x/remove").status_code in (404, 405)
