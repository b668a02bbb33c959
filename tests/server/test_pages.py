"""The built pages are served compressed and with the right life in caches."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture.errors import ResourceError
from gis_capture.people import People
from gis_capture.server.areas import pages
from gis_capture.text import Text
from tests.server.test_sign_in import paired


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the built web app."""
    folder = tmp_path / "static"
    for name, content in {
        "index.html": "<h1>庁内</h1>",
        "tablet/index.html": "<h1>現場</h1>",
        "tablet/service-worker.js": "/* worker */",
        "tablet/app.webmanifest": "{}",
        "tablet/icon-192.png": "picture",
        "assets/office-ab12.js": "let x = 1; " * 100,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content.encode()))
    monkeypatch.setattr(pages, "static_dir", lambda: folder)
    return folder


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("/", "text/html", "no-cache"),
        ("/tablet/", "text/html", "no-cache"),
        ("/tablet/service-worker.js", "text/javascript", "no-cache"),
        ("/tablet/app.webmanifest", "application/manifest+json", "no-cache"),
        ("/assets/office-ab12.js", "text/javascript", "public, max-age=31536000, immutable"),
    ],
)
def test_files_have_type_and_life(client: FlaskClient, static: Path, path: str, media_type: str, caching: str) -> None:
    """Hashed assets live for ever; pages and service worker are asked for again."""
    response = client.get(path)

    assert (response.status_code, response.mimetype, response.headers["Cache-Control"]) == (200, media_type, caching)


@pytest.mark.parametrize("who", ["nobody", "revoked"])
def test_the_files_of_the_app_are_open(app: Flask, people: People, static: Path, who: str) -> None:
    """Browsers fetch manifest and icons without cookies; a tablet that is refused still opens, to say why."""
    asking = app.test_client()
    if who == "revoked":
        asking, device_id = paired(app, people)
        people.devices.set_state(people.devices.get(device_id), "revoked")
        assert asking.get("/layers").status_code == 403

    for path in ("", "app.webmanifest", "icon-192.png", "service-worker.js"):
        with asking.get(f"/tablet/{path}") as answer:
            assert answer.status_code == 200


def test_the_packed_file_is_sent_to_who_takes_it(client: FlaskClient, static: Path) -> None:
    """Same content both ways, and caches are told that there are two forms."""
    packed = client.get("/assets/office-ab12.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/assets/office-ab12.js")

    assert packed.content_encoding == "gzip" and plain.content_encoding is None
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient, static: Path) -> None:
    """304 by ETag."""
    etag = client.get("/").headers["ETag"]

    assert client.get("/", headers={"If-None-Match": etag}).status_code == 304


def test_a_missing_build_is_told(client: FlaskClient, problem_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the server works without it."""

    def missing() -> Path:
        raise ResourceError(Text("ありません", "missing"))

    monkeypatch.setattr(pages, "static_dir", missing)
    problem_of(client.get("/"), 503, "installation_incomplete")

    assert client.get("/health").get_json()["status"] == "ok"
