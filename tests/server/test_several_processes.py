"""Several processes that serve one workspace behave as one."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gis_capture.people import Role
from gis_capture.people.attempts import FREE_BY_NAME
from gis_capture.server.asking import SESSION_COOKIE
from gis_capture.workspace import Workspace
from tests.server.conftest import PASSWORD
from tests.server.processes import Asking, serving
from tests.server.test_imports import LEDGER
from tests.sync.tablets import AT, LAMP, POLE, fill, lamp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes of Linux")
N_ASKED = 24
BOUNDARY = "fence"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a lamp and an administrator."""
    path = tmp_path_factory.mktemp("several") / "w"
    with Workspace.create(path) as made:
        fill(made.store, lamp("f1", name="甲"), layers=(POLE, LAMP))
        made.people.add_account("高山", PASSWORD, Role.ADMIN)
        made.people.add_account("佐藤", PASSWORD, Role.OFFICE)
    return path


@pytest.fixture(scope="module")
def asking(place: Path) -> Iterator[Asking]:
    """Two processes; who asks is the administrator."""
    with serving(place, workers=2) as found:
        assert len(found.workers()) == 2
        found.headers = {"Cookie": f"{SESSION_COOKIE}={signed_in(found)}"}
        yield found


def signed_in(asking: Asking, name: str = "高山") -> str:
    """Signs in; gives the token."""
    assert asking("POST", "/sign-in", {"name": name, "password": PASSWORD}, Cookie="")[0] == 200
    return str(asking.last_headers["Set-Cookie"]).split("=")[1].split(";")[0]


def push_of(change_id: str, feature_id: str) -> dict[str, Any]:
    """A push of one new lamp."""
    fields = {"name": {"old": None, "new": "新"}}
    place = {"old": None, "new": {"type": "Point", "coordinates": [137.3, 36.2]}}
    change = {"change_id": change_id, "layer": "lamp", "feature_id": feature_id, "kind": "insert", "after": None}
    more: dict[str, Any] = {
        "base_revision": None,
        "definition_version": 2,
        "fields": fields,
        "geometry": place,
        "attachments": [],
    }
    when = {"made_at": AT, "position": {"lon": 137.25, "lat": 36.14, "accuracy_m": 4}}
    head = {"format": "gis-capture.push/v1", "device_id": "t1", "author": "班員", "clock_at": AT}
    return {**head, "changes": [change | more | when]}


