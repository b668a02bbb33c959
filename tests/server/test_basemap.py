"""Base map packs over HTTP."""

import errno
import gzip
import hashlib
import io
import os
import random
import shutil
import sqlite3
import time
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gis_capture.errors import SourceError
from gis_capture.model import BBox
from gis_capture.tiles.grid import Tile
from gis_capture.tiles.pmtiles import encode_pmtiles
from gis_capture.workspace import Workspace

TILE, CONTENT = Tile(5, 28, 12), gzip.compress(b"tile", mtime=0)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A PMTiles file of one tile."""
    path = tmp_path / "city.pmtiles"
    path.write_bytes(encode_pmtiles({TILE: CONTENT}, bounds=BBox(137, 36, 138, 37), metadata={"attribution": "国"}))
    return path


def test_a_pack_is_listed_and_read_by_ranges(client: FlaskClient, workspace: Workspace, pack: Path) -> None:
    """The tablet fetches it in pieces, the office map reads parts of it."""
    workspace.add_basemap(pack, name="city", attribution="高山市")
    (listed,) = client.get("/basemap").get_json()["packs"]
    part = client.get(listed["url"], headers={"Range": "bytes=0-7"})

    assert (listed["name"], listed["size_bytes"], listed["attribution"]) == ("city", pack.stat().st_size, "高山市")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (
        206,
        b"PMTiles\x03",
        f"bytes 0-7/{pack.stat().st_size}",
    )
    assert "immutable" in part.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "status", "start"),
    [
        ("bytes=-9", 206, -9),
        ("bytes=-99999999", 206, 0),
        ("items=0-1", 200, 0),
        ("bytes=abc", 200, 0),
        ("bytes=0-1,4-5", 200, 0),
    ],
)
def test_an_odd_range_gives_what_there_is(
    client: FlaskClient, workspace: Workspace, pack: Path, asked: str, status: int, start: int
) -> None:
    """RFC 9110: an end that is longer than the file is all of it; what is not understood is as if not asked."""
    workspace.add_basemap(pack, name="city", attribution="高山市")
    (listed,) = client.get("/basemap").get_json()["packs"]
    answer = client.get(listed["url"], headers={"Range": asked})

    assert (answer.status_code, answer.data) == (status, pack.read_bytes()[start:])
    beyond = client.get(listed["url"], headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416


def test_each_piece_of_a_pack_has_its_hash(client: FlaskClient, workspace: Workspace, tmp_path: Path) -> None:
    """What is fetched in pieces is checked by piece; what is not offered has no hashes."""
    path, noise = tmp_path / "large.pmtiles", random.Random(7).randbytes(1_500_000)
    path.write_bytes(encode_pmtiles({TILE: noise}, bounds=BBox(137, 36, 138, 37), metadata={}))
    workspace.add_basemap(path, name="large", attribution="高山市")
    (listed,) = client.get("/basemap").get_json()["packs"]
    told = client.get(f"{listed['url']}/chunks").get_json()
    content, size = client.get(listed["url"]).data, told["chunk_bytes"]

    assert told["sha256"] == listed["sha256"]
    assert told["chunks"] == [hashlib.sha256(content[at : at + size]).hexdigest() for at in (0, size)]
    assert client.get("/packs/other.pmtiles/chunks").status_code == 404


def test_a_new_pack_takes_the_place_of_the_old(client: FlaskClient, workspace: Workspace, pack: Path) -> None:
    """Another content, another address; who is halfway through the old one can end, for a day and one version."""
    content, folder = pack.read_bytes(), workspace.folder.packs_dir
    old = workspace.add_basemap(pack, name="city", attribution="高山市")
    other = workspace.add_basemap(pack, name="city_2", attribution="高山市")

    def renew(tile: bytes) -> str:
        pack.write_bytes(encode_pmtiles({TILE: tile}, bounds=BBox(137, 36, 138, 37), metadata={}))
        return workspace.add_basemap(pack, name="city", attribution="高山市").file_name

    new = renew(b"other")
    rest = client.get(f"/packs/{old.file_name}", headers={"Range": "bytes=40-"})
    assert (rest.status_code, rest.data) == (206, content[40:])
    assert client.get(f"/packs/{old.file_name}/chunks").get_json()["sha256"] == old.sha256
    assert [one["sha256"] for one in client.get("/basemap").get_json()["packs"]] != [old.sha256, other.sha256]
    assert len(client.get(f"/packs/{new}").data) == pack.stat().st_size

    newest = renew(b"newest")
    statuses = [client.get(f"/packs/{one}").status_code for one in (old.file_name, new, newest, other.file_name)]
    assert statuses == [404, 200, 200, 200]
    put_aside = folder / f"{new}.former"
    os.utime(put_aside, (0, time.time() - 25 * 60 * 60))
    assert client.get(f"/packs/{new}").status_code == 404
    workspace.remove_basemap("city_2")
    assert not put_aside.exists() and client.get(f"/packs/{other.file_name}").status_code == 404

    renew(b"last")
    workspace.remove_basemap("city")
    assert list(folder.iterdir()) == [] and client.get(f"/packs/{newest}").status_code == 404


def write_mbtiles(path: Path, content: bytes, kind: str | None) -> Path:
    """Writes an MBTiles file of one tile, its row counted from the south; without `kind` it does not say what it is."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        connection.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        said = [("attribution", "地理院タイル"), ("bounds", "137,36,138,37"), *([("format", kind)] if kind else [])]
        said.append(("json", '{"vector_layers": [{"id": "RdCL", "fields": {}}, {"no": 1}]}'))
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", said)
        connection.execute("INSERT INTO tiles VALUES (5, 28, ?, ?)", (31 - 12, content))
    return path


