"""Every main screen is laid out well: nothing cut, covered or too small to press, no map blank, no complaint.

`--screenshots FOLDER` walks in both orientations and keeps a picture of each screen for eyes to judge.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, ViewportSize

from tests.e2e.layout import is_blank, look_at
from tests.e2e.office import office
from tests.e2e.photo import take_photo
from tests.e2e.screens import office_screens, tablet_screens
from tests.e2e.serving import Server
from tests.e2e.tablet import LANDSCAPE, PORTRAIT, tablet

ORIENTATIONS = {"1180x820": LANDSCAPE, "820x1180": PORTRAIT}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One orientation is enough to find mistakes; eyes want both."""
    names = list(ORIENTATIONS) if metafunc.config.getoption("--screenshots", default=None) else list(ORIENTATIONS)[:1]
    metafunc.parametrize("viewport", [ORIENTATIONS[name] for name in names], ids=names)


class Looking:
    """Judges each screen of a walk, and keeps its picture where one is wanted."""

    def __init__(self, config: pytest.Config, app: str, viewport: ViewportSize) -> None:
        self.folder: Path | None = config.getoption("--screenshots", default=None)
        self.prefix = f"{app}-{viewport['width']}x{viewport['height']}"
        self.found: list[str] = []
        self.n_seen = 0

    def see(self, page: Page, name: str) -> None:
        """Looks at the screen that is shown now."""
        self.n_seen += 1
        self.found += [f"{name}: {sentence}" for sentence in look_at(page)]
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.folder / f"{self.prefix}-{self.n_seen:02}-{name}.png")
        shown_map = page.locator("[data-map-state]")
        if shown_map.count() and shown_map.is_visible() and is_blank(shown_map):
            self.found.append(f"{name}: the map is blank")


def test_every_screen_of_the_tablet_is_laid_out_well(
    viewport: ViewportSize,
    pytestconfig: pytest.Config,
    screens_server: Server,
    playwright: Playwright,
    browser_path: str,
    tmp_path: Path,
) -> None:
    """From the first start to the receipts of the evening, in Japanese and English."""
    looking = Looking(pytestconfig, "tablet", viewport)
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=viewport) as crew:
        for name in tablet_screens(crew, screens_server, take_photo(tmp_path)):
            looking.see(crew.page, name)
    assert looking.n_seen > 20
    assert not looking.found, "\n".join(looking.found)


def test_every_page_of_the_office_is_laid_out_well(
    viewport: ViewportSize, pytestconfig: pytest.Config, screens_server: Server, office_browser: Browser
) -> None:
    """All pages and the import from the drop to the undo, in Japanese and English."""
    looking = Looking(pytestconfig, "office", viewport)
    with office(office_browser, screens_server.url, viewport=viewport) as clerk:
        for name in office_screens(clerk, screens_server):
            looking.see(clerk.page, name)
    assert looking.n_seen > 10
    assert not looking.found, "\n".join(looking.found)
