"""Every screen is laid out well and open to everybody: nothing cut, covered or too small, no map blank, axe content.

A usual run walks in two ways that differ in orientation, language and theme. `--screenshots FOLDER` walks in all of
them and keeps a picture of each screen for eyes to judge.
"""

import re
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.e2e.axe import WEB_DIR, components, part_names, unseen, violations
from tests.e2e.layout import is_blank, look_at
from tests.e2e.office import office
from tests.e2e.office_screens import office_screens
from tests.e2e.photo import take_photo
from tests.e2e.screens import THEMES, tablet_screens
from tests.e2e.serving import Server
from tests.e2e.tablet import LANDSCAPE, PORTRAIT, Language, tablet

LANGUAGES: tuple[Language, ...] = ("ja", "en")
ORIENTATIONS = {"1180x820": LANDSCAPE, "820x1180": PORTRAIT}
SOURCES = WEB_DIR / "src"
# Components that a walk need not meet, and the test that goes there.
ELSEWHERE = {
    "ChildRows.svelte": "test_form_fields.py",
    "ConfirmPlace.svelte": "test_confirm_place.py",
    "Lock.svelte": "test_pins.py",
    "NewerElsewhere.svelte": "test_changes_meanwhile.py",
    "PaperRow.svelte": "test_paper_ledgers.py",
    "ParentField.svelte": "test_form_fields.py",
    "PhotoPen.svelte": "test_capture.py",
    "Remembered.svelte": "test_form_fields.py",
    "RoundProgress.svelte": "test_rounds.py",
    "SamePlace.svelte": "test_map_layers.py",
    "SearchList.svelte": "test_form_fields.py",
    "TraceTools.svelte": "test_rasters.py",
}
# Pages likewise; one's own password is there for people with an account.
OTHER_PAGES = {"password": "test_people.py", "scans": "test_scans.py"}
# The names of pictures on a screen come at once, they themselves a little later.
_AWAIT_PICTURES = """() => Promise.all([...document.querySelectorAll("img:not([loading=lazy]), image")]
  .map((picture) => picture.decode().catch(() => undefined)))"""
_ROUTE = re.compile(r'\{ path: "(\w+)", title:')


class Way(NamedTuple):
    """How a walk goes: how the device is held, which language it speaks, how the map looks."""

    orientation: str
    language: Language
    theme: str


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Two ways are enough to find mistakes; eyes want all. The office's map looks one way only."""
    themes = THEMES if "tablet" in metafunc.function.__name__ else THEMES[:1]
    ways = [Way(*way) for way in product(ORIENTATIONS, LANGUAGES, themes)]
    if metafunc.config.getoption("--screenshots", default=None) is None:
        ways = [Way("1180x820", "ja", themes[0]), Way("820x1180", "en", themes[-1])]
    metafunc.parametrize("way", ways, ids=["-".join(way) for way in ways])


class Looking:
    """Judges each screen of a walk, and keeps its picture where one is wanted."""

    def __init__(self, config: pytest.Config, app: str, way: Way) -> None:
        self.folder: Path | None = config.getoption("--screenshots", default=None)
        self.prefix = "-".join((app, *way))
        self.found: list[str] = []
        self.names: list[str] = []
        self.pages: set[str] = set()
        self.part_names: set[str] = set()

    def see(self, page: Page, name: str) -> None:
        """Looks at the screen that is shown now."""
        self.names.append(name)
        self.pages.add(page.url.partition("#/")[2].partition("/")[0])
        self.part_names |= part_names(page)
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            page.evaluate(_AWAIT_PICTURES)
            page.screenshot(path=self.folder / f"{self.prefix}-{len(self.names):02}-{name}.png")
        self.found += [f"{name}: {sentence}" for sentence in (*look_at(page), *violations(page))]
        shown_map = page.locator("[data-map-state]")
        if shown_map.count() and shown_map.is_visible() and is_blank(shown_map):
            self.found.append(f"{name}: the map is blank")
        self._see_enlarged(page, name)

    def _see_enlarged(self, page: Page, name: str) -> None:
        """Looks at it as somebody does who needs text of twice the size."""
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        self.found += [f"{name}, 200 %: {sentence}" for sentence in look_at(page)]
        if self.folder:
            if page.locator("[data-map-state]").is_visible():
                expect(page.locator("[data-map-state]")).to_have_attribute("data-map-state", "idle")
            page.screenshot(path=self.folder / f"{self.prefix}-{len(self.names):02}-{name}-large.png")
        page.evaluate("document.documentElement.style.fontSize = ''")


def test_every_screen_of_the_tablet_is_laid_out_well(
    way: Way,
    pytestconfig: pytest.Config,
    screens_server: Server,
    playwright: Playwright,
    browser_path: str,
    tmp_path: Path,
) -> None:
    """From the first start to the receipts of the evening; no component of the app is left out."""
    looking = Looking(pytestconfig, "tablet", way)
    profile, viewport = tmp_path / "profile", ORIENTATIONS[way.orientation]
    with tablet(
        playwright, browser_path, profile, screens_server.url, viewport=viewport, language=way.language
    ) as crew:
        for name in tablet_screens(crew, screens_server, take_photo(tmp_path), way.theme):
            looking.see(crew.page, name)
    assert not looking.found, "\n".join(looking.found)
    known = components(SOURCES / "main" / "tablet", SOURCES / "form")
    assert unseen(known, looking.part_names) <= set(ELSEWHERE)


def test_every_page_of_the_office_is_laid_out_well(
    way: Way, pytestconfig: pytest.Config, screens_server: Server, office_browser: Browser
) -> None:
    """All pages and the import from the drop to the undo; no page is left out."""
    looking = Looking(pytestconfig, "office", way)
    viewport = ORIENTATIONS[way.orientation]
    with office(office_browser, screens_server.url, viewport=viewport, language=way.language) as clerk:
        for name in office_screens(clerk, screens_server):
            looking.see(clerk.page, name)
    assert not looking.found, "\n".join(looking.found)
    known = set(_ROUTE.findall((SOURCES / "main" / "office" / "Office.svelte").read_text(encoding="utf-8")))
    assert len(known) > 10
    assert known - looking.pages <= set(OTHER_PAGES)