@pytest.mark.parametrize(
    ("kind", "stored", "suffix"), [("pbf", b"tile", "mvt"), ("pbf", CONTENT, "mvt"), ("png", b"tile", "png")]
)
def test_mbtiles_become_a_base_map(
    kind: str, stored: bytes, suffix: str, client: FlaskClient, workspace: Workspace, tmp_path: Path
) -> None:
    """Packed or not, vector or pictures; the source it names is shown; tiles are there as z/x/y."""
    added = workspace.add_basemap(write_mbtiles(tmp_path / "a.mbtiles", stored, kind), name="gsi", attribution="")
    assert (added.attribution, added.kind) == ("地理院タイル", "raster" if kind == "png" else "vector")
    assert client.get("/basemap").get_json()["packs"][0]["source_layers"] == ["RdCL"]
    address = f"/basemaps/gsi/5/28/12.{suffix}"
    for headers in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": client.get(address).headers["ETag"]}):
        # A query that the door before Flask does not know leads past it.
        ours, theirs = (client.get(f"{address}?{query}", headers=headers) for query in ("", "past=door"))
        assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data)
        for name in ("ETag", "Cache-Control", "Content-Encoding", "Vary"):
            assert ours.headers.get(name) == theirs.headers.get(name), name
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert (plain.status_code, plain.data) == (200, b"tile")
    if suffix == "mvt":
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert (packed.headers["Content-Encoding"], gzip.decompress(packed.data)) == ("gzip", b"tile")
    assert client.get(address, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert client.get(f"/basemaps/gsi/5/0/0.{suffix}").status_code == 204
    assert client.get("/basemaps/gsi/5/28/12.xyz").status_code == 404
    workspace.remove_basemap("gsi")
    assert workspace.basemaps() == [] and client.get(address).status_code == 404


PICTURE = b"\x89PNG\r\n\x1a\n"
LAYER = b"\x1a\x02\x78\x02"


@pytest.mark.parametrize("kind", [None, "image/png", "jpg"])
@pytest.mark.parametrize(
    ("stored", "suffix", "given"),
    [
        (PICTURE, "png", PICTURE),
        (b"\xff\xd8\xff\xe0", "jpg", b"\xff\xd8\xff\xe0"),
        (b"RIFF\x04\0\0\0WEBP", "webp", b"RIFF\x04\0\0\0WEBP"),
        (LAYER, "mvt", LAYER),
        (gzip.compress(LAYER, mtime=0), "mvt", LAYER),
        (zlib.compress(LAYER), "mvt", LAYER),
    ],
)
def test_what_mbtiles_hold_counts_not_what_they_say(
    kind: str | None,
    stored: bytes,
    suffix: str,
    given: bytes,
    client: FlaskClient,
    workspace: Workspace,
    tmp_path: Path,
) -> None:
    """Older files need not say their format, and programs say it wrongly."""
    workspace.add_basemap(write_mbtiles(tmp_path / "a.mbtiles", stored, kind), name="gsi", attribution="")

    answer = client.get(f"/basemaps/gsi/5/28/12.{suffix}", headers={"Accept-Encoding": "identity"})

    assert (answer.status_code, answer.data) == (200, given)


def test_a_tile_that_is_cut_off_is_told(workspace: Workspace, tmp_path: Path) -> None:
    """It is not taken as far as it goes."""
    cut = zlib.compress(LAYER * 999)[:-6]

    with pytest.raises(SourceError, match=r"a\.mbtiles"):
        workspace.add_basemap(write_mbtiles(tmp_path / "a.mbtiles", cut, "pbf"), name="gsi", attribution="")


def test_what_another_program_has_not_put_in_its_file_yet_is_there(workspace: Workspace, tmp_path: Path) -> None:
    """A file that is open elsewhere may have its tiles in a log beside it."""
    path = tmp_path / "a.mbtiles"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        write_mbtiles(path, PICTURE, "png")

        assert workspace.add_basemap(path, name="gsi", attribution="").kind == "raster"


def test_an_archive_that_tablets_cannot_unpack_is_refused(workspace: Workspace, pack: Path) -> None:
    """Browsers undo gzip alone; the map would be empty in the field."""
    content = bytearray(pack.read_bytes())
    # Where the header says how tiles are packed.
    content[98] = 3
    pack.write_bytes(content)

    with pytest.raises(SourceError, match="Brotli"):
        workspace.add_basemap(pack, name="city", attribution="")
    assert workspace.basemaps() == []


@pytest.mark.parametrize(("kind", "suffix"), [("pbf", "mvt"), ("png", "png")])
def test_programs_find_the_tiles_by_tile_json(
    kind: str, suffix: str, client: FlaskClient, workspace: Workspace, tmp_path: Path
) -> None:
    """With source, box and zooms; a proxy may keep the tiles that it names, and gets others for another file."""
    workspace.add_basemap(write_mbtiles(tmp_path / "a.mbtiles", b"tile", kind), name="gsi", attribution="", title="市")
    told = client.get("/basemaps/gsi.json").get_json()

    assert (told["tilejson"], told["name"], told["attribution"]) == ("3.0.0", "市", "地理院タイル")
    assert (told["bounds"], told["minzoom"], told["maxzoom"]) == ([137, 36, 138, 37], 5, 5)
    assert told.get("vector_layers") == ([{"id": "RdCL", "fields": {}}] if kind == "pbf" else None)
    (template,) = told["tiles"]
    assert template.startswith(f"http://localhost/basemaps/gsi/{{z}}/{{x}}/{{y}}.{suffix}?v=")
    address = template.replace("{z}", "5").replace("{x}", "28").replace("{y}", "12")
    assert "immutable" in client.get(address).headers["Cache-Control"]

    workspace.add_basemap(write_mbtiles(tmp_path / "b.mbtiles", b"other", kind), name="gsi", attribution="")
    assert client.get("/basemaps/gsi.json").get_json()["tiles"] != [template]
    assert client.get(address).headers["Cache-Control"] == "no-cache"
    assert client.get("/basemaps/nothing.json").status_code == 404


@pytest.mark.parametrize("defect", ["no_tables", "row_beyond", "no_format", "empty"])
def test_a_broken_mbtiles_file_is_told_and_the_old_base_map_stays(
    defect: str, workspace: Workspace, pack: Path, tmp_path: Path
) -> None:
    """Nothing half-made is left."""
    old = workspace.add_basemap(pack, name="city", attribution="")
    path = write_mbtiles(tmp_path / "broken.mbtiles", b"x", "tiff" if defect == "no_format" else "png")
    statement = {
        "no_tables": "DROP TABLE tiles",
        "row_beyond": "UPDATE tiles SET tile_row = 99",
        "empty": "DELETE FROM tiles",
    }.get(defect)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement or "SELECT 1")
    with pytest.raises(SourceError, match=r"broken\.mbtiles"):
        workspace.add_basemap(path, name="city", attribution="")
    assert workspace.basemaps() == [old]
    assert sorted(file.suffix for file in workspace.folder.packs_dir.iterdir()) == [".json", ".pmtiles"]


