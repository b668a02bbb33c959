"""The tablet app in the engine of Safari: first start, an edit, a reload without the server, and the sending."""

import pytest

from tests.e2e.serving import Server
from tests.e2e.tablet import AUTHOR
from tests.e2e.test_main_job import read_layer
from tests.e2e.webkit import is_there, webkit

_MAP_STATE = "return document.querySelector('[data-testid=\"map\"]')?.dataset.mapState"
_CONTROLLED = "return Boolean(navigator.serviceWorker?.controller)"


@pytest.mark.skipif(not is_there(), reason="WebKitGTK is in Debian's package webkit2gtk-driver; it needs xvfb too")
def test_an_edit_outlives_a_reload_without_the_server_and_is_sent(screens_server: Server) -> None:
    """Layers come in, the map is drawn, what is saved is there after the reload, and the ledger has it in the end."""
    with webkit() as crew:

        def expect_map() -> None:
            crew.wait(lambda: crew.run(_MAP_STATE) == "idle", "the map is drawn")

        crew.go(f"{screens_server.url}/tablet/")
        crew.wait(lambda: crew.text("setup-next"), "the first start")
        crew.write("author", AUTHOR)
        for testid in ("setup-next", "outing-start", "setup-finish", "tour-skip"):
            crew.tap(testid)
        expect_map()
        crew.wait(lambda: crew.run(_CONTROLLED), "the app is kept")
        for testid in ("button-record", "layer-choice-aed", "place-center"):
            crew.tap(testid)
        crew.wait(lambda: crew.text("sheet-title") == "新しい記録", "the form")
        crew.write("form-field-name", "サファリの集会所")
        crew.tap("button-save")
        crew.wait(lambda: crew.text("status-unsent") == "未送信 1件", "it is saved")

        screens_server.stop()
        crew.go(f"{screens_server.url}/tablet/")
        expect_map()
        crew.wait(lambda: crew.text("status-unsent") == "未送信 1件", "it is there after the reload")
        screens_server.start()
        crew.tap("button-send")
        crew.tap("send-start")
        crew.wait(lambda: crew.text("send-done"), "it is sent")
        assert crew.text("status-unsent") == "未送信 0件"
    assert "サファリの集会所" in set(read_layer(screens_server, "aed").name)
