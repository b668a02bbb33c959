"""Tiles over HTTP show what is in the store, at once after an edit."""

from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient

from gis_capture.store.protocol import Author
from gis_capture.tiles.grid import tile_at
from gis_capture.workspace import Workspace
from tests.unpacking import UNPACKERS

Z, X, Y = tile_at(137.26, 36.14, 10)
TILE = f"/tiles/street_light/{Z}/{X}/{Y}.mvt"


def features_of(content: bytes) -> list[dict[str, Any]]:
    """The lights in a tile."""
    return list(mapbox_vector_tile.decode(content)["street_light"]["features"])


def test_a_tile_holds_the_located_features(client: FlaskClient) -> None:
    """All 29 lights with a position, with id, label, key and category, and nothing else."""
    response = client.get(TILE)
    features = features_of(response.data)
    first = min(features, key=lambda feature: str(feature["properties"]["label"]))

    assert response.mimetype == "application/vnd.mapbox-vector-tile"
    assert len(features) == 29
    assert first["id"] == 1
    assert first["properties"] == {
        "feature_id": "00000000-0000-7000-8000-000000000000",
        "ledger_number": "A-000",
        "label": "A-000",
        "status": "点灯",
    }


def test_an_unchanged_tile_is_not_sent_again(client: FlaskClient) -> None:
    """304 by ETag, until an edit; then the new state at once."""
    etag = client.get(TILE).headers["ETag"]

    assert client.get(TILE, headers={"If-None-Match": etag}).status_code == 304


def test_an_edit_is_in_the_next_tile(client: FlaskClient, workspace: Workspace) -> None:
    """Read your writes: the old ETag does not count any more."""
    etag = client.get(TILE).headers["ETag"]
    feature_id = features_of(client.get(TILE).data)[0]["properties"]["feature_id"]
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.delete("street_light", feature_id)
    response = client.get(TILE, headers={"If-None-Match": etag})

    assert response.status_code == 200
    assert feature_id not in {feature["properties"]["feature_id"] for feature in features_of(response.data)}


def test_an_empty_tile_is_204(client: FlaskClient) -> None:
    """Nothing there, no body."""
    response = client.get("/tiles/street_light/10/0/0.mvt")

    assert (response.status_code, response.data) == (204, b"")


@pytest.mark.parametrize("zoom", ["١٠", "\uff11\uff10", "1" * 5_000])
def test_an_address_has_plain_numbers(client: FlaskClient, zoom: str) -> None:
    """Other digits, and numbers without end, are no tile: caches would keep one under many names."""
    address = f"/tiles/street_light/{zoom}/0/0.mvt"

    assert client.get(address).status_code == 404


def test_tile_json_and_style_lead_to_the_tiles(client: FlaskClient) -> None:
    """The addresses in both documents give the tile."""
    for path in ("/tiles/street_light.json", "/styles/street_light.json"):
        document = client.get(path).get_json()
        (url,) = document.get("tiles") or document["sources"]["layers"]["tiles"]
        address = url.replace("{z}", str(Z)).replace("{x}", str(X)).replace("{y}", str(Y))

        assert len(features_of(client.get(address).data)) == 29
        # A style is kept for years, TileJSON is asked for anew: only what it names may be kept without asking.
        is_kept = "immutable" in client.get(address).headers["Cache-Control"]
        assert is_kept == (path == "/tiles/street_light.json")


@pytest.mark.parametrize(
    ("taken", "packing"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("GZIP, Br", "br"),
        ("gzip, zstd;q=0", "gzip"),
        ("br;q=0.2, gzip;q=0.9", "gzip"),
        ("*", "gzip"),
        ("identity", None),
        ("pack200-gzip, gzipx", None),
    ],
)
def test_a_tile_is_packed_as_its_client_takes_it(client: FlaskClient, taken: str, packing: str | None) -> None:
    """The same tile however it is packed, under a weak tag that holds for all; a proxy is told what it hangs on."""
    plain = client.get(TILE, headers={"Accept-Encoding": "identity"})
    first, again = (client.get(TILE, headers={"Accept-Encoding": taken}) for _ in range(2))

    assert first.headers.get("Content-Encoding") == packing and first.headers["Vary"] == "Accept-Encoding"
    assert UNPACKERS[packing](first.data) == plain.data and len(plain.data) > 1_000
    assert (again.data, again.headers["Content-Encoding"] if packing else None) == (first.data, packing)
    assert first.headers["ETag"] == plain.headers["ETag"] and first.headers["ETag"].startswith("W/")
    for tag in (plain.headers["ETag"], "*"):
        assert client.get(TILE, headers={"Accept-Encoding": taken, "If-None-Match": tag}).status_code == 304


def test_the_door_before_flask_gives_what_flask_gives(client: FlaskClient) -> None:
    """To the byte and the header, for tiles with and without content, known and unknown ones, and errors."""
    version = client.get("/tiles/street_light.json").get_json()["tiles"][0].partition("?")[2]
    etag = client.get(TILE).headers["ETag"]
    empty, unknown = "/tiles/street_light/10/0/0.mvt", TILE.replace("street_light", "nothing")
    for method in ("GET", "HEAD"):
        for path in (TILE, f"{TILE}?{version}", f"{TILE}?v=0", empty, unknown, "/tiles/street_light/3/9/0.mvt"):
            for known in ("", etag):
                headers = {"If-None-Match": known} if known else {}
                for packing in ("gzip", "br", "zstd"):
                    ours = client.open(path, method=method, headers={**headers, "Accept-Encoding": packing})
                    quality = f"{packing};q=0.9"
                    theirs = client.open(path, method=method, headers={**headers, "Accept-Encoding": quality})

                    assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data)
                    for name in ("ETag", "Cache-Control", "Content-Encoding", "Content-Security-Policy", "Vary"):
                        assert ours.headers.get(name) == theirs.headers.get(name), (path, name)
    assert "immutable" in client.get(f"{TILE}?{version}", headers={"Accept-Encoding": "gzip"}).headers["Cache-Control"]
