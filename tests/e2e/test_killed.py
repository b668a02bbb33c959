"""The browser is killed between two writes of a save, as a device does that is out of memory or power.

Afterwards the edit is in the outbox with its photos, or in its draft: whole in one of them, never in both or in none.
`--kills N` tries more places than the few of a usual run; with enough of them, every place.
"""

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Playwright, expect

from tests.e2e.photo import take_photo
from tests.e2e.relay import Relay, relay
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, Tablet, tablet

FIELD = "name"
AREA = "川端町の冠水"
# Counts what is written to the stores from when it is told to, and asks for death before the write of that number.
_COUNT = """() => {
  const counted = { n: 0, deadly: 0 };
  globalThis.counted = counted;
  for (const name of ["put", "add", "delete", "clear"]) {
    const original = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...given) {
      const is_counted = ["drafts", "photos", "outbox", "visits", "undone"].includes(this.name);
      if (is_counted && ++counted.n === counted.deadly) {
        const request = new XMLHttpRequest();
        request.open("GET", "/health?die", false);
        request.send();
      }
      return original.apply(this, given);
    };
  }
}"""
_STORES = """async () => {
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await ask(indexedDB.open("gis-capture"));
  const all = (name) => ask(database.transaction(name).objectStore(name).getAll());
  const [outbox, drafts, photos] = [await all("outbox"), await all("drafts"), await all("photos")];
  database.close();
  return { outbox, drafts, photos: Object.fromEntries(photos.map(({ sha256, state }) => [sha256, state])) };
}"""


def kill_browser(profile: Path) -> None:
    """Ends every process of the browser that has this profile, without a word."""
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if f"--user-data-dir={profile}".encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)


def edit(crew: Tablet, text: str, photo: Path, deadly: int) -> int:
    """Writes a new record and saves it; gives how many writes that took. It may die at one of them."""
    crew.record("aed")
    crew.place("center")
    crew.write(FIELD, text)
    crew.page.wait_for_timeout(300)
    crew.page.evaluate("(deadly) => Object.assign(counted, { n: 0, deadly })", deadly)
    crew.attach(photo)
    crew.save()
    return int(crew.page.evaluate("counted.n"))


def split(crew: Tablet, deadly: int) -> int:
    """Divides the area in its middle; gives how many writes that took. It may die at one of them."""
    crew.find(AREA)
    crew.expect_map()
    crew.tap("button-split")
    crew.part("sketch-snap").uncheck()
    crew.expect_map()
    box = crew.part("map").bounding_box()
    assert box is not None
    for share in (0.03, 0.97):
        crew.page.touchscreen.tap(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        # Two taps in one moment are a double tap for a map.
        crew.page.wait_for_timeout(400)
    expect(crew.page.locator("[aria-busy=true]")).to_have_count(0)
    crew.page.evaluate("(deadly) => Object.assign(counted, { n: 0, deadly })", deadly)
    crew.tap("split-finish")
    expect(crew.part("toast")).to_contain_text("2つに分けました")
    return int(crew.page.evaluate("counted.n"))


def expect_whole(stores: dict[str, Any], text: str) -> bool:
    """Fails where the edit is neither wholly saved nor wholly a draft; true where it is saved."""
    saved = [entry["change"] for entry in stores["outbox"] if entry["change"]["fields"][FIELD]["new"] == text]
    drafts = [draft for draft in stores["drafts"] if draft["fields"][FIELD] == text]
    assert (len(saved), len(drafts)) in ((1, 0), (0, 1)), stores
    for change in saved:
        assert change["geometry"]["new"]["type"] == "Point"
        assert [stores["photos"].get(photo["sha256"]) for photo in change["attachments"]] == ["unsent"]
    for draft in drafts:
        assert draft["geometry"]["type"] == "Point"
        assert all(stores["photos"].get(sha256) == "draft" for sha256 in draft["photos"])
    return bool(saved)


@contextlib.contextmanager
def deadly_relay(url: str, profile: Path) -> Iterator[tuple[Relay, list[float]]]:
    """A door to the server at which a request kills the browser; and when it did, seconds."""
    deaths: list[float] = []

    def die() -> None:
        deaths.append(time.monotonic())
        kill_browser(profile)

    with relay(url) as door:
        door.acts["/health?die"] = die
        yield door, deaths


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of the browser in /proc")
def test_an_edit_survives_the_death_of_the_browser_at_any_write(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """It is saved with its photo, or its form is open again with what was written; then all are sent, each once."""
    profile = tmp_path / "profile"
    texts = ["死なない集会所"]
    saved = []
    with deadly_relay(screens_server.url, profile) as (door, deaths):
        with tablet(playwright, browser_path, profile, door.url, viewport=PORTRAIT) as crew:
            crew.page.evaluate(_COUNT)
            crew.set_up("aed")
            crew.wait_until_kept()
            n_writes = edit(crew, texts[0], take_photo(tmp_path), 0)
        assert n_writes > 4
        places = list(range(1, n_writes + 1))
        random.Random(7).shuffle(places)
        for deadly in places[: int(pytestconfig.getoption("--kills"))]:
            texts.append(f"集会所 {deadly}")
            with (
                contextlib.suppress(Error, AssertionError),
                tablet(playwright, browser_path, profile, door.url) as crew,
            ):
                crew.page.evaluate(_COUNT)
                crew.expect_map()
                edit(crew, texts[-1], take_photo(tmp_path, len(texts)), deadly)
            assert len(deaths) == len(texts) - 1, f"it did not die at write {deadly} of {n_writes}"
            with tablet(playwright, browser_path, profile, door.url) as crew:
                crew.expect_map()
                saved.append(expect_whole(crew.page.evaluate(_STORES), texts[-1]))
                if not saved[-1]:
                    expect(crew.part(f"form-field-{FIELD}")).to_have_value(texts[-1])
                    crew.save()
                crew.expect_unsent(len(texts))
        assert False in saved
        with tablet(playwright, browser_path, profile, door.url) as crew:
            crew.send()
            assert crew.receipts() == ["applied"] * len(texts)
    features = screens_server.read_json("/layers/aed/features?limit=1000")["features"]
    names = [feature["properties"]["name"] for feature in features]
    assert [names.count(text) for text in texts] == [1] * len(texts)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of the browser in /proc")
def test_of_a_divided_shape_no_part_alone_survives_the_death_of_the_browser(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Between the write of one part and that of the next: the line is there to go on with, and no part is saved."""
    profile = tmp_path / "profile"
    with deadly_relay(screens_server.url, profile) as (door, deaths):
        with tablet(playwright, browser_path, profile, door.url, viewport=PORTRAIT) as crew:
            crew.page.evaluate(_COUNT)
            crew.set_up("damage_area")
            crew.wait_until_kept()
            n_writes = split(crew, 0)
            crew.expect_unsent(2)
            crew.tap("button-undo")
            crew.expect_unsent(0)
        with (
            contextlib.suppress(Error, AssertionError),
            tablet(playwright, browser_path, profile, door.url) as crew,
        ):
            crew.page.evaluate(_COUNT)
            crew.expect_map()
            split(crew, n_writes - 1)
        assert deaths
        with tablet(playwright, browser_path, profile, door.url) as crew:
            expect(crew.part("split-panel")).to_be_visible()
            crew.expect_map()
            stores = crew.page.evaluate(_STORES)
            assert [len(stores[name]) for name in ("outbox", "drafts")] == [0, 1]
            expect(crew.part("button-redo")).to_have_count(0)
            crew.tap("split-finish")
            crew.expect_unsent(2)
            crew.send()
            assert crew.receipts() == ["applied", "applied"]
