"""Every failure has one shape, in the language of who asked."""

import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture import errors
from gis_capture.server.errors import STATUS
from gis_capture.text import Text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/layers/", 404, "not_found"),
        ("GET", "/layers/no_such_layer/features", 404, "layer_unknown"),
        ("GET", "/layers/street_light/features/nobody", 404, "not_found"),
        ("GET", "/layers/street_light/features?bbox=1,2,3", 400, "feature_unusable"),
        ("GET", "/layers/street_light/features?limit=0", 400, "bad_request"),
        ("GET", "/layers/street_light/features?limit=1e3", 400, "bad_request"),
        ("GET", "/layers/street_light/export?format=exe", 400, "bad_request"),
        ("GET", "/tiles/street_light/3/9/0.mvt", 400, "tile_unknown"),
        ("GET", "/tiles/street_light/3/-1/0.mvt", 404, "not_found"),
        ("GET", "/tiles/no_such_layer/3/1/1.mvt", 404, "layer_unknown"),
        ("GET", "/styles/no_such_layer.json", 404, "layer_unknown"),
        ("GET", "/packs/secrets.pmtiles", 404, "not_found"),
        ("GET", "/assets/../workspace.toml", 404, "not_found"),
        ("GET", "/tablet/..%2f..%2fpyproject.toml", 404, "not_found"),
        ("GET", "/attachments/abc", 400, "hash_invalid"),
        ("GET", "/attachments/" + "a" * 64, 404, "attachment_unknown"),
        ("GET", "/imports/none", 404, "not_found"),
        ("POST", "/imports/none/convert", 404, "not_found"),
        ("POST", "/imports", 400, "no_file"),
        ("GET", "/conflicts?state=odd", 400, "bad_request"),
        ("DELETE", "/layers", 405, "method_not_allowed"),
        ("POST", "/sync/push", 400, "not_json"),
    ],
)
def test_errors_are_problems(
    client: FlaskClient, problem_of: Any, method: str, path: str, status: int, code: str
) -> None:
    """Whatever is wrong, the answer is a problem with status and code."""
    document = problem_of(client.open(path, method=method), status, code)

    assert document["detail"] == document["detail_ja"]


def test_english_is_spoken_to_who_asks_for_it(client: FlaskClient, problem_of: Any) -> None:
    """Accept-Language chooses title and detail; Japanese is the default."""
    document = problem_of(client.get("/nowhere", headers={"Accept-Language": "en-GB, ja;q=0.5"}), 404, "not_found")

    assert (document["title"], document["detail"]) == ("Not found", document["detail_en"])


def test_an_unexpected_error_tells_nothing_of_the_inside(
    app: Flask, problem_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The person gets words, the log gets the trace."""

    def crash() -> str:
        raise ZeroDivisionError("secret place /etc/passwd")

    app.add_url_rule("/crash", view_func=crash)
    with caplog.at_level(logging.ERROR):
        response = app.test_client().get("/crash")
    problem_of(response, 500, "unexpected")

    assert "secret" not in response.text
    assert "secret place" in caplog.text


def test_every_error_of_the_tree_has_a_status() -> None:
    """A new branch of the tree is not answered as a crash by oversight."""
    tree = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.CaptureError)}

    assert tree <= STATUS.keys()


def test_a_code_in_the_subject_decides(app: Flask, problem_of: Any) -> None:
    """An epoch that has changed is a conflict although the error's class is a bad request."""

    def stale() -> str:
        raise errors.SyncError(Text("古い", "stale"), code="epoch_changed")

    app.add_url_rule("/stale", view_func=stale)
    problem_of(app.test_client().get("/stale"), 409, "epoch_changed")
