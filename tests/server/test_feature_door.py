"""The quick way to features gives the answers of the plain one, to those who may have them."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gis_capture.people import ALL_LAYERS, People, Right
from gis_capture.server.feature_door import FeatureDoor
from gis_capture.workspace import Workspace
from tests.server.conftest import LAYER, sign_in
from tests.unpacking import UNPACKERS

FEATURES = f"/layers/{LAYER}/features"
ONE = f"{FEATURES}/00000000-0000-7000-8000-000000000003"


@pytest.fixture
def passed(app: Flask) -> Iterator[list[str]]:
    """The paths that the door does not answer itself."""
    paths: list[str] = []
    door: Any = app.wsgi_app
    while not isinstance(door, FeatureDoor):
        door = door._app
    inner = door._app

    def noting(environ: dict[str, Any], start: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return inner(environ, start)

    with mock.patch.object(door, "_app", noting):
        yield paths


def unpacked(answer: TestResponse) -> bytes:
    """The body of an answer."""
    return UNPACKERS[answer.content_encoding](answer.data)


def headers(answer: TestResponse) -> dict[str, str]:
    """The headers of an answer."""
    return {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize(
    "address",
    [
        FEATURES,
        f"{FEATURES}?limit=4&status=%E7%82%B9%E7%81%AF&properties=ledger_number,status",
        f"{FEATURES}?limit=3&after=5&bbox=137.2,36.1,137.3,36.2",
        f"{FEATURES}?ids=00000000-0000-7000-8000-000000000003,x&properties=",
        f"{FEATURES}?unlocated=1",
        f"{FEATURES}?q=A-01&limit=5&",
        ONE,
    ],
)
@pytest.mark.parametrize("packing", ["gzip", "br", "zstd"])
def test_both_ways_give_the_same_answer(client: FlaskClient, passed: list[str], address: str, packing: str) -> None:
    """Body and headers, packed and not."""
    # What the door leaves to Flask.
    plain = client.get(address, headers={"Accept-Encoding": f"{packing};q=0.5"})
    assert len(passed) == 1
    packed, bare = client.get(address, headers={"Accept-Encoding": packing}), client.get(address)

    assert len(passed) == 1
    assert plain.status_code == packed.status_code == bare.status_code == 200
    assert unpacked(plain) == unpacked(packed) == bare.data
    assert headers(plain) == headers(packed)
    assert headers(bare).items() - headers(packed).items() <= {("content-length", str(len(bare.data)))}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{FEATURES}?bbox=1,2,3", 400),
        (f"{FEATURES}?limit=1&limit=2", 400),
        (f"{FEATURES}?format=csv", 200),
        (f"{FEATURES}/nobody", 404),
        ("/layers/nothing/features", 404),
    ],
)
def test_all_else_is_left_to_the_plain_way(client: FlaskClient, passed: list[str], address: str, status: int) -> None:
    """Errors, other formats, and arguments that are given twice."""
    assert client.get(address).status_code == status
    assert len(passed) == 1


def test_who_may_not_read_a_layer_gets_nothing(app: Flask, people: People, passed: list[str]) -> None:
    """Neither a stranger nor somebody from whom the layer is kept; from the next request on."""
    clerk, stranger = sign_in(app, people, "佐藤"), app.test_client()
    assert [clerk.get(one).status_code for one in (FEATURES, ONE)] == [200, 200] and not passed
    people.accounts.grant(f"account:{people.accounts.get('佐藤').account_id}", ALL_LAYERS, Right.NONE)

    assert [clerk.get(one).status_code for one in (FEATURES, ONE)] == [403, 403]
    assert [stranger.get(one).status_code for one in (FEATURES, ONE)] == [401, 401]


def test_reading_personal_data_is_written_down(
    app: Flask, people: People, workspace: Workspace, passed: list[str]
) -> None:
    """By the plain way; who does not see it takes the quick one, and gets none."""
    workspace.add_layer(workspace.known_layer("vacant_house"))
    hidden = workspace.store.layer("vacant_house").personal_names
    assert hidden
    address = "/layers/vacant_house/features"
    admin, clerk = sign_in(app, people, "高山"), sign_in(app, people, "佐藤")

    assert clerk.get(address).status_code == 200 and not passed
    assert clerk.get(f"{address}?properties={min(hidden)}").status_code == 400
    passed.clear()
    assert admin.get(address).status_code == 200 and passed == [address]
    assert [line["what"] for line in people.audit.lines()] == ["personal_read"]


def test_a_search_that_takes_too_long_is_stopped(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told what to do about it, in both languages; the next request is answered."""
    with monkeypatch.context() as patched:
        patched.setattr("gis_capture.store.geopackage.reading.LONGEST_S", 0.0)
        patched.setattr("gis_capture.store.geopackage.reading._STEPS", 1)
        answer = client.get(f"{FEATURES}?q=A-01")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "query_too_long")
    assert "範囲を狭く" in answer.get_json()["detail_ja"] and "smaller box" in answer.get_json()["detail_en"]
    assert client.get(f"{FEATURES}?q=A-01").get_json()["numberMatched"] == 10