def upload(asking: Asking) -> str:
    """Uploads a ledger; gives the import's id."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = (head + LEDGER + f"\r\n--{BOUNDARY}--\r\n").encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    status, answer = asking.json("POST", "/imports", body, **kind)
    assert status == 201
    return str(answer["import_id"])


def test_sessions_and_waits_count_in_all_processes(asking: Asking) -> None:
    """Who is signed in is known everywhere, who signed out nowhere, and a name that failed often waits everywhere."""
    cookie = {"Cookie": f"{SESSION_COOKIE}={signed_in(asking, '佐藤')}"}
    assert {asking("GET", "/layers", **cookie)[0] for _ in range(N_ASKED)} == {200}
    assert asking("POST", "/sign-out", {}, **cookie)[0] == 200
    time.sleep(0.3)
    assert {asking("GET", "/layers", **cookie)[0] for _ in range(N_ASKED)} == {401}

    wrong = {"name": "佐藤", "password": "まちがい"}
    answers = [asking("POST", "/sign-in", wrong, Cookie="")[0] for _ in range(FREE_BY_NAME + 4)]
    assert answers[:FREE_BY_NAME] == [401] * FREE_BY_NAME
    assert 429 in answers[FREE_BY_NAME:]


def test_what_one_process_writes_all_others_give(asking: Asking) -> None:
    """Features, counts and the addresses of tiles are the new ones at once, from whichever process."""
    before = asking("GET", "/tiles/lamp/0/0/0.mvt")
    etag = asking.last_headers["ETag"]
    status, answer = asking.json("POST", "/sync/push", push_of("c1", "f2"))
    assert (status, answer["receipts"][0]["status"]) == (200, "applied"), answer

    for _ in range(N_ASKED):
        assert asking("GET", "/sync/pull?layers=lamp")[1].count(b'"type":"feature"') == 2
        assert asking.json("GET", "/layers/lamp/features?limit=1")[1]["numberMatched"] == 2
        tile = asking("GET", "/tiles/lamp/0/0/0.mvt")
        assert asking.last_headers["ETag"] != etag and tile != before


def test_an_import_is_followed_in_any_process(asking: Asking) -> None:
    """Uploaded to one, begun in another, asked after in both; it begins once however often it is asked for."""
    import_id = upload(asking)
    assert {asking("GET", f"/imports/{import_id}")[0] for _ in range(N_ASKED)} == {200}
    begun = [asking("POST", f"/imports/{import_id}/convert", {"layer": "street_light"})[0] for _ in range(6)]
    assert sorted(begun) == [202, 409, 409, 409, 409, 409]
    states = []
    for _ in range(600):
        status, answer = asking.json("GET", f"/imports/{import_id}")
        assert status == 200
        states.append(answer["state"])
        if answer["state"] != "running":
            break
        time.sleep(0.05)
    assert states[-1] == "done" and answer["result"]["n_loaded"] == 11
    assert all(asking.json("GET", f"/imports/{import_id}")[1]["state"] == "done" for _ in range(N_ASKED))


def test_figures_are_those_of_all_processes(asking: Asking) -> None:
    """Each gives the sum."""

    def counted() -> float:
        lines = asking("GET", "/metrics")[1].decode().splitlines()
        return sum(
            float(one.split()[-1]) for one in lines if one.startswith('gis_capture_requests_total{area="health"')
        )

    before = counted()
    for _ in range(N_ASKED):
        asking("GET", "/health")
    assert {counted() for _ in range(10)} == {before + N_ASKED}


def test_a_process_that_dies_is_replaced(asking: Asking, place: Path) -> None:
    """The other one goes on, nobody is signed out, and the log stays readable line by line."""
    first, second = sorted(asking.workers())
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (len(asking.workers()) < 2 or first in asking.workers()):
        time.sleep(0.2)
    assert second in asking.workers() and len(asking.workers()) == 2
    assert {asking("GET", "/layers")[0] for _ in range(N_ASKED)} == {200}
    log = (place / "logs" / "server.jsonl").read_text("utf-8")
    assert all(json.loads(line) for line in log.splitlines())


def test_two_servers_share_a_database_and_a_folder(tmp_path: Path, schema_url: str) -> None:
    """As two machines behind a proxy do: what is pushed to one the other gives, and sessions hold at both."""
    with Workspace.create(tmp_path / "w", store=schema_url) as made:
        fill(made.store, lamp("f1", name="甲"), layers=(POLE, LAMP))
        made.people.add_account("高山", PASSWORD, Role.ADMIN)
    with serving(tmp_path / "w") as one, serving(tmp_path / "w") as other:
        one.headers = other.headers = {"Cookie": f"{SESSION_COOKIE}={signed_in(one)}"}
        for number in range(6):
            change = push_of(f"c{number}", f"n{number}")
            asked, told = (one, other) if number % 2 else (other, one)
            assert asked.json("POST", "/sync/push", change)[1]["receipts"][0]["status"] == "applied"
            assert told("GET", "/sync/pull?layers=lamp")[1].count(b'"type":"feature"') == number + 2
            assert told.json("GET", "/layers/lamp/features?limit=1")[1]["numberMatched"] == number + 2
        import_id = upload(one)
        assert other("POST", f"/imports/{import_id}/convert", {"layer": "street_light"})[0] == 202
        for _ in range(400):
            if one.json("GET", f"/imports/{import_id}")[1]["state"] != "running":
                break
            time.sleep(0.05)
        assert one.json("GET", f"/imports/{import_id}")[1]["state"] == "done"
