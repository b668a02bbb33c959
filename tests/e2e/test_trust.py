"""A tablet comes to trust the server of the office: by the page that leads through it, over the real trust path."""

import io
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Error, Page, Playwright, expect

from gis_capture.people import Role
from gis_capture.workspace import Workspace
from tests.e2e.serving import CHECKOUT_DIR, Server, copy_workspace, run_cli
from tests.e2e.tablet import ARGUMENTS, PORTRAIT, tablet, tap
from tests.e2e.test_main_job import SAMPLES_DIR
from tests.e2e.test_people import PASSWORD, REFUSED

NAMED = ["--host-resolver-rules=MAP *.local 127.0.0.1"]


class TrustedServer(Server):
    """A server whose address was set up for tablets."""

    def __init__(self, workspace: Path) -> None:
        super().__init__(workspace)
        self.setup_port = Server(workspace).port
        ports = ("--port", str(self.port), "--setup-port", str(self.setup_port))
        run_cli("https", "setup", "--workspace", workspace, *ports)
        self.context = ssl.create_default_context(cafile=workspace / "secrets/tls/authority.pem")

    @property
    def url(self) -> str:
        """The address that tablets keep."""
        return f"https://gis-capture.local:{self.port}"

    @property
    def setup_url(self) -> str:
        """The page that leads a tablet to trust."""
        return f"http://127.0.0.1:{self.setup_port}/"

    def read(self, path: str) -> bytes:
        """Gives the body of an answer; this machine finds no names ending in .local."""
        with urllib.request.urlopen(f"https://localhost:{self.port}{path}", timeout=10, context=self.context) as answer:
            return bytes(answer.read())

    def trust(self, home: Path) -> None:
        """Makes the browsers of a user trust it, as a person does by command."""
        command = [sys.executable, "-m", "gis_capture", "https", "trust", "--workspace", str(self.workspace)]
        subprocess.run(command, cwd=CHECKOUT_DIR, env=os.environ | {"HOME": str(home)}, check=True, timeout=60)


@pytest.fixture
def trusted_server(tmp_path: Path, empty_template: Path) -> Iterator[TrustedServer]:
    """A server with HTTPS and a ledger; running."""
    server = TrustedServer(copy_workspace(empty_template, tmp_path))
    run_cli("convert", SAMPLES_DIR / "AED.csv", "--workspace", server.workspace, exit_codes=(0, 3))
    server.start()
    yield server
    server.stop()


@contextmanager
def page_of(playwright: Playwright, browser_path: str, home: Path) -> Iterator[Page]:
    """A page in the browser of a user."""
    browser = playwright.chromium.launch(
        executable_path=browser_path, args=[*ARGUMENTS, *NAMED], env={**os.environ, "HOME": str(home)}
    )
    try:
        yield browser.new_context(viewport=PORTRAIT, locale="ja-JP").new_page()
    finally:
        browser.close()


