"""Members of the crew share a tablet by PIN: typed at the office once, then in the field without a network."""

import re
from pathlib import Path

from playwright.sync_api import Playwright, Request, expect

from gis_capture.people import Role
from gis_capture.workspace import Workspace
from tests.e2e.axe import violations
from tests.e2e.layout import look_at
from tests.e2e.serving import Server
from tests.e2e.tablet import PORTRAIT, Tablet, tablet, tap
from tests.e2e.test_crews import record

PASSWORD = "つつじ並木の街路灯 7基"
REFUSED = r"status of (401|403)"
PINS = {"鈴木 一郎": "4071", "田中 花": "830264"}


def choose(crew: Tablet, name: str, pin: str) -> None:
    """Types the PIN of a member on the pad."""
    tap(crew.part("member").filter(has_text=name))
    press(crew, pin)


def press(crew: Tablet, pin: str) -> None:
    """Types on the pad."""
    for digit in pin:
        crew.tap(f"pin-{digit}")
    crew.tap("pin-enter")


def set_up(crew: Tablet) -> None:
    """The first start of somebody whose name the office has given."""
    crew.tap("outing-start")
    crew.tap("setup-finish")
    crew.tap("tour-skip")
    crew.expect_map()


def test_members_of_the_crew_share_a_tablet_by_pin(
    screens_server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Wrong PINs are told, an idle tablet asks again and keeps what was open; changes bear the name of who typed."""
    with Workspace.open(screens_server.workspace) as opened:
        people = opened.people
        people.add_account("高山", PASSWORD, Role.ADMIN)
        account_ids = dict[str, str]()
        for number, (name, pin) in enumerate(PINS.items()):
            member = people.add_account(f"crew{number}", PASSWORD, Role.CREW, title=name)
            people.pins.put(member, pin)
            account_ids[name] = member.account_id
        code, _ = people.make_pairing_code("タブレット1", "高山")
    suzuki, tanaka = PINS
    with tablet(playwright, browser_path, tmp_path / "profile", screens_server.url, viewport=PORTRAIT) as crew:
        # The page is left while it opens, and a PIN is asked about in vain.
        for expected in (REFUSED, "localStorage.*denied", "icon from the Manifest", "DISCONNECTED.*/crew/pin"):
            crew.complaints.allow(expected)
        asked = list[Request]()
        crew.page.on("request", lambda one: asked.append(one))
        crew.page.goto("about:blank")
        crew.page.goto(f"{screens_server.url}/tablet/#pair={code}")
        expect(crew.part("member")).to_have_text(list(PINS))
        crew.page.screenshot(path=tmp_path / "members.png")
        assert violations(crew.page) == []
        choose(crew, suzuki, "9999")
        expect(crew.part("pin-error")).to_contain_text("PIN が違います")
        crew.page.screenshot(path=tmp_path / "pin.png")
        assert not look_at(crew.page)
        assert violations(crew.page) == []
        press(crew, PINS[suzuki])
        set_up(crew)
        crew.wait_until_kept()
        record(crew, "鈴木の集会所")

        # In the field: handed on, and back, without a network.
        crew.page.context.set_offline(True)
        crew.tap("button-menu")
        expect(crew.part("menu-author")).to_have_value(suzuki)
        expect(crew.part("menu-author")).not_to_be_editable()
        crew.tap("crew-leave")
        choose(crew, tanaka, PINS[tanaka])
        expect(crew.part("pin-error")).to_contain_text("役所につながる所で")
        crew.page.keyboard.press("Escape")
        crew.tap("pin-back")
        choose(crew, suzuki, "9999")
        expect(crew.part("pin-error")).to_contain_text("PIN が違います")
        crew.page.keyboard.type(PINS[suzuki])
        crew.page.keyboard.press("Enter")
        crew.expect_unsent(1)
        crew.tap("button-menu")
        crew.page.evaluate("sessionStorage.setItem('gis-capture.active', '0')")
        crew.tap("menu-close")
        expect(crew.part("lock")).to_be_visible()
        assert violations(crew.page) == []
        choose(crew, suzuki, PINS[suzuki])
        expect(crew.part("lock")).to_have_count(0)
        crew.page.context.set_offline(False)
        crew.page.evaluate("dispatchEvent(new Event('online'))")
        crew.send()
        assert crew.receipts() == ["applied"]
        pulls = [one for one in asked if "/sync/pull" in one.url]
        assert {one.headers.get("person") for one in pulls} == {account_ids[suzuki]}
    with Workspace.open(screens_server.workspace) as opened:
        written = [line["detail"] for line in opened.people.audit.lines() if line["what"] == "push"]
    assert len(written) == 1
    assert re.fullmatch(rf"person {suzuki} \(\S+\); revision \d+; applied 1; changes \S+", written[0]), written
