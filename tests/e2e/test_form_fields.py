"""Fields of the tablet's form: long lists, dates in eras, codes on things, what was written last, rows of a feature."""

import re
from pathlib import Path

import segno
from playwright.sync_api import Playwright, expect

from tests.e2e.axe import violations
from tests.e2e.photo import bar_code
from tests.e2e.serving import Server, run_cli
from tests.e2e.tablet import PORTRAIT, tablet, tap
from tests.e2e.test_main_job import read_layer

# "B-2026-0012" in Code 128: bars and gaps in turn.
BARS = "2112141311231221321131412212313212211141311221321131412122221122321322122331112"
BRIDGES = """format = "gis-capture.layer/v1"
key = "bridge"
definition_version = 1
title = { ja = "橋", en = "Bridges" }
geometry_type = "Point"
crs = "EPSG:6668"
key_fields = ["number"]
label = "{number}"
fields = [
    { field_id = "bridge.number", name = "number", title = { ja = "番号", en = "Number" }, type = "text" },
    { field_id = "bridge.town", name = "town", title = { ja = "町", en = "Town" }, type = "text", domain = "town" },
    { field_id = "bridge.built_on", name = "built_on", title = { ja = "架設日", en = "Built" }, type = "date" },
    { field_id = "bridge.seen_at", name = "seen_at", title = { ja = "確認時刻", en = "Seen" }, type = "datetime" },
    {field_id="bridge.kind",name="kind",title={ja="型",en="Kind"},type="text",domain={file="kind",allows_other=true}}
]
"""
CHECKS = """format = "gis-capture.layer/v1"
key = "bridge_check"
definition_version = 1
title = { ja = "橋の点検", en = "Checks of bridges" }
geometry_type = "Point"
crs = "EPSG:6668"
label = "{result}"

[[fields]]
field_id = "bridge_check.bridge"
name = "bridge"
title = { ja = "橋", en = "Bridge" }
type = "text"
relation = "bridge"

[[fields]]
field_id = "bridge_check.result"
name = "result"
title = { ja = "結果", en = "Result" }
type = "text"
"""


def add_bridges(workspace: Path) -> None:
    """Adds bridges in forty towns, and their checks."""
    towns = "\n".join(f"町{n:02},第{n}町,Town {n}," for n in range(1, 41))
    for key, text in (("bridge", BRIDGES), ("bridge_check", CHECKS)):
        folder = workspace / "layers" / key
        (folder / "domains").mkdir(parents=True)
        (folder / "layer.toml").write_text(text, encoding="utf-8")
        ledger = workspace / f"{key}.csv"
        first = "番号,町,架設日,緯度,経度\nB-0,町01,1990-01-01,36.146,137.252\n"
        ledger.write_text(first if key == "bridge" else "結果,緯度,経度\n旧,36.1,137.2\n", encoding="utf-8")
    kinds = "\n".join(f"形{n},第{n}形式,Kind {n}," for n in range(1, 9))
    (workspace / "layers/bridge/domains/kind.csv").write_text(
        f"code,title_ja,title_en,aliases\n{kinds}\n", encoding="utf-8"
    )
    (workspace / "layers/bridge/domains/town.csv").write_text(
        f"code,title_ja,title_en,aliases\n{towns}\n", encoding="utf-8"
    )
    for key in ("bridge", "bridge_check"):
        run_cli("convert", workspace / f"{key}.csv", "--layer", key, "--workspace", workspace, exit_codes=(0, 3))


