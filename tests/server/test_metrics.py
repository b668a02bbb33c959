"""Figures for Prometheus, and who gets them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gis_capture.people import People
from tests.server.conftest import LAYER, N_LIGHTS, sign_in


def value(text: str, name: str) -> float:
    """The value of a line, by its name with labels."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, text
    return float(found[1])


def test_answers_are_counted_by_area_and_status(client: FlaskClient) -> None:
    """Tiles, which Flask does not see, as well; a path that is no area does not make one."""
    for path in ("/layers", "/layers", f"/tiles/{LAYER}/14/14400/6400.mvt", "/layers/unknown/features", "/x1", "/x2"):
        client.get(path, headers={"Accept-Encoding": "gzip"})
    text = client.get("/metrics").get_data(as_text=True)

    assert value(text, 'gis_capture_requests_total{area="layers",method="GET",status="200"}') == 2
    assert value(text, 'gis_capture_requests_total{area="layers",method="GET",status="404"}') == 1
    assert value(text, 'gis_capture_requests_total{area="other",method="GET",status="404"}') == 2
    assert value(text, 'gis_capture_request_seconds_count{area="tiles"}') == 1
    assert value(text, f'gis_capture_features{{layer="{LAYER}"}}') == N_LIGHTS
    assert value(text, "gis_capture_last_backup_timestamp_seconds") == 0


@pytest.mark.parametrize("path", ["*", "", "//", "/%2e%2e/x"])
def test_an_odd_path_is_counted_like_any_other(client: FlaskClient, path: str) -> None:
    """As a server hands it on, `OPTIONS *` has no slash at all."""
    answer = client.open("/", method="OPTIONS", environ_overrides={"PATH_INFO": path})

    assert answer.status_code < 500


def test_the_own_computer_and_administrators_get_them(app: Flask, people: People) -> None:
    """A program on the server's computer needs no session; another computer has to be an administrator's."""
    here, elsewhere = app.test_client(), {"REMOTE_ADDR": "192.168.1.9"}
    crew = sign_in(app, people, "佐藤")
    admin = sign_in(app, people, "高山")

    assert here.get("/metrics").status_code == 200
    assert here.get("/metrics", environ_base=elsewhere).status_code == 401
    assert crew.get("/metrics", environ_base=elsewhere).status_code == 403
    assert admin.get("/metrics", environ_base=elsewhere).status_code == 200
    assert here.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 401
