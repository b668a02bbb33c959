"""An office creates its administrator, a clerk signs in, pairs a tablet, and revokes it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.e2e.axe import violations
from tests.e2e.layout import look_at
from tests.e2e.office import Office, office
from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import tablet, tap
from tests.e2e.test_main_job import SAMPLES_DIR

PASSWORD = "つつじ並木の街路灯 7基"
# The answers of a server that lets nobody in are no mistake of a page.
REFUSED = r"status of 40[13]|ServerError: 40[13]"


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures of the screens go, when they are asked for."""
    folder: Path | None = request.config.getoption("--screenshots")
    return folder


def keep(page: Page, name: str, folder: Path | None) -> None:
    """Looks at a screen as the walks of `test_screenshots.py` do, and keeps a picture."""
    assert [*look_at(page), *violations(page)] == []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"people-{name}.png", full_page=True)


def sign_in(page: Office, name: str) -> None:
    """Signs in at the office page."""
    page.part("sign-in-name").fill(name)
    page.part("sign-in-password").fill(PASSWORD)
    page.part("sign-in-button").click()
    expect(page.part("sign-out")).to_be_visible()


def test_a_clerk_pairs_a_tablet_and_revokes_it(
    server: Server,
    office_browser: Browser,
    playwright: Playwright,
    browser_path: str,
    tmp_path: Path,
    pictures: Path | None,
) -> None:
    """From the code on the console to the words that the crew reads; what it recorded stays on the tablet."""
    run_cli("convert", SAMPLES_DIR / "AED.csv", "--workspace", server.workspace, exit_codes=(0, 3))
    server.start()
    log = (server.workspace.parent / "server.log").read_text(encoding="utf-8")
    code = re.search(r"コード: (\S+)", log)
    assert code

    with office(office_browser, server.url) as screen:
        screen.complaints.allow(REFUSED)
        screen.open("people")
        keep(screen.page, "none", pictures)
        screen.part("people-setup").click()
        screen.part("setup-code").fill(code[1])
        keep(screen.page, "setup", pictures)
        sign_in(screen, "高山")
        expect(screen.page.get_by_role("heading", level=1)).to_have_text("利用者")
        screen.part("person-name").fill("佐藤")
        screen.part("person-role").select_option("office")
        screen.part("person-password").fill(PASSWORD)
        screen.part("person-add").click()
        expect(screen.part("person")).to_have_count(2)
        keep(screen.page, "people", pictures)
        screen.part("sign-out").click()
        expect(screen.part("sign-in")).to_be_visible()
        screen.part("sign-in-name").fill("佐藤")
        screen.part("sign-in-password").fill("違うパスワード")
        screen.part("sign-in-button").click()
        expect(screen.part("sign-in-failure")).to_have_text("名前かパスワードが違います。もう一度入力してください。")
        keep(screen.page, "sign-in", pictures)
        sign_in(screen, "佐藤")
        expect(screen.part("nav-people")).to_have_count(0)
        screen.open("password")
        expect(screen.page.locator("main input[type=password]").first).to_be_visible()
        keep(screen.page, "password", pictures)

        screen.open("tablets")
        screen.part("device-name").fill("タブレット 3")
        screen.part("device-pair").click()
        pairing = screen.part("device-code").inner_text()
        keep(screen.page, "code", pictures)

        with tablet(playwright, browser_path, tmp_path / "profile", server.url) as crew:
            crew.complaints.allow(REFUSED)
            crew.part("author").fill("維持係 1班")
            crew.tap("setup-next")
            expect(crew.part("refused")).to_have_attribute("data-reason", "sign_in_needed")
            keep(crew.page, "tablet-pair", pictures)
            crew.part("pair-code").fill(pairing.lower())
            crew.tap("pair-button")
            crew.tap("outing-start")
            crew.tap("setup-finish")
            crew.expect_map()
            crew.tap("tour-skip")
            crew.tap("button-list")
            tap(crew.part("list-row").first)
            crew.tap("button-check")
            crew.expect_unsent(1)

            screen.open("tablets")
            screen.page.reload()
            expect(screen.part("device")).to_have_attribute("data-state", "active")
            screen.part("device-revoke").click()
            screen.part("device-revoke-sure").click()
            expect(screen.part("device")).to_have_attribute("data-state", "revoked")
            keep(screen.page, "revoked", pictures)

            crew.tap("button-send")
            crew.tap("send-start")
            expect(crew.part("refused-reason")).to_contain_text("取り消されています")
            expect(crew.part("refused")).to_contain_text("1 件")
            keep(crew.page, "tablet-revoked", pictures)
            with crew.page.expect_download() as download:
                crew.tap("refused-export")
            assert download.value.suggested_filename.startswith("gis-capture-outbox_")
            screen.open("today")
            screen.part("outbox-input").set_input_files(download.value.path())
            expect(screen.part("outbox-taken")).to_contain_text("登録しました: 1 件")
            expect(screen.part("today")).to_contain_text("維持係 1班")
            keep(screen.page, "outbox-taken", pictures)
            crew.tap("refused-later")
            crew.expect_unsent(1)
