"""The office pages as a clerk uses them."""

import contextlib
import math
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.complaints import Complaints
from tests.e2e.serving import Server
from tests.e2e.tablet import LANDSCAPE, Language, choose_language

# Files from a folder window come to a page in a DataTransfer.
_DRAGGED = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, content] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));
  }
  return transfer;
}"""


_LOADING = re.compile("読み込んでいます|Loading")


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
        expect(self.page.get_by_role("status").filter(has_text=_LOADING)).to_have_count(0)

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

    def tap_feature(self, server: Server, layer: str) -> dict[str, Any]:
        """Clicks the feature that stands apart from all others on the map of its layer, and gives it."""
        features = server.read_json(f"/layers/{layer}/features?limit=1000")["features"]
        (listing,) = [one for one in server.read_json("/layers")["layers"] if one["definition"]["key"] == layer]
        map_element = self.part("office-map")
        self.expect_map(map_element)
        box = map_element.bounding_box()
        assert box is not None
        size = (box["width"], box["height"])
        places = [place_on_map(one["geometry"]["coordinates"], listing["extent"], size) for one in features]
        apart = max(range(len(places)), key=lambda i: sorted(math.dist(places[i], other) for other in places)[1])
        map_element.click(position={"x": places[apart][0], "y": places[apart][1]})
        expect(self.part("feature-panel").locator("dd").first).to_be_visible()
        found: dict[str, Any] = features[apart]
        return found

    def account(self) -> list[int]:
        """Gives the figures of the accounting that is shown: read, loaded, unlocated, rejected, skipped."""
        shown = self.part("account").locator("dd").all_inner_texts()
        return [int(figure.replace(",", "")) for figure in shown]


@contextlib.contextmanager
def office(
    browser: Browser,
    url: str,
    *,
    viewport: ViewportSize = LANDSCAPE,
    locale: str = "ja-JP",
    language: Language = "ja",
) -> Iterator[Office]:
    """Opens a window whose profile is new."""
    context = browser.new_context(locale=locale, timezone_id="Asia/Tokyo", viewport=viewport, service_workers="block")
    context.add_init_script(choose_language(language))
    try:
        opened = Office(context.new_page(), url, Complaints(context))
        yield opened
        opened.complaints.check()
    finally:
        context.close()


def place_on_map(
    lon_lat: tuple[float, float],
    extent: tuple[float, float, float, float],
    size: tuple[float, float],
    padding_px: float = 48,
) -> tuple[float, float]:
    """Where the office map draws a place after it fitted the extent into a map of this size (web Mercator)."""

    def mercator(lon: float, lat: float) -> tuple[float, float]:
        y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / (2 * math.pi)
        return lon / 360 + 0.5, 0.5 - y

    (x1, y2), (x2, y1) = mercator(*extent[:2]), mercator(*extent[2:])
    scale = min((size[0] - 2 * padding_px) / (x2 - x1), (size[1] - 2 * padding_px) / (y2 - y1))
    x, y = mercator(*lon_lat)
    return size[0] / 2 + (x - (x1 + x2) / 2) * scale, size[1] / 2 + (y - (y1 + y2) / 2) * scale
