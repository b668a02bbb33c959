"""A clerk uploads photos without a position, and beside them the track that a receiver kept meanwhile."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.workspace import Workspace
from tests.cli.test_photo_track import GPX, photo
from tests.server.test_imports import LEDGER, convert, expect_no_uploads, upload
from tests.server.test_positions import preview

CLOCK = {"zone": "+09:00", "ahead_s": 0, "max_gap_s": 60}


@pytest.fixture
def photos(client: FlaskClient, tmp_path: Path) -> dict[str, Any]:
    """An upload of three photos, the last of which was taken in the gap of the track."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name, taken in (("1.jpg", "09:30:05"), ("2.jpg", "09:30:10"), ("3.jpg", "09:40:00")):
            photo(tmp_path / name, taken)
            packed.write(tmp_path / name, name)
    archive.seek(0)
    response = client.post("/imports", data={"file": (archive, "写真.zip")})
    assert response.status_code == 201, response.get_json()
    return dict(response.get_json())


def add_tracks(client: FlaskClient, import_id: str, **contents: str) -> Any:
    """Uploads tracks by name."""
    files = [(io.BytesIO(content.encode()), f"{name}.gpx") for name, content in contents.items()]
    return client.post(f"/imports/{import_id}/tracks", data={"file": files})


def test_photos_are_seen_on_the_track_before_the_import_and_lie_there_after_it(
    client: FlaskClient, workspace: Workspace, photos: dict[str, Any]
) -> None:
    """What the clock does is tried out; the import remembers track and clock, and copies of the track."""
    import_id = photos["import_id"]
    told = add_tracks(client, import_id, 踏査=GPX)
    seen = preview(client, import_id, track=CLOCK)
    longer = preview(client, import_id, track={**CLOCK, "ahead_s": 5, "max_gap_s": 1200})
    state = convert(client, import_id, layer="generic", track={**CLOCK, "ahead_s": 5})

    assert photos["takes_track"] and photos["preview"][0]["n_placed"] == 0
    assert (told.status_code, told.get_json()) == (
        201,
        {"names": ["踏査.gpx"], "n_points": 3, "from_at": "2024-04-05T00:30:00Z", "until_at": "2024-04-05T00:50:00Z"},
    )
    assert (seen["n_rows"], seen["n_placed"], seen["methods"]) == (3, 2, {"track": 2})
    assert seen["geojson"]["features"][0]["geometry"]["coordinates"] == pytest.approx([137.25025, 36.14])
    (outside,) = [problem for problem in seen["problems"] if problem["code"] == "photo_outside_track"]
    assert "2024-04-05 09:30:00から2024-04-05 09:50:00" in outside["message"]
    assert longer["methods"] == {"track": 3}
    assert longer["geojson"]["features"][0]["geometry"]["coordinates"] == pytest.approx([137.25, 36.14])
    assert (state["result"]["n_loaded"], state["result"]["n_unlocated"]) == (2, 1)
    (record,) = workspace.imports()
    (sha256,) = record["track"].pop("sha256")
    assert record["track"] == {"names": ["踏査.gpx"], "zone": "+0900", "ahead_s": 5.0, "max_gap_s": 60.0}
    assert (workspace.folder.sources_dir / sha256 / "踏査.gpx").read_text(encoding="utf-8") == GPX
    expect_no_uploads(workspace)


def test_other_tracks_take_the_place_of_the_former_ones_and_broken_ones_do_not(
    client: FlaskClient, photos: dict[str, Any], problem_of: Any
) -> None:
    """Two walks are one track; a file without times is refused by its name, and what was there stays."""
    import_id = photos["import_id"]
    later = GPX.replace("00:30", "03:30").replace("00:50", "03:50")
    both = add_tracks(client, import_id, morning=GPX, noon=later).get_json()
    nothing = add_tracks(client, import_id, places=GPX.replace("trk", "trx"))
    still = preview(client, import_id, track=CLOCK)["n_placed"]
    add_tracks(client, import_id, noon=later)

    assert (both["names"], both["n_points"], both["until_at"]) == (
        ["morning.gpx", "noon.gpx"],
        6,
        "2024-04-05T03:50:00Z",
    )
    assert "places.gpx" in nothing.get_json()["detail_ja"] and nothing.status_code == 422
    assert still == 2
    assert preview(client, import_id, track=CLOCK)["n_placed"] == 0