def test_a_broken_archive_is_no_base_map(workspace: Workspace, pack: Path) -> None:
    """What only begins as PMTiles is told by its name; the old one stays."""
    old = workspace.add_basemap(pack, name="city", attribution="")
    pack.write_bytes(b"PMTiles\x03" + bytes(1000))
    with pytest.raises(SourceError, match=r"city\.pmtiles"):
        workspace.add_basemap(pack, name="city", attribution="")
    assert workspace.basemaps() == [old] and len(list(workspace.folder.packs_dir.iterdir())) == 2


def test_a_base_map_for_which_there_is_no_room_leaves_nothing(
    workspace: Workspace, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a copy would take the room that is wanting; the old base map stays."""
    old = workspace.add_basemap(pack, name="city", attribution="")
    pack.write_bytes(encode_pmtiles({TILE: b"other"}, bounds=BBox(137, 36, 138, 37), metadata={}))

    def fill_up(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:50])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", fill_up)
    with pytest.raises(OSError, match="No space"):
        workspace.add_basemap(pack, name="city", attribution="")
    assert workspace.basemaps() == [old]
    assert sorted(file.suffix for file in workspace.folder.packs_dir.iterdir()) == [".json", ".pmtiles"]


def test_a_base_map_comes_and_goes_over_http(client: FlaskClient, workspace: Workspace, pack: Path) -> None:
    """With its title; what cannot be used is told in words and leaves nothing behind."""

    def send(name: str, content: bytes, file_name: str = "市の地図.pmtiles") -> TestResponse:
        form = {"name": name, "title": "市の地図", "attribution": "", "file": (io.BytesIO(content), file_name)}
        return client.post("/basemaps", data=form)

    answer = send("city", pack.read_bytes())
    assert (answer.status_code, answer.get_json()["title"], answer.get_json()["attribution"]) == (201, "市の地図", "国")
    assert [one["title"] for one in client.get("/basemap").get_json()["packs"]] == ["市の地図"]
    assert client.get("/basemaps/city/5/28/12.mvt").status_code == 200
    for refused in (send("../x", pack.read_bytes()), send("other", b"no map"), client.post("/basemaps", data={})):
        assert refused.status_code in (400, 422) and refused.get_json()["detail_ja"]
    assert list(workspace.folder.uploads_dir.iterdir()) == []
    assert client.post("/basemaps/none/remove").status_code == 404
    assert client.post("/basemaps/city/remove").status_code == 200
    assert client.get("/basemap").get_json()["packs"] == []


@pytest.mark.parametrize(("address", "command"), [("/basemaps", "basemap add"), ("/rasters", "raster add")])
def test_a_file_that_is_too_large_for_a_page_has_another_way(address: str, command: str, client: FlaskClient) -> None:
    """A map has no parts in which it could be sent."""
    client.application.config["MAX_CONTENT_LENGTH"] = 100_000
    file = io.BytesIO(bytes(200_000)), "city.pmtiles"
    answer = client.post(address, data={"name": "city", "file": file})

    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")
    for words in (answer.get_json()["detail_ja"], answer.get_json()["detail_en"]):
        assert f"gis-capture {command}" in words and "max_upload_bytes" in words
