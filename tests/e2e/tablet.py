"""A tablet as a crew holds it: a real Chromium with a touch screen, driven by taps."""

import contextlib
import os
import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from playwright.sync_api import Error, Geolocation, Locator, Page, Playwright, ViewportSize, expect

from tests.e2e.complaints import Complaints

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANDSCAPE = ViewportSize(width=1180, height=820)
PORTRAIT = ViewportSize(width=820, height=1180)
AUTHOR = "維持係 1班"
# A tap waits for its page to have drawn, which takes long where many browsers share a processor.
PATIENCE_MS = 90_000
Language = Literal["ja", "en"]
# What the app says, as far as a crew waits for it.
_SAYINGS: dict[Language, dict[str, str]] = {
    "ja": {
        "unsent": "未送信 {n}件",
        "saved": "保存しました。送るまでこの端末に残ります。",
        "new": "新しい記録",
    },
    "en": {"unsent": "Unsent {n}", "saved": "Saved. It stays on this tablet until it is sent.", "new": "New record"},
}

# A map takes its new size a little after its place has changed, when what changed it is on the screen.
_IS_FITTED = """() => {
  const map = document.querySelector("[data-testid=map]"), canvas = map?.querySelector("canvas.maplibregl-canvas");
  const is_hidden = map && !(map.clientWidth && map.clientHeight);
  return is_hidden || (canvas?.clientWidth === map?.clientWidth && canvas?.clientHeight === map?.clientHeight);
}"""
_PHOTOS = """async () => {
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await ask(indexedDB.open("gis-capture"));
  const photos = await ask(database.transaction("photos").objectStore("photos").getAll());
  database.close();
  const asUrl = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });
  return Promise.all(photos.map(async ({ sha256, blob }) => [sha256, await asUrl(blob)]));
}"""


# Chromium makes no click of every touch that follows a fast stroke or comes while the machine is busy.
_AWAIT_CLICK = """() => {
  globalThis.is_clicked = false;
  document.addEventListener("click", () => { globalThis.is_clicked = true; }, { once: true, capture: true });
}"""
_CLICK_MS = 3000


def tap(part: Locator) -> None:
    """Taps a part of a page, as a finger does: once more where nothing came of it."""
    _until_clicked(part.page, part.tap)


def tap_place(page: Page, x: float, y: float) -> None:
    """Taps a place of the page, such as a feature on the map; not for drawing, where a touch counts without a click."""
    _until_clicked(page, lambda: page.touchscreen.tap(x, y))


def _until_clicked(page: Page, touch: Callable[[], None]) -> None:
    for _ in range(3):
        page.evaluate(_AWAIT_CLICK)
        touch()
        if _is_clicked(page):
            return
    raise AssertionError("no click came of three taps")


def _is_clicked(page: Page) -> bool:
    deadline = time.monotonic() + _CLICK_MS / 1000
    while time.monotonic() < deadline:
        try:
            if page.evaluate("globalThis.is_clicked !== false"):
                return True
        except Error:  # The tap led to another page.
            return True
        page.wait_for_timeout(20)
    return False


