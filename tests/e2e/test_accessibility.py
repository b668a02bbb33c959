"""axe-core (WCAG 2.2 AA and good practice) finds nothing on any main screen."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.e2e.office import office
from tests.e2e.photo import take_photo
from tests.e2e.screens import office_screens, tablet_screens
from tests.e2e.serving import CHECKOUT_DIR, Server
from tests.e2e.tablet import PORTRAIT, tablet

AXE = CHECKOUT_DIR / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def axe() -> str:
    """The script; the policy of the pages forbids script elements, not what a debugger evaluates."""
    assert AXE.is_file(), 'axe-core is missing: run "just web"'
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """Gives what axe finds on the screen that is shown now."""
    page.evaluate(f"() => {{ if (!globalThis.axe) {{ {axe} }} }}")
    result: dict[str, Any] = page.evaluate("() => axe.run()")
    assert len(result["passes"]) > 5
    return [
        f"{violation['id']} ({violation['help']}): {' | '.join(node['html'][:160] for node in violation['nodes'][:3])}"
        for violation in result["violations"]
    ]


def test_every_screen_of_the_tablet_is_accessible(
    axe: str, screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Set-up, map, list, form, record, send, menu, held upright."""
    found: list[str] = []
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        for name in tablet_screens(crew, screens_server, take_photo(tmp_path)):
            if name.endswith("-english"):
                break
            found += [f"{name}: {violation}" for violation in violations(crew.page, axe)]
    assert not found, "\n".join(found)


def test_every_page_of_the_office_is_accessible(axe: str, screens_server: Server, office_browser: Browser) -> None:
    """Layers, import, map, records and conflicts."""
    found: list[str] = []
    with office(office_browser, screens_server.url) as clerk:
        for name in office_screens(clerk, screens_server):
            if name.endswith("-english"):
                break
            found += [f"{name}: {violation}" for violation in violations(clerk.page, axe)]
    assert not found, "\n".join(found)
