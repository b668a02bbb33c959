"""A round of inspection: one tap for what has not changed, the next one found, all of it back at the office."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.axe import violations
from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import PORTRAIT, tablet, tap
from tests.e2e.test_main_job import SAMPLES_DIR, read_layer


def test_a_round_is_walked_by_single_taps_without_a_network(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """Check one, be led to the next, change that, see what is left, restart, send; the office has dates and places."""
    few = tmp_path / "AED.csv"
    header, _, *rows = (SAMPLES_DIR / "AED.csv").read_bytes().splitlines(keepends=True)
    few.write_bytes(b"".join([header, *rows[:3]]))
    run_cli("convert", few, "--workspace", server.workspace, exit_codes=(0, 3))
    before = read_layer(server, "aed")
    n_total = len(before)
    first_id, first = next((str(key), str(name)) for key, name in before["name"].items() if name)
    run_cli("convert", SAMPLES_DIR / "公園台帳.xlsx", "--workspace", server.workspace, exit_codes=(0, 3))
    server.start()
    with tablet(playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT) as crew:
        crew.set_up("aed", "park")
        crew.wait_until_kept()
        server.stop()
        crew.find(first)
        crew.page.context.set_geolocation(crew.position)
        crew.tap("button-check")
        expect(crew.part("toast")).to_contain_text("「変わりなし」を記録しました。(現在地 ±4m)")
        crew.expect_unsent(1)

        crew.tap("round-next")
        expect(crew.part("sheet-title")).not_to_have_text(first)
        second = crew.part("sheet-title").inner_text()
        crew.choose("status", "要点検")
        expect(crew.part("button-check")).to_have_count(0)
        crew.save()

        crew.tap("button-list")
        told = f"2 / {n_total}件: 変わりなし 1・変更 1・のこり {n_total - 2}"
        expect(crew.part("round-progress")).to_contain_text(told)
        assert violations(crew.page) == []
        crew.part("list-layer").select_option("aed")
        crew.part("list-round").select_option("left")
        expect(crew.part("list-count")).to_contain_text(f"{n_total - 2}件")
        crew.part("list-round").select_option("done")
        expect(crew.part("list-row")).to_have_count(2)
        crew.reload()
        crew.find(first)
        expect(crew.part("round-state")).to_have_attribute("data-round", "checked")
        crew.tap("button-close")

        server.start()
        crew.send()
        assert crew.receipts() == ["applied", "applied"]
        crew.tap("button-list")
        expect(crew.part("round-progress")).to_contain_text(told)
        crew.tap("button-map")
        expect(crew.part("round-chip")).to_have_text(f"見回り 2 / {n_total}")
        for _ in range(n_total - 2):
            crew.tap("round-next")
            crew.tap("button-check")
        expect(crew.part("round-finished")).to_have_text("この見回りはすべて終わりました。")
        crew.send()

        # A round lasts until the crew begins another; a layer that was not chosen does not count.
        crew.reload()
        expect(crew.part("round-chip")).to_have_text(f"見回り {n_total} / {n_total}")
        crew.tap("button-list")
        tap(crew.part("round-options").locator("summary"))
        expect(crew.part("round-layer-aed")).to_be_checked()
        expect(crew.part("round-layer-park")).not_to_be_checked()
        crew.tap("round-new")
        crew.tap("confirm-round")
        expect(crew.part("round-progress")).to_have_count(0)
        crew.part("round-layer-aed").check()
        expect(crew.part("round-progress")).to_contain_text(f"0 / {n_total}件")
        crew.tap("button-map")
        crew.expect_map()
        expect(crew.part("round-chip")).to_have_text(f"見回り 0 / {n_total}")

    after = read_layer(server, "aed")
    assert after.loc[first_id, "inspected_on"] is not None
    history = server.read_json(f"/layers/aed/features/{first_id}/history")["entries"][0]
    (change,) = history["changes"]
    assert change["note"] == "現地確認: 変わりなし"
    assert change["position"] == {"lon": 137.2526, "lat": 36.1461, "accuracy_m": 4}
    assert list(after.index[after["status"] == "要点検"]) == list(after.index[after["name"] == second])
