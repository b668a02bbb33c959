"""The office pages as a clerk uses them."""

import contextlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.complaints import Complaints
from tests.e2e.tablet import LANDSCAPE

# Files from a folder window come to a page in a DataTransfer.
_DRAGGED = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, content] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));
  }
  return transfer;
}"""


class Office:
    """A browser window on an office PC."""

    def __init__(self, page: Page, url: str, complaints: Complaints) -> None:
        self.page = page
        self.url = url
        self.complaints = complaints

    def part(self, testid: str) -> Locator:
        """A part of the page."""
        return self.page.get_by_test_id(testid)

    def open(self, path: str = "") -> None:
        """Opens a page by its address: "layers", "import", "map/aed"."""
        self.page.goto(f"{self.url}/#/{path}")
        expect(self.page.get_by_role("status").filter(has_text="読み込んでいます")).to_have_count(0)

    def choose_files(self, paths: Sequence[Path]) -> None:
        """Chooses a ledger in the file dialog."""
        self.part("ledger-input").set_input_files(paths)
        self.expect_found()

    def drop_files(self, paths: Sequence[Path]) -> None:
        """Drags a ledger from a folder window and lets it go over the page."""
        files = [(path.name, b64encode(path.read_bytes()).decode()) for path in paths]
        transfer = self.page.evaluate_handle(_DRAGGED, files)
        target = self.page.get_by_role("group", name="ここにファイルを置く")
        for event in ("dragenter", "dragover", "drop"):
            target.dispatch_event(event, {"dataTransfer": transfer})
        self.expect_found()

    def expect_found(self) -> None:
        """Waits until it is told what is in the ledger."""
        expect(self.part("found-table").first).to_be_visible()

    def expect_map(self, map_element: Locator) -> None:
        """Waits until a map has drawn all there is."""
        expect(map_element).to_have_attribute("data-map-state", "idle")

    def convert(self) -> None:
        """Imports the ledger that was looked at."""
        self.part("convert").click()
        expect(self.part("import-done")).to_be_visible()

    def account(self) -> list[int]:
        """Gives the figures of the accounting that is shown: read, loaded, unlocated, rejected, skipped."""
        shown = self.part("account").locator("dd").all_inner_texts()
        return [int(figure.replace(",", "")) for figure in shown]


@contextlib.contextmanager
def office(
    browser: Browser, url: str, *, viewport: ViewportSize = LANDSCAPE, locale: str = "ja-JP"
) -> Iterator[Office]:
    """Opens a window whose profile is new."""
    context = browser.new_context(locale=locale, timezone_id="Asia/Tokyo", viewport=viewport, service_workers="block")
    try:
        opened = Office(context.new_page(), url, Complaints(context))
        yield opened
        opened.complaints.check()
    finally:
        context.close()
