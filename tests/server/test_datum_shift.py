"""`GET /datum-shift`: with it a tablet draws layers that are kept in the Tokyo Datum."""

from flask.testing import FlaskClient


def test_a_grid_of_the_area(client: FlaskClient) -> None:
    """As many shifts as nodes; how rough they are is told, for this office has no official grid."""
    answer = client.get("/datum-shift?crs=EPSG:30167&bbox=137.2,36.1,137.3,36.2").get_json()
    assert len(answer["shifts"]) == 2 * answer["n_columns"] * answer["n_rows"]
    assert answer["west"] < 137.2
    assert answer["south"] < 36.1
    assert -0.004 < answer["shifts"][0] < -0.002
    assert answer["accuracy_m"] > 8


def test_what_cannot_be_answered_is_told(client: FlaskClient) -> None:
    """A CRS that is none, no area, and an area of all of Japan."""
    for query in ("crs=EPSG:1&bbox=137,36,138,37", "crs=EPSG:30167", "crs=EPSG:30167&bbox=122,20,154,46"):
        answer = client.get(f"/datum-shift?{query}")
        assert 400 <= answer.status_code < 500, query
        assert answer.get_json()["detail_ja"]