def test_the_page_notices_by_itself_when_trust_works(
    trusted_server: TrustedServer, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Before: the app is refused and the page waits. After: a tick, and a button that opens the app."""
    home = tmp_path / "home"
    home.mkdir()
    with page_of(playwright, browser_path, home) as page:
        page.goto(trusted_server.setup_url)
        expect(page.get_by_role("status")).to_have_attribute("data-state", "waiting")
        expect(page.get_by_role("link", name="アプリを開く")).to_be_hidden()
        shown = page.locator(".print").inner_text()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(f"{trusted_server.url}/tablet/")
    assert shown in run_cli("https", "show", "--workspace", trusted_server.workspace)

    trusted_server.trust(home)
    with page_of(playwright, browser_path, home) as page:
        page.goto(trusted_server.setup_url)
        expect(page.get_by_text("信頼されました。アプリを開けます。")).to_be_visible()
        page.get_by_role("link", name="アプリを開く").click()
        expect(page).to_have_url(f"{trusted_server.url}/tablet/")
        expect(page.get_by_test_id("author")).to_be_visible()
        with pytest.raises(Error, match="ERR_CERT_COMMON_NAME_INVALID"):
            page.goto(f"https://other.local:{trusted_server.port}/tablet/")


def test_the_office_shows_the_code_and_the_number_to_compare(
    trusted_server: TrustedServer, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """What a clerk holds up to a new tablet; the number is that of the set-up page."""
    home = tmp_path / "home"
    home.mkdir()
    trusted_server.trust(home)
    with page_of(playwright, browser_path, home) as page:
        page.goto(trusted_server.setup_url)
        number = page.locator(".print").inner_text()
        page.goto(f"{trusted_server.url}/#/tablets")
        expect(page.get_by_test_id("tablets-fingerprint")).to_have_text(number)
        assert page.get_by_test_id("tablets-code").evaluate("image => image.naturalWidth") > 0


def test_a_trusted_tablet_works_without_the_network(
    trusted_server: TrustedServer, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """The service worker registers under the office's certificate; the app opens without the server."""
    home = tmp_path / "home"
    home.mkdir()
    trusted_server.trust(home)
    profile = tmp_path / "profile"
    with tablet(playwright, browser_path, profile, trusted_server.url, arguments=NAMED, home=home) as crew:
        crew.set_up("aed")
        crew.wait_until_kept()
        assert crew.page.evaluate("isSecureContext")
        trusted_server.stop()
        crew.reload()
        crew.tap("button-list")
        tap(crew.part("list-row").first)
        crew.tap("button-check")
        crew.expect_unsent(1)
        trusted_server.start()
        crew.send()
        assert crew.receipts() == ["applied"]


def test_a_tablet_is_paired_by_the_picture_and_refused_when_it_is_revoked(
    trusted_server: TrustedServer, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Over HTTPS that the browser trusts by its own store: what a camera reads lets the tablet in, once."""
    zxingcpp = pytest.importorskip("zxingcpp")
    home, profile = tmp_path / "home", tmp_path / "profile"
    home.mkdir()
    trusted_server.trust(home)
    with Workspace.open(trusted_server.workspace) as opened:
        opened.people.add_account("高山", PASSWORD, Role.ADMIN)
    with page_of(playwright, browser_path, home) as page:
        page.goto(f"{trusted_server.url}/#/tablets")
        page.get_by_test_id("sign-in-name").fill("高山")
        page.get_by_test_id("sign-in-password").fill(PASSWORD)
        page.get_by_test_id("sign-in-button").click()
        page.get_by_test_id("device-name").fill("タブレット 3")
        page.get_by_test_id("device-pair").click()
        picture = page.get_by_alt_text("タブレットを登録するコード").screenshot()
        session = next(one for one in page.context.cookies() if one["name"] == "gis_capture_session")
    (read,) = zxingcpp.read_barcodes(np.asarray(Image.open(io.BytesIO(picture)).convert("L")))
    assert read.text.startswith(f"{trusted_server.url}/tablet/#pair=")
    assert session["secure"] and session["httpOnly"]

    with tablet(playwright, browser_path, profile, trusted_server.url, arguments=NAMED, home=home) as crew:
        crew.complaints.allow(REFUSED)
        crew.page.goto("about:blank")
        crew.page.goto(read.text)
        crew.set_up("aed")
        crew.wait_until_kept()
        device = next(one for one in crew.page.context.cookies() if one["name"] == "gis_capture_device")
        assert device["secure"] and device["httpOnly"]
        crew.tap("button-list")
        tap(crew.part("list-row").first)
        crew.tap("button-check")
        crew.expect_unsent(1)
        with Workspace.open(trusted_server.workspace) as opened:
            opened.people.devices.set_state(opened.people.devices.get("タブレット 3"), "revoked")
        crew.tap("button-send")
        crew.tap("send-start")
        expect(crew.part("refused-reason")).to_contain_text("取り消されています")
        # The code in the picture has been used.
        crew.page.goto("about:blank")
        crew.page.goto(read.text)
        expect(crew.part("refused")).to_contain_text("コードが違うか、期限が切れています。")