def test_a_bridge_is_recorded_with_few_letters_and_its_check_hangs_on_it(
    server: Server, playwright: Playwright, browser_path: str, tmp_path: Path
) -> None:
    """The number comes from the plate's QR code or bars, the date from an era; the next bridge takes over the town."""
    add_bridges(server.workspace)
    server.start()
    plate, blank, kanji = (tmp_path / f"{name}.png" for name in ("plate", "blank", "kanji"))
    segno.make_qr("銘板橋", mode="kanji").save(str(kanji), scale=8, border=6)
    segno.make_qr("B-銘板-12").save(str(plate), scale=8, border=6)
    segno.make_qr("x").save(str(blank), scale=8, dark="white")
    with tablet(playwright, browser_path, tmp_path / "profile", server.url, viewport=PORTRAIT) as crew:
        crew.set_up("bridge", "bridge_check")
        crew.wait_until_kept()
        server.stop()
        crew.record("bridge")
        crew.place("center")
        expect(crew.part("form-remembered")).to_have_count(0)
        crew.part("form-scan-number").set_input_files(blank)
        expect(crew.page.get_by_text("コードが見つかりません")).to_be_visible()
        crew.part("form-scan-number").set_input_files(kanji)
        expect(crew.part("form-field-number")).to_have_value("銘板橋")
        crew.part("form-scan-number").set_input_files(bar_code(tmp_path, BARS))
        expect(crew.part("form-field-number")).to_have_value("B-2026-0012")
        crew.part("form-scan-number").set_input_files(plate)
        expect(crew.part("form-field-number")).to_have_value("B-銘板-12")
        crew.tap("form-field-town")
        crew.write("town-search", "３３")
        expect(crew.part("form-field-town-list").get_by_role("button")).to_have_count(1)
        assert violations(crew.page) == []
        tap(crew.part("form-field-town-list").get_by_role("button"))
        expect(crew.part("form-field-town")).to_have_text("第33町")
        crew.write("built_on-era-input", "S45.13.1")
        expect(crew.page.get_by_text("日付として読めません")).to_be_visible()
        crew.write("built_on-era-input", "昭和45年3月1日")
        expect(crew.part("form-field-built_on")).to_have_value("1970-03-01")
        crew.write("seen_at-era-input", "R6.5.1 7:30")
        expect(crew.part("form-field-seen_at")).to_have_value("2024-05-01T07:30")
        expect(crew.page.locator("#form-field-seen_at-era")).to_have_text("2024年5月1日(水) 令和6年")
        crew.tap("form-field-kind")
        crew.write("kind-search", "8形")
        expect(crew.part("form-field-kind-list").get_by_role("button")).to_have_count(2)
        crew.write("kind-search", "木の吊橋")
        assert violations(crew.page) == []
        crew.tap("form-field-kind-other")
        expect(crew.part("form-field-kind")).to_have_text("木の吊橋")
        crew.save()

        crew.record("bridge")
        crew.place("center")
        expect(crew.part("form-remembered")).to_be_visible()
        assert violations(crew.page) == []
        crew.tap("form-remembered")
        expect(crew.part("form-field-town")).to_have_text("第33町")
        expect(crew.part("form-field-number")).to_have_value("")
        crew.write("number", "B-13")
        crew.save()

        crew.find("B-銘板-12")
        crew.tap("child-add-bridge_check")
        expect(crew.part("form-field-bridge")).to_contain_text("B-銘板-12")
        crew.write("result", "ひびあり")
        crew.save()
        crew.record("bridge_check")
        crew.place("center")
        crew.tap("form-field-bridge")
        nearest = crew.part("form-field-bridge-list").get_by_role("button")
        expect(nearest).to_have_text([re.compile("m$")] * 3)
        assert violations(crew.page) == []
        crew.write("bridge-search", "B13号")
        expect(nearest).to_have_count(1)
        tap(nearest)
        expect(crew.part("form-field-bridge")).to_have_text("B-13")
        crew.write("result", "さびあり")
        crew.save()
        crew.find("B-銘板-12")
        expect(crew.part("child-row")).to_have_text("ひびあり")
        crew.part("child-row").scroll_into_view_if_needed()
        assert violations(crew.page) == []
        crew.tap("button-close")
        server.start()
        crew.send()
        assert crew.receipts() == ["applied"] * 4

    bridges = read_layer(server, "bridge").reset_index().set_index("number")
    assert list(bridges.town[["B-銘板-12", "B-13"]]) == ["町33", "町33"]
    assert str(bridges.built_on["B-銘板-12"])[:10] == "1970-03-01"
    assert bridges.kind["B-銘板-12"] == "木の吊橋"
    checks = read_layer(server, "bridge_check").set_index("result")
    assert checks.bridge["さびあり"] == bridges.feature_id["B-13"]
    check = checks.loc["ひびあり"]
    assert check.bridge == bridges.feature_id["B-銘板-12"]
    assert check.geometry.equals(bridges.geometry["B-銘板-12"])
