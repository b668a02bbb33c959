"""Push and pull over HTTP: the messages of docs/format.md, gzip, limits."""

import gzip
import json
from typing import Any

from flask.testing import FlaskClient

from gis_capture.workspace import Workspace

FEATURE_ID = "00000000-0000-7000-8000-000000000003"


def change(**values: Any) -> dict[str, Any]:
    """A change of the status of one light."""
    return {
        "change_id": "11111111-0000-7000-8000-000000000001",
        "layer": "street_light",
        "feature_id": FEATURE_ID,
        "kind": "update",
        "after": None,
        "base_revision": 1,
        "definition_version": 1,
        "fields": {"status": {"old": "球切れ", "new": "点灯"}},
        "made_at": "2026-11-23T02:10:00Z",
        **values,
    }


def push(*changes: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A push message."""
    return {
        "format": "gis-capture.push/v1",
        "device_id": "tablet-1",
        "clock_at": "2026-11-23T02:11:00Z",
        "changes": list(changes),
        **values,
    }


def lines_of(response: Any) -> list[dict[str, Any]]:
    """The documents of a pull."""
    body = gzip.decompress(response.data) if response.content_encoding == "gzip" else response.data
    return [json.loads(line) for line in body.splitlines()]


def test_a_pushed_change_is_stored_and_pulled(client: FlaskClient, workspace: Workspace) -> None:
    """A receipt, the new value in the store, and the value in the next pull since then."""
    answer = client.post("/sync/push", json=push(change(), author="田中")).get_json()
    stored = workspace.store.feature("street_light", FEATURE_ID)
    pulled = lines_of(client.get("/sync/pull?layers=street_light&since=1"))

    assert [receipt["status"] for receipt in answer["receipts"]] == ["applied"]
    assert stored is not None and stored.fields["status"] == "点灯"
    assert [line["feature_id"] for line in pulled if line["type"] == "feature"] == [FEATURE_ID]


def test_gzip_both_ways(client: FlaskClient) -> None:
    """Tablets send gzip, and take it."""
    body = gzip.compress(json.dumps(push(change())).encode())
    pushed = client.post("/sync/push", data=body, headers={"Content-Encoding": "gzip"})
    pulled = client.get("/sync/pull?layers=street_light", headers={"Accept-Encoding": "gzip"})

    assert pushed.status_code == 200
    assert (pulled.content_encoding, pulled.mimetype) == ("gzip", "application/x-ndjson")
    assert [line["type"] for line in lines_of(pulled)].count("feature") == 30


def test_broken_bodies_are_told_apart(client: FlaskClient, problem_of: Any) -> None:
    """What claims to be gzip or JSON and is not."""
    headers = {"Content-Encoding": "gzip"}
    cut = gzip.compress(json.dumps(push(change())).encode())[:-9]

    problem_of(client.post("/sync/push", data=b"no gzip", headers=headers), 400, "not_gzip")
    problem_of(client.post("/sync/push", data=cut, headers=headers), 400, "not_gzip")
    problem_of(client.post("/sync/push", data=b"{", headers={}), 400, "not_json")
    problem_of(client.post("/sync/push", data=b"[" * 100_000), 400, "not_json")
    problem_of(client.post("/sync/push", data=b"x", headers={"Content-Encoding": "br"}), 400, "encoding_unsupported")


def test_a_bomb_is_stopped_while_it_unpacks(client: FlaskClient, problem_of: Any) -> None:
    """100 MB of zeros in 100 kB are refused at the limit."""
    body = gzip.compress(bytes(100_000_000), 9)
    response = client.post("/sync/push", data=body, headers={"Content-Encoding": "gzip"})

    assert len(body) < 200_000
    problem_of(response, 413, "too_large")


def test_half_a_surrogate_pair_blocks_nobody(client: FlaskClient) -> None:
    """A text that is no Unicode rejects its own change; the one beside it is applied."""
    bad = change(
        change_id="11111111-0000-7000-8000-000000000002", fields={"status": {"old": "球切れ", "new": "\ud842"}}
    )
    body = json.dumps(push(bad, change()))
    receipts = json.loads(client.post("/sync/push", data=body).data)["receipts"]

    assert [receipt["status"] for receipt in receipts] == ["rejected", "applied"]


def test_another_epoch_applies_nothing(client: FlaskClient, problem_of: Any, workspace: Workspace) -> None:
    """409 on push and pull; the store is as it was."""
    problem_of(client.post("/sync/push", json=push(change(), epoch="another")), 409, "epoch_changed")
    problem_of(client.get("/sync/pull?layers=street_light&epoch=another"), 409, "epoch_changed")

    assert workspace.store.revision() == 1


def test_pages_of_a_pull_end_where_the_whole_does(client: FlaskClient) -> None:
    """Following the cursor gives every feature once."""
    ids, cursor = [], ""
    while cursor is not None:
        url = f"/sync/pull?layers=street_light&limit=8{cursor and f'&cursor={cursor}'}"
        *lines, end = lines_of(client.get(url))
        ids += [line["feature_id"] for line in lines if line["type"] == "feature"]
        cursor = end["next"]

    assert len(ids) == len(set(ids)) == 30


def test_a_conflict_is_listed(client: FlaskClient) -> None:
    """Two tablets, one field, two values: the office finds both."""
    client.post("/sync/push", json=push(change()))
    other = change(
        change_id="11111111-0000-7000-8000-000000000009", fields={"status": {"old": "球切れ", "new": "撤去"}}
    )
    client.post("/sync/push", json=push(other, device_id="tablet-2"))
    (conflict,) = client.get("/conflicts").get_json()["conflicts"]

    assert conflict["fields"][0]["stored"] == "点灯" and conflict["fields"][0]["incoming"] == "撤去"
    assert client.get("/conflicts?state=closed").get_json()["conflicts"] == []
