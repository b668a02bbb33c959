"""The device's storage: full, refused, or its connection gone. What was saved stays, and a form stays open."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.photo import take_photo
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, tablet

# Drops the connections to the stores as WebKit does with a page that was in the background.
_HOLD_CONNECTIONS = """
  globalThis.connections = new Set();
  const original = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    connections.add(this);
    return original.apply(this, given);
  };
"""
_DROP = "() => { for (const connection of connections) connection.close(); return connections.size; }"
# Stores nothing larger than a letter any more, as a device does that has no room.
_FILL = """(is_full) => {
  globalThis.original_put ??= IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = !is_full ? original_put : function (value, ...key) {
    if (this.name === "outbox" || this.name === "photos") throw new DOMException("no room", "QuotaExceededError");
    return original_put.call(this, value, ...key);
  };
}"""


def test_lost_connections_and_full_devices_keep_the_form(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """A dropped connection is not even noticed; a full device is told in words, and the same form is saved later."""
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        crew.page.context.add_init_script(_HOLD_CONNECTIONS)
        crew.open()
        crew.set_up("aed")
        crew.record("aed")
        crew.place("center")
        crew.write("name", "切れた集会所")
        assert crew.page.evaluate(_DROP) > 0
        crew.save()
        crew.expect_unsent(1)
        assert crew.page.evaluate(_DROP) > 0
        crew.reload()
        crew.expect_unsent(1)

        crew.complaints.allow("StorageError: storage full")
        crew.record("aed")
        crew.place("center")
        crew.write("name", "満杯の集会所")
        crew.page.evaluate(_FILL, True)
        crew.part("photo-input").set_input_files(take_photo(tmp_path))
        expect(crew.part("trouble")).to_contain_text("端末の空きが足りません。")
        crew.tap("trouble-close")
        expect(crew.part("form-field-name")).to_have_value("満杯の集会所")
        crew.page.evaluate(_FILL, False)
        crew.attach(take_photo(tmp_path))
        crew.save()
        crew.expect_unsent(2)
        crew.tap("button-menu")
        expect(crew.part("check-persisted")).to_have_attribute("data-good", "false")
        expect(crew.part("check-persisted")).to_contain_text("その日のうちに送ってください")
        crew.send()
        assert crew.receipts() == ["applied", "applied"]
