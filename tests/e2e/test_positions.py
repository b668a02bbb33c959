"""A clerk says where a ledger keeps its positions, sees it on the map, and need not say it again next year."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.office import office
from tests.e2e.serving import Server, run_cli

UNNAMED = "番号,甲,乙\n" + "".join(f"K-{n},{36.1 + n / 1000:.2f},{137.2 + n / 100:.2f}\n" for n in range(6))
PLANE = "番号,座標A,座標B\n" + "".join(f"P-{n},{9100.5 + 40 * n},{-3200.25 - 60 * n}\n" for n in range(6))
POLES = "電柱番号,経度,緯度\n" + "".join(f"D-{n},{137.2 + n / 100:.5f},36.12345\n" for n in range(1, 5))
LAMPS = "番号,電柱番号\n1,D-1\n2,D-3\n3,D-9\n"


def test_positions_are_said_seen_and_kept(
    server: Server, office_browser: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Columns without telling names, then a zone that nobody wrote down, then lamps by the numbers of their poles."""
    paths = {name: tmp_path / f"{name}.csv" for name in ("観測点", "測点", "電柱", "灯具")}
    for path, content in zip(paths.values(), (UNNAMED, PLANE, POLES, LAMPS), strict=True):
        path.write_text(content, encoding="utf-8")
    pictures = pytestconfig.getoption("--screenshots")
    run_cli("convert", paths["電柱"], "--layer", "generic", "--workspace", server.workspace, exit_codes=(0, 3))
    server.start()
    (poles,) = (one["definition"]["key"] for one in server.read_json("/layers")["layers"])
    with office(office_browser, server.url) as clerk:
        clerk.open("import")
        state, roles = clerk.part("position-state"), clerk.part("roles")
        clerk.choose_files([paths["観測点"]])
        expect(state).to_contain_text("はじめの 6 行のうち 0 行が地図に載ります")
        roles.get_by_label("甲").select_option("lat")
        roles.get_by_label("乙").select_option("lon")
        expect(state).to_contain_text("6 行のうち 6 行")
        clerk.expect_map(clerk.page.get_by_role("region", name="位置の下見"))
        if pictures:
            clerk.page.screenshot(path=pictures / "position-roles.png", full_page=True)
        clerk.convert()
        assert clerk.account()[:3] == [6, 6, 0]
        clerk.part("recipe-open").click()
        clerk.part("recipe-save").click()
        expect(clerk.part("recipe-kept")).to_be_visible()

        paths["観測点"].write_text(UNNAMED.replace("K-", "L-"), encoding="utf-8")
        clerk.open("import/again")
        clerk.choose_files([paths["観測点"]])
        expect(clerk.part("recipe-select")).to_have_value("観測点")
        expect(state).to_contain_text("6 行のうち 6 行")

        clerk.open("import")
        clerk.choose_files([paths["測点"]])
        roles.get_by_label("座標A").select_option("north")
        roles.get_by_label("座標B").select_option("east")
        question = clerk.part("position-question")
        expect(question).to_contain_text("第7系")
        if pictures:
            clerk.page.screenshot(path=pictures / "position-question.png", full_page=True)
        question.get_by_label("第7系").click()
        expect(state).to_contain_text("6 行のうち 6 行")
        expect(clerk.part("crs-select")).to_have_value("EPSG:6675")
        clerk.convert()
        assert clerk.account()[:3] == [6, 6, 0]

        clerk.open("import/lamps")
        clerk.choose_files([paths["灯具"]])
        expect(clerk.part("place-by")).to_contain_text("相手の番号で(電柱番号など) — 台帳にあります: 電柱番号")
        clerk.part("place-by").select_option("reference")
        clerk.part(f"against-{poles}").check()
        expect(state).to_contain_text("3 行のうち 2 行")
        if pictures:
            clerk.page.screenshot(path=pictures / "position-against.png", full_page=True)
        clerk.convert()
        assert clerk.account()[:3] == [3, 2, 1]
