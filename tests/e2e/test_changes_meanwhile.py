"""The office changes things while a tablet has unsent edits: a newer app, a layer with one more field."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Playwright, expect

from gis_capture.model import Constraints, Text
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from tests.e2e.axe import violations
from tests.e2e.layout import look_at
from tests.e2e.relay import relay
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, Tablet, tablet

KEPT = "/tablet/app.webmanifest"
WORKER = "/tablet/service-worker.js"
_SHARE_SHEET = """() => {
  navigator.canShare = () => true;
  globalThis.shared = new Promise((resolve) => {
    navigator.share = async ({ files }) => resolve(files.map(({ name, size }) => [name, size > 0]));
  });
}"""
_LOOK_FOR_UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration()).update(); }"


def add_field(workspace: Path) -> None:
    """Gives the layer of meeting places one more field, as an office does between two outings."""
    opened = Workspace.open(workspace)
    layer = opened.store.layer("aed")
    name = next(field for field in layer.fields if field.name == "name")
    key = replace(
        name,
        field_id="aed.key_box",
        name="key_box",
        title=Text("鍵の箱", "Key box"),
        constraints=Constraints(),
        aliases=(),
    )
    with opened.store.transact(Author("office"), at=opened.clock()) as transaction:
        version = layer.definition_version + 1
        transaction.put_layer(replace(layer, fields=(*layer.fields, key), definition_version=version))


def shorten_names(workspace: Path) -> None:
    """Lets names of meeting places have eight letters from now on."""
    opened = Workspace.open(workspace)
    layer = opened.store.layer("aed")
    fields = tuple(
        replace(field, constraints=replace(field.constraints, max_length=8)) if field.name == "name" else field
        for field in layer.fields
    )
    with opened.store.transact(Author("office"), at=opened.clock()) as transaction:
        transaction.put_layer(replace(layer, fields=fields, definition_version=layer.definition_version + 1))


def test_the_app_is_kept_at_last_after_a_cut_and_takes_a_page_that_came_without_it(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Where it or one of its files does not come, it is tried again by itself; then the network may go."""
    cuts: list[str] = []

    def cut_once(path: str) -> Callable[[], None]:
        def cut() -> None:
            # The page itself asks for the manifest before the worker does.
            if path not in cuts and (path == WORKER or WORKER in cuts):
                cuts.append(path)
                raise ConnectionAbortedError(path)

        return cut

    with relay(screens_server.url) as door:
        for path in (KEPT, WORKER):
            door.acts[path] = cut_once(path)
        with tablet(playwright, browser_path, tmp_path / "profile", door.url, viewport=PORTRAIT) as crew:
            crew.complaints.allow("ERR_EMPTY_RESPONSE|no newer version could be looked for|fetching the script")
            crew.wait_until_kept()
            assert cuts == [WORKER, KEPT]
            # Loaded past the worker, as a page is that was on its way while the worker took hold of the others.
            with crew.page.expect_navigation():
                crew.page.context.new_cdp_session(crew.page).send("Page.reload", {"ignoreCache": True})
            crew.wait_until_kept()
            crew.set_up("aed")
            screens_server.stop()
            crew.reload()


def test_a_newer_app_and_a_changed_layer_leave_unsent_edits_and_drafts_alone(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Nothing reloads by itself; after the switch the edit is there, is applied, and the form has the new field.

    Another window says that it runs the old version, and is opened again by a tap.
    """
    with (
        relay(screens_server.url) as door,
        tablet(playwright, browser_path, tmp_path / "profile", door.url, viewport=PORTRAIT) as crew,
    ):
        crew.set_up("aed")
        crew.wait_until_kept()
        crew.record("aed")
        crew.place("center")
        crew.write("name", "古い版の集会所")
        crew.save()
        other = Tablet(crew.page.context.new_page(), crew.url, crew.complaints, crew.position)
        other.open()
        other.wait_until_kept()
        crew.page.bring_to_front()
        crew.record("aed")
        crew.place("center")
        crew.write("name", "書きかけの集会所")
        crew.page.evaluate("globalThis.is_same_page = true")

        door.version = "newer"
        add_field(screens_server.workspace)
        crew.page.evaluate(_LOOK_FOR_UPDATE)
        crew.tap("button-map")
        crew.tap("confirm-save")
        expect(crew.page.locator("button", has_text="新しい版があります")).to_be_visible()
        assert crew.page.evaluate("globalThis.is_same_page") is True
        crew.expect_unsent(2)
        crew.tap("button-menu")
        expect(crew.part("update-waiting")).to_be_visible()
        with crew.page.expect_navigation():
            crew.tap("update-now")
        crew.expect_map()
        assert crew.page.evaluate("caches.keys()") == ["gis-capture-tablet-newer"]
        other.page.bring_to_front()
        expect(other.part("update-elsewhere")).to_contain_text("別の画面で、アプリの新しい版が開かれました。")
        other.expect_map()
        assert not look_at(other.page)
        assert violations(other.page) == []
        with other.page.expect_navigation():
            other.tap("update-reload")
        expect(other.part("update-elsewhere")).to_have_count(0)
        other.page.close()
        crew.expect_unsent(2)
        crew.send()
        assert crew.receipts() == ["applied", "applied"]
        crew.find("古い版の集会所")
        expect(crew.part("form-field-key_box")).to_be_visible()
        crew.write("key_box", "入口の右")
        crew.save()
        crew.send()
        assert crew.receipts() == ["applied"]

        crew.record("aed")
        crew.place("center")
        crew.write("name", "とても長い名前の集会所")
        crew.save()
        crew.tap("button-send")
        crew.page.evaluate(_SHARE_SHEET)
        crew.tap("button-export")
        ((name, is_filled),) = crew.page.evaluate("globalThis.shared")
        assert name.startswith("gis-capture-outbox_") and name.endswith(".zip") and is_filled
        shorten_names(screens_server.workspace)
        crew.send()
        assert crew.receipts() == ["rejected"]
        crew.tap("button-hand-over")
        expect(crew.part("question")).to_contain_text("「とても長い名前の集会所」の受け付けられなかった変更(1件)")
        crew.tap("confirm-cancel")
        crew.tap("button-mend")
        expect(crew.part("feature-rejected")).to_contain_text("8文字まで")
        crew.write("name", "短い名前")
        crew.save()
        crew.send()
        assert crew.receipts() == ["applied"]
        crew.expect_unsent(0)