def test_the_next_version_of_photos_is_compared_by_its_track(
    client: FlaskClient, workspace: Workspace, photos: dict[str, Any], tmp_path: Path
) -> None:
    """A photo more, and a longer gap that places one which had no place; places that there are stay."""
    add_tracks(client, photos["import_id"], walk=GPX)
    convert(client, photos["import_id"], layer="generic", track=CLOCK)
    layer = workspace.imports()[0]["layer"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("1.jpg", "2.jpg", "3.jpg"):
            packed.write(tmp_path / name, name)
        photo(tmp_path / "4.jpg", "09:30:15")
        packed.write(tmp_path / "4.jpg", "4.jpg")
    archive.seek(0)
    again = client.post("/imports", data={"file": (archive, "写真.zip")}).get_json()["import_id"]
    add_tracks(client, again, walk=GPX)
    query = {"layer": layer, "key": "ファイル名", "track": json.dumps({**CLOCK, "max_gap_s": 1200})}
    update = client.get(f"/imports/{again}/comparison", query_string=query).get_json()["update"]
    state = convert(client, again, layer=layer, key=["ファイル名"], is_update=True, track={**CLOCK, "max_gap_s": 1200})

    assert (update["n_changed"], update["n_new"]) == (1, 1)
    assert (state["result"]["update"]["n_changed"], state["result"]["update"]["n_new"]) == (1, 1)
    assert [record["track"]["max_gap_s"] for record in workspace.imports()] == [1200.0, 60.0]


@pytest.mark.parametrize(
    "clock",
    ["now", {"zone": "JST"}, {"zone": 9}, {"ahead_s": "5"}, {"ahead_s": True}, {"max_gap_s": -1}, {"max_gap_s": 1e400}],
)
def test_a_clock_that_cannot_be_is_refused(
    client: FlaskClient, photos: dict[str, Any], problem_of: Any, clock: Any
) -> None:
    """With the name of the value."""
    add_tracks(client, photos["import_id"], walk=GPX)
    body = json.dumps({"track": clock})
    response = client.post(f"/imports/{photos['import_id']}/preview", data=body, content_type="application/json")
    problem_of(response, 400, "bad_request")


def test_a_track_is_for_photos_and_has_to_be_there(
    client: FlaskClient, photos: dict[str, Any], problem_of: Any
) -> None:
    """A ledger takes none; a clock without a track means nothing; nor do no files, or two of a name."""
    ledger = upload(client, LEDGER).get_json()
    add_tracks(client, ledger["import_id"], walk=GPX)
    failed = convert(client, ledger["import_id"], layer="generic", track=CLOCK)
    twice = {"file": [(io.BytesIO(GPX.encode()), "a.gpx"), (io.BytesIO(GPX.encode()), "x/a.gpx")]}

    assert not ledger["takes_track"]
    assert failed["state"] == "failed" and "写真がない" in failed["problem"]["detail_ja"]
    problem_of(client.post(f"/imports/{photos['import_id']}/preview", json={"track": CLOCK}), 400, "no_track")
    for files in ({}, twice):
        problem_of(client.post(f"/imports/{photos['import_id']}/tracks", data=files), 400, "no_track")
    problem_of(
        client.post("/imports/none/tracks", data={"file": (io.BytesIO(GPX.encode()), "a.gpx")}), 404, "not_found"
    )
    for content in ("time,lat\n2024-04-05T00:30:00Z,36\n", GPX.replace('lat="', 'lat="x')):
        name = "walk.csv" if content.startswith("time") else "walk.gpx"
        file = (io.BytesIO(content.encode()), name)
        assert client.post(f"/imports/{photos['import_id']}/tracks", data={"file": file}).status_code == 422
