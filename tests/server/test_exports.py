"""Downloads of layers: the right name, the right bytes, and nothing left behind."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from gis_capture.workspace import Workspace

URL = "/layers/street_light/export"


@pytest.mark.parametrize(
    ("query", "media_type", "start"),
    [
        ("", "application/geopackage+sqlite3", b"SQLite format 3\0"),
        ("?format=geojson", "application/geo+json", b'{"type":"FeatureCollection"'),
        ("?format=csv", "text/csv", b"\xef\xbb\xbf"),
        ("?format=csv&encoding=cp932", "text/csv", "台帳番号".encode("cp932")),
    ],
)
def test_a_download_is_named_after_the_layer(
    client: FlaskClient, workspace: Workspace, query: str, media_type: str, start: bytes
) -> None:
    """Japanese file name, count of features, and the working file is gone."""
    response = client.get(URL + query)
    title = workspace.store.layer("street_light").title.ja

    assert (response.status_code, response.mimetype) == (200, media_type)
    assert response.data.startswith(start)
    assert response.headers["Feature-Count"] == "30"
    assert quote(title) in response.headers["Content-Disposition"]
    assert not any(workspace.folder.uploads_dir.glob("*"))


@pytest.mark.parametrize("query", ["", "?format=geojson", "?format=csv"])
@pytest.mark.parametrize("taken", ["gzip", "identity"])
def test_a_download_is_as_long_as_it_says(client: FlaskClient, query: str, taken: str) -> None:
    """Packed or not: a browser breaks off where less comes than was told."""
    response = client.get(URL + query, headers={"Accept-Encoding": taken})
    told = response.headers.get("Content-Length")

    assert (told is None) == (taken == "gzip" and query != "")
    assert told is None or int(told) == len(response.data)
    assert response.headers.get("Content-Encoding") == ("gzip" if told is None else None)


def test_the_geopackage_is_whole(client: FlaskClient, tmp_path: Path) -> None:
    """All rows, and none of the tables that keep the history."""
    path = tmp_path / "lights.gpkg"
    path.write_bytes(client.get(URL).data)
    with sqlite3.connect(path) as connection:
        (n_rows,) = connection.execute("SELECT count(*) FROM street_light").fetchone()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()

    assert n_rows == 30
    assert not any(name.startswith("gis_capture") for name in tables)


def test_asking_for_the_head_makes_no_file(client: FlaskClient, workspace: Workspace) -> None:
    """HEAD says what it would be."""
    assert client.head(f"{URL}?format=csv").status_code == 200
    assert not any(workspace.folder.uploads_dir.glob("*"))
