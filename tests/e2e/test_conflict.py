"""Two crews change the same field of one feature: the office decides, and nothing is lost."""

from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect

from tests.e2e.complaints import Complaints
from tests.e2e.serving import CHECKOUT_DIR, Server, run_cli
from tests.e2e.tablet import AUTHOR, Tablet, tablet


def test_the_second_of_two_edits_waits_for_the_office(
    server: Server, playwright: Playwright, browser_path: str, office_browser: Browser, tmp_path: Path
) -> None:
    """The first edit is stored; the second crew reads 「役所で確認中」, and the office sees both values."""
    ledger = CHECKOUT_DIR / "sample_data" / "ledgers" / "AED.csv"
    run_cli("convert", ledger, "--workspace", server.workspace, exit_codes=(0, 3))
    server.start()
    (feature,) = server.read_json("/layers/aed/features?limit=1")["features"]
    label = feature["properties"]["name"]

    with (
        tablet(playwright, browser_path, tmp_path / "first", server.url) as first,
        tablet(playwright, browser_path, tmp_path / "second", server.url) as second,
    ):
        for crew in (first, second):
            crew.set_up("aed")
            crew.wait_until_kept()
            crew.page.context.set_offline(True)
        change_status(first, label, "要点検")
        change_status(second, label, "故障")
        for crew, word in ((first, "applied"), (second, "conflict")):
            crew.page.context.set_offline(False)
            crew.send()
            assert crew.receipts() == [word]
            crew.expect_unsent(0)
        expect(second.part("receipt")).to_contain_text("役所で確認中です")
        expect(second.part("status-attention")).to_have_text("要確認 1件")
        second.reload()
        second.tap("button-send")
        expect(second.part("sent-line")).to_contain_text("役所で確認中です")
        expect(second.part("sent-line")).to_contain_text(label)
        second.find(label)
        expect(second.part("feature-conflict")).to_contain_text("役所で確認中")
        expect(second.part("feature-conflict")).to_contain_text("故障")

    stored = server.read_json(f"/layers/aed/features/{feature['id']}")
    assert stored["properties"]["status"] == "要点検"
    (conflict,) = server.read_json("/conflicts")["conflicts"]
    assert (conflict["feature_id"], conflict["state"]) == (feature["id"], "open")
    (clash,) = conflict["fields"]
    assert clash == {
        "field": "status",
        "base": feature["properties"]["status"],
        "stored": "要点検",
        "incoming": "故障",
        "state": "open",
    }

    context = office_browser.new_context(locale="ja-JP", service_workers="block")
    complaints = Complaints(context)
    page = context.new_page()
    page.goto(f"{server.url}/#/conflicts")
    expect(page.get_by_role("heading", level=2)).to_have_text(f"AED {label}")
    expect(page.get_by_role("columnheader", name="後から届いた値")).to_contain_text(AUTHOR)
    row = page.get_by_role("row").filter(has_text="状態")
    expect(row).to_contain_text("要点検")
    expect(row).to_contain_text("故障")
    complaints.check()
    context.close()


def change_status(crew: Tablet, label: str, code: str) -> None:
    """Opens a feature, sets its condition, saves."""
    crew.find(label)
    crew.choose("status", code)
    crew.save()
    crew.expect_unsent(1)