class Tablet:
    """The app on one tablet. Each method does what a person does, and waits until it is seen to be done."""

    def __init__(
        self, page: Page, url: str, complaints: Complaints, position: Geolocation, language: Language = "ja"
    ) -> None:
        self.page = page
        self.says = _SAYINGS[language]
        self.url = url
        self.complaints = complaints
        self.position = position

    def part(self, testid: str) -> Locator:
        """A part of the screen."""
        return self.page.get_by_test_id(testid)

    def tap(self, testid: str) -> None:
        """Taps a button."""
        tap(self.part(testid))

    def open(self) -> None:
        """Opens the app's address."""
        self.page.goto(f"{self.url}/tablet/", wait_until="load")

    def set_up(self, *layers: str, author: str = AUTHOR) -> None:
        """Goes through the first start with these layers, up to the map."""
        self.part("author").fill(author)
        self.tap("setup-next")
        offered = self.part("layer-list").locator("input")
        expect(offered.first).to_be_visible()
        for choice in offered.all():
            choice.set_checked(choice.get_attribute("value") in layers)
        self.tap("outing-start")
        self.tap("setup-finish")
        self.tap("tour-skip")
        self.expect_map()

    def wait_until_kept(self) -> None:
        """Waits until the app opens without a network: its service worker has the page in hand."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not (worker := self.page.evaluate("navigator.serviceWorker.controller?.scriptURL")):
            assert time.monotonic() < deadline, "no service worker took the page in hand"
            self.page.wait_for_timeout(100)
        assert worker.endswith("/tablet/service-worker.js")

    def reload(self) -> None:
        """Closes and opens the page once what is shown is kept, and waits for the map."""
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        self.page.reload(wait_until="load")
        self.expect_map()

    def expect_map(self) -> None:
        """Waits until the map fills its place, which a panel may just have changed, and has drawn all there is."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.page.evaluate(_IS_FITTED):
            assert time.monotonic() < deadline, "the map does not fill its place"
            self.page.wait_for_timeout(50)
        expect(self.part("map")).to_have_attribute("data-map-state", "idle")

    def hold_middle(self) -> None:
        """Rests on the middle of the map until that place is told, and lifts the finger."""
        self.expect_map()
        box = self.part("map").bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        expect(self.part("map-held")).to_be_visible()
        self.page.mouse.up()

    def expect_unsent(self, n: int) -> None:
        """Waits until the status line tells this number."""
        expect(self.part("status-unsent")).to_have_text(self.says["unsent"].format(n=n))

    def find(self, label: str) -> None:
        """Opens the form of a feature by way of the list."""
        self.tap("button-list")
        self.part("list-search").fill(label)
        name = self.page.locator("strong", has_text=re.compile(f"^{re.escape(label)}$"))
        tap(self.part("list-row").filter(has=name).first)
        expect(self.part("sheet-title")).to_have_text(label)

    def choose(self, field: str, code: str) -> None:
        """Chooses one of the big buttons of a field."""
        button = self.part(f"form-choice-{field}-{code}")
        tap(button)
        expect(button.locator("input")).to_be_checked()

    def write(self, field: str, text: str) -> None:
        """Writes into a field."""
        self.part(f"form-field-{field}").fill(text)

    def attach(self, photo: Path) -> None:
        """Gives a photo as the camera does."""
        shown = self.part("photo-thumbnail")
        n_before = shown.count()
        self.part("photo-input").set_input_files(photo)
        expect(shown).to_have_count(n_before + 1)

    def save(self) -> None:
        """Saves the form that is open."""
        self.tap("button-save")
        expect(self.part("toast")).to_have_text(self.says["saved"])
        expect(self.part("sheet")).to_have_count(0)

    def record(self, layer: str) -> None:
        """Begins a new feature of a layer; its place comes next."""
        self.tap("button-record")
        if self.part("layer-choice").count():
            self.tap(f"layer-choice-{layer}")
        expect(self.part("place-panel")).to_be_visible()

    def place(self, way: Literal["gps", "center", "tap"]) -> None:
        """Chooses the place: at the device, under the crosshair, or by a tap where the crosshair is."""
        if way == "gps":
            # A device that stands still tells its position again and again; an old one is not taken.
            self.page.context.set_geolocation(self.position)
        if way == "tap":
            self.expect_map()
            box = self.part("crosshair").bounding_box()
            assert box is not None
            tap_place(self.page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        else:
            self.tap(f"place-{way}")
        expect(self.part("sheet-title")).to_have_text(self.says["new"])

    def zoom_in(self, steps: int) -> None:
        """Taps 「地図を大きく」 and waits until the map stands still each time."""
        for _ in range(steps):
            self.tap("map-zoom-in")
            self.expect_map()

    def photos(self) -> dict[str, bytes]:
        """Gives the photos that lie in the tablet's store, by the hash that it gave them."""
        return {sha256: b64decode(url.partition(",")[2]) for sha256, url in self.page.evaluate(_PHOTOS)}

    def send(self) -> None:
        """Sends what there is, and waits for the end of it."""
        self.tap("button-send")
        self.tap("send-start")
        expect(self.part("send-done")).to_be_visible()

    def receipts(self) -> list[str]:
        """Gives the status of each receipt that is shown."""
        return [str(row.get_attribute("data-status")) for row in self.part("receipt").all()]


def choose_language(language: Language) -> str:
    """Gives a script that chooses the language of an app where nobody has chosen one yet."""
    # Pages that are not the app's yet have no storage.
    return f"if (location.protocol.startsWith('http')) localStorage['gis-capture.language'] ??= '{language}'"


@contextlib.contextmanager
def tablet(
    playwright: Playwright,
    browser_path: str,
    profile: Path,
    url: str,
    *,
    viewport: ViewportSize = LANDSCAPE,
    position: tuple[float, float] = (137.2526, 36.1461),
    arguments: Sequence[str] = (),
    home: Path | None = None,
    language: Language = "ja",
    slowdown: int = 1,
) -> Iterator[Tablet]:
    """Switches a tablet on and opens the app; its profile outlives it. `position` is (lon, lat).

    The browser takes more `arguments`, and trusts the certificates that the user of `home` trusts.
    Its page works `slowdown` times as slowly as this machine could.
    """
    place = Geolocation(longitude=position[0], latitude=position[1], accuracy=4)
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=browser_path,
        headless=True,
        args=[*ARGUMENTS, *arguments],
        env={**os.environ, **({"HOME": str(home)} if home else {})},
        has_touch=True,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        geolocation=place,
        permissions=["geolocation"],
        viewport=viewport,
    )
    try:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(choose_language(language))
        if slowdown > 1:
            debugger = context.new_cdp_session(context.pages[0])
            debugger.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        opened = Tablet(context.pages[0], url, Complaints(context), place, language)
        opened.open()
        yield opened
        opened.complaints.check()
    finally:
        context.close()
