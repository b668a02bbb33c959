"""Base map packs over HTTP."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from gis_capture.workspace import Workspace


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Stands for a PMTiles file; the server does not look behind its magic number."""
    path = tmp_path / "city.pmtiles"
    path.write_bytes(b"PMTiles\x03" + bytes(1000))
    return path


def test_a_pack_is_listed_and_read_by_ranges(client: FlaskClient, workspace: Workspace, pack: Path) -> None:
    """The tablet fetches it in pieces, the office map reads parts of it."""
    workspace.add_basemap(pack, name="city", attribution="高山市")
    (listed,) = client.get("/basemap").get_json()["packs"]
    part = client.get(listed["url"], headers={"Range": "bytes=0-7"})

    assert (listed["name"], listed["size_bytes"], listed["attribution"]) == ("city", 1008, "高山市")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"PMTiles\x03", "bytes 0-7/1008")
    assert "immutable" in part.headers["Cache-Control"]


def test_a_new_pack_takes_the_place_of_the_old(client: FlaskClient, workspace: Workspace, pack: Path) -> None:
    """Another content, another address; the old one is gone."""
    old = workspace.add_basemap(pack, name="city", attribution="高山市")
    pack.write_bytes(b"PMTiles\x03" + bytes(2000))
    new = workspace.add_basemap(pack, name="city", attribution="高山市")

    assert client.get(f"/packs/{old.file_name}").status_code == 404
    assert len(client.get(f"/packs/{new.file_name}").data) == 2008
