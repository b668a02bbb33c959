"""Next month's ledger on the office page: told before it is written, merged with a crew's edit, decided, taken back."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.office import office
from tests.e2e.screens import push_from_elsewhere
from tests.e2e.serving import Server, run_cli

HEADER = "管理番号,状態,設置場所,備考,経度,緯度\n"
NOVEMBER = [f"A-{n},点灯,本町{n}丁目,,137.26{n}1234,36.1411234" for n in range(1, 10)]


def ledgers(folder: Path) -> tuple[Path, Path]:
    """Two versions of a ledger: rows changed, new, gone, renumbered, with the same number, in another spelling."""
    december = [
        "Ａ－１,球切れ,本町1丁目,11月28日通報,137.2611234,36.1411234",
        "A-2,球切れ,本町2丁目,,137.2621234,36.1411234",
        *NOVEMBER[2:4],
        "A-5,点灯,本町5丁目,,137.2651234,36.1421234",
        NOVEMBER[5],
        "B-7,点灯,本町7丁目,,137.2671234,36.1411234",
        NOVEMBER[7],
        "A-10,点灯,本町10丁目,新設,137.2711234,36.1411234",
    ]
    paths = folder / "街路灯台帳 11月.csv", folder / "街路灯台帳 12月.csv"
    for path, rows in zip(paths, (NOVEMBER, december), strict=True):
        path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return paths


def test_next_months_ledger_is_told_merged_decided_and_taken_back(
    server: Server, office_browser: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """The page says what differs before anything is written; what is gone waits for the clerk."""
    november, december = ledgers(tmp_path)
    pictures = pytestconfig.getoption("--screenshots")
    run_cli("convert", november, "--layer", "street_light", "--workspace", server.workspace)
    server.start()
    lights = server.read_json("/layers/street_light/features?limit=100")["features"]
    (second,) = [one for one in lights if one["properties"]["ledger_number"] == "A-2"]
    assert push_from_elsewhere(server, "street_light", second, {"status": "破損"}) == "applied"
    revision = server.read_json("/health")["revision"]
    with office(office_browser, server.url) as clerk:
        clerk.open("import")
        clerk.choose_files([december])
        clerk.part("layer-select").select_option("street_light")
        update = clerk.part("update")
        expect(update).to_contain_text("「街路灯台帳 11月.csv」の続きのようです")
        expect(update).to_contain_text("変わった行 3、新しい行 1、なくなった行 1")
        changed = clerk.part("update-changed").get_by_role("row")
        expect(changed.filter(has_text="通報")).to_contain_text("取り込む")
        expect(changed.filter(has_text="A-2")).to_contain_text("現場の値を残す")
        assert server.read_json("/health")["revision"] == revision
        if pictures:
            clerk.page.screenshot(path=pictures / "ledger-update-told.png", full_page=True)

        expect(clerk.part("update-yes")).to_be_checked()
        clerk.convert()
        assert clerk.account() == [9, 4, 3, 1, 1, 0, 0]
        rows = clerk.part("open-rows")
        expect(rows).to_contain_text("人が決める行 2")
        if pictures:
            clerk.page.screenshot(path=pictures / "ledger-update-done.png", full_page=True)
        rows.get_by_role("listitem").filter(has_text="A-9").get_by_test_id("take-mark").click()
        expect(rows).to_contain_text("決定: 撤去・廃止とする")
        rows.get_by_test_id("take-renumber").click()
        expect(rows).to_contain_text("決めることは残っていません。")
        assert conditions(server) == {
            **dict.fromkeys(["A-3", "A-4", "A-5", "A-6", "B-7", "A-8", "A-10"], "点灯"),
            "A-1": "球切れ",
            "A-2": "破損",
            "A-9": "撤去",
        }

        clerk.part("undo").click()
        expect(clerk.page.get_by_role("alert")).to_contain_text(
            "変わった 3 行を元の値に戻し、新しい 1 行を取り消します"
        )
        clerk.part("undo-confirm").click()
        expect(clerk.page.get_by_text("取り込みを取り消しました。")).to_be_visible()
        assert conditions(server) == {f"A-{n}": "破損" if n == 2 else "点灯" for n in range(1, 10)}


def conditions(server: Server) -> dict[str, str]:
    """The condition of each light by its number."""
    features = server.read_json("/layers/street_light/features?limit=100")["features"]
    return {one["properties"]["ledger_number"]: one["properties"]["status"] for one in features}
