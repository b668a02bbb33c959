"""A workspace with some street lights, and a client of the app that serves it."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from shapely import Point
from werkzeug.test import TestResponse

from gis_capture.model import Feature, PositionQuality
from gis_capture.people import Lasting, People, Role
from gis_capture.people.passwords import Passwords
from gis_capture.server import create_app
from gis_capture.server.asking import SESSION_COOKIE
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.stores import KINDS

LAYER = "street_light"
N_LIGHTS = 30
PASSWORD = "つつじ並木の街路灯 7基"
STATUSES = ("点灯", "球切れ")


WITH_EACH_STORE = (
    "test_areas",
    "test_exports",
    "test_features",
    "test_layers",
    "test_office_desk",
    "test_personal",
    "test_sync",
    "test_tiles",
)
"""Files whose tests are run with the layers in a file and in a database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs tests with each store."""
    if "workspace" in metafunc.fixturenames and metafunc.definition.path.stem in WITH_EACH_STORE:
        metafunc.parametrize("workspace", KINDS, indirect=True)


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """Holds 30 lights in a row to the east, one of them without a position."""
    is_file = getattr(request, "param", KINDS[0]) == KINDS[0]
    store = None if is_file else request.getfixturevalue("schema_url")
    with Workspace.create(tmp_path / "作業 フォルダー", name="道路維持課", store=store) as made:
        lights = [
            Feature(
                LAYER,
                f"00000000-0000-7000-8000-{number:012d}",
                None if number == 7 else Point(137.25 + number / 1000, 36.14),
                {"ledger_number": f"A-{number:03d}", "status": STATUSES[number % 2]},
                position=PositionQuality() if number == 7 else PositionQuality("coordinates", 1.0),
            )
            for number in range(N_LIGHTS)
        ]
        with made.store.transact(Author("office", "山田"), at=made.clock()) as transaction:
            transaction.put_layer(made.known_layer(LAYER))
            transaction.insert(lights)
        yield made


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    """The app over the workspace; errors are answered, not raised."""
    return create_app(workspace)


class ReadingClient(FlaskClient):
    """Reads every answer to its end, as clients on a network do, so that the server closes its files."""

    def open(self, *arguments: Any, **values: Any) -> TestResponse:
        """Makes a request."""
        return super().open(*arguments, **{"buffered": True, **values})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Asks the app."""
    app.test_client_class = ReadingClient
    return app.test_client()


@pytest.fixture
def people(workspace: Workspace) -> People:
    """An administrator 高山 and a clerk 佐藤, who sees no personal data; hashes of their passwords cost nothing."""
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    workspace._people = made = People(
        workspace.folder.people_path,
        clock=lambda: workspace.clock(),
        new_id=lambda: workspace.new_id(),
        random=token_bytes,
        lasting=Lasting(14_400, 43_200),
        passwords=cheap,
    )
    made.add_account("高山", PASSWORD, Role.ADMIN)
    made.add_account("佐藤", PASSWORD, Role.OFFICE, sees_personal=False)
    return made


def sign_in(app: Flask, people: People, name: str, *, address: str = "192.168.1.20") -> FlaskClient:
    """Somebody who is signed in, on another computer."""
    app.test_client_class = ReadingClient
    signed_in = app.test_client()
    signed_in.environ_base["REMOTE_ADDR"] = address
    signed_in.set_cookie(SESSION_COOKIE, people.sign_in(name, PASSWORD, address=address)[0])
    return signed_in


@pytest.fixture
def elsewhere(app: Flask, client: FlaskClient, people: People) -> FlaskClient:
    """The clerk on another computer; at the office's own screen the administrator is signed in."""
    client.set_cookie(SESSION_COOKIE, people.sign_in("高山", PASSWORD, address="127.0.0.1")[0])
    return sign_in(app, people, "佐藤")


@pytest.fixture
def problem_of() -> Any:
    """Checks the one shape of all errors and gives the document."""

    def check(response: Any, status: int, code: str) -> dict[str, Any]:
        assert response.mimetype == "application/problem+json"
        document: dict[str, Any] = response.get_json()
        assert set(document) == {"type", "title", "status", "detail", "code", "detail_ja", "detail_en"}
        assert (response.status_code, document["status"], document["code"]) == (status, status, code)
        assert document["detail_ja"] and document["detail_en"]
        return document

    return check
