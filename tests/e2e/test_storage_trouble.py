"""The device's storage: full, refused, or its connection gone. What was saved stays, and a form stays open."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

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
# What a browser does whose people forbid sites to keep data, and at an address of plain http.
_FORBID = """Object.defineProperty(window, "{name}", {{
  get() {{ throw new DOMException("denied", "SecurityError"); }}
}});"""
_FORBIDDEN = {
    "localStorage": (_FORBID.format(name="localStorage"), "プライベートブラウズ"),
    "indexedDB": (_FORBID.format(name="indexedDB"), "プライベートブラウズ"),
    "insecure": ("Object.defineProperty(window, 'isSecureContext', { value: false });", "https://"),
}


@pytest.mark.parametrize("what", _FORBIDDEN)
def test_a_browser_that_may_keep_nothing_is_told_before_anything_is_recorded(
    demo_server: Server, office_browser: Browser, what: str
) -> None:
    """Neither an empty page nor words that records are safe: what to do comes instead of the first screen."""
    script, advice = _FORBIDDEN[what]
    context = office_browser.new_context(locale="ja-JP", viewport=PORTRAIT)
    try:
        context.add_init_script(script)
        page = context.new_page()
        page.goto(f"{demo_server.url}/tablet/")
        expect(page.get_by_role("alert")).to_contain_text("記録を端末に残せません。")
        expect(page.get_by_role("alert")).to_contain_text(advice)
        expect(page.get_by_test_id("author")).to_have_count(0)
    finally:
        context.close()


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
