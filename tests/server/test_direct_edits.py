"""What QGIS writes straight into the layer file is served as an edit with a revision."""

import sqlite3
from typing import Any

from flask.testing import FlaskClient

from gis_capture.geopackage.functions import register_functions
from gis_capture.workspace import Workspace

FEATURE = "/layers/street_light/features/00000000-0000-7000-8000-000000000004"


def edit_directly(workspace: Workspace) -> None:
    """Does what another program does: an update over its own connection, with nothing of ours but SQL functions."""
    with sqlite3.connect(workspace.folder.store_path) as connection:
        register_functions(connection)
        connection.execute("UPDATE street_light SET status = '撤去' WHERE ledger_number = 'A-004'")
    connection.close()


def test_a_direct_edit_is_served_and_has_an_author(client: FlaskClient, workspace: Workspace) -> None:
    """The next request sees the value under a new revision; tablets pull it."""
    edit_directly(workspace)
    properties = client.get(FEATURE).get_json()["properties"]
    pulled = client.get("/sync/pull?layers=street_light&since=1").text

    assert (properties["status"], properties["revision"]) == ("撤去", 2)
    assert pulled.count('"type":"feature"') == 1
    assert workspace.store.author_of(2)[0].device_id == "direct edit"


def test_a_store_that_cannot_be_written_is_still_read(
    client: FlaskClient, workspace: Workspace, monkeypatch: Any
) -> None:
    """Adopting fails, the answer comes."""
    from gis_capture.errors import StoreError
    from gis_capture.text import Text

    def full() -> None:
        raise StoreError(Text("空き容量がありません", "disk full"))

    monkeypatch.setattr(workspace, "adopt_direct_edits", full)

    assert client.get(FEATURE).status_code == 200
