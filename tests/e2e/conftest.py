"""Real workspaces, a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.e2e.browser import HELP, find_browser
from tests.e2e.screens import add_areas
from tests.e2e.serving import Server, copy_workspace, run_cli
from tests.e2e.tablet import ARGUMENTS

# A loaded machine is slow; what never comes is told after this.
PATIENCE_MS = 90_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots FOLDER` keeps pictures of every screen; `--kills N` kills the browser in more places of a save."""
    parser.addoption("--screenshots", type=Path, default=None, help="folder for pictures of every screen")
    parser.addoption("--kills", type=int, default=2, help="at how many writes of a save the browser is killed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks everything in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workspace to make copies of."""
    folder = tmp_path_factory.mktemp("empty") / "workspace"
    run_cli("init", folder)
    return folder


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample ledgers and their base map, to make copies of."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    run_cli("demo", "--no-serve", "--workspace", folder)
    return folder


@pytest.fixture
def server(tmp_path: Path, empty_template: Path) -> Iterator[Server]:
    """A server on an empty workspace of its own; not started yet."""
    server = Server(copy_workspace(empty_template, tmp_path))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory: pytest.TempPathFactory, demo_template: Path) -> Iterator[Server]:
    """A running server on the sample data, shared by the tests of a module."""
    server = Server(copy_workspace(demo_template, tmp_path_factory.mktemp("demo-server")))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def screens_template(tmp_path_factory: pytest.TempPathFactory, demo_template: Path) -> Path:
    """The sample data and a layer of polygons, to make copies of."""
    workspace = copy_workspace(demo_template, tmp_path_factory.mktemp("screens"))
    add_areas(workspace)
    return workspace


@pytest.fixture
def screens_server(tmp_path: Path, screens_template: Path) -> Iterator[Server]:
    """A running server that a walk through the screens may change."""
    server = Server(copy_workspace(screens_template, tmp_path))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver; it brings no browser of its own."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser_path() -> str:
    """An installed Chromium, Chrome or Edge."""
    path = find_browser()
    if path is None:
        pytest.fail(HELP)
    return path


@pytest.fixture(scope="session")
def office_browser(playwright: Playwright, browser_path: str) -> Iterator[Browser]:
    """The browser of an office PC."""
    browser = playwright.chromium.launch(executable_path=browser_path, headless=True, args=ARGUMENTS)
    yield browser
    browser.close()
