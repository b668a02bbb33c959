"""Field sheets over HTTP."""

import pytest
from flask.testing import FlaskClient

from tests.paper.conftest import font  # noqa: F401
from tests.server.conftest import LAYER


@pytest.mark.usefixtures("font")
def test_sheet_is_printed_listed_and_given_again(client: FlaskClient) -> None:
    """The PDF comes at once; the list says what was printed."""
    printed = client.post("/sheets", json={"layers": [LAYER], "scale": 10000, "paper": "A3", "crew": "第2班"})
    assert printed.status_code == 201 and printed.data.startswith(b"%PDF"), printed.text
    listed = client.get("/sheets").get_json()["sheets"]
    assert [one["number"] for one in listed] == list(range(len(listed), 0, -1)) and listed[0]["crew"] == "第2班"
    assert listed[0]["layers"] == [LAYER] and sum(one["n_features"] for one in listed) > 0
    assert client.get("/sheets/1/pdf").data.startswith(b"%PDF")
    assert client.get(f"/sheets/{len(listed)}/atlas.pdf").data == printed.data


def test_wrong_orders_are_told(client: FlaskClient) -> None:
    """Each with what to do about it."""
    for body, status, code in (
        ({"layers": LAYER}, 400, "bad_request"),
        ({"layers": ["nothing"]}, 404, "layer_unknown"),
        ({"scale": "500"}, 400, "bad_request"),
        ({"scale": 7}, 400, "sheet_scale"),
        ({"bbox": "1,2,3"}, 400, "feature_unusable"),
        ({"layers": [LAYER], "scale": 10000, "crs": "EPSG:4326"}, 400, "sheet_crs"),
    ):
        answer = client.post("/sheets", json=body)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code), answer.text
    assert client.get("/sheets/9/pdf").status_code == 404 and client.get("/sheets").get_json() == {"sheets": []}
