"""Walks through every page of the office, stopping at each, as `screens.py` does for the tablet."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import expect

from gis_capture.workspace import Workspace
from tests.e2e.office import Office
from tests.e2e.red_pen import mark_printed, print_sheet
from tests.e2e.screens import push_from_elsewhere
from tests.e2e.serving import CHECKOUT_DIR, Server
from tests.paper.scanned import fill_scanned

READ_MS = 90_000
LEDGERS_DIR = CHECKOUT_DIR / "sample_data" / "ledgers"


def seen_at(feature: dict[str, Any], east: float) -> dict[str, Any]:
    """A photo, another place of the feature, and where the crew stood."""
    lon, lat = feature["geometry"]["coordinates"]
    place = {"type": "Point", "coordinates": [lon + 0.0002 + east, lat + 0.0001]}
    photo = {"sha256": f"{int(east * 1e4) + 1:064x}", "name": "現場.heic", "size_bytes": 9, "media_type": "image/heic"}
    return {
        "geometry": {"old": feature["geometry"], "new": place},
        "position": {"lon": lon + east, "lat": lat, "accuracy_m": 4},
        "attachments": [photo],
    }


def office_screens(clerk: Office, server: Server) -> Iterator[str]:
    """All pages, and an import from the drop to the undo."""
    feature = server.read_json("/layers/aed/features?limit=1")["features"][0]
    statuses = [
        push_from_elsewhere(server, "aed", feature, {"status": code}, **where)
        for code, where in zip(("要点検", "故障"), (seen_at(feature, 0), seen_at(feature, 0.0004)), strict=True)
    ]
    assert statuses == ["applied", "conflict"]
    other = server.read_json("/layers/public_toilet/features?limit=1")["features"][0]
    assert push_from_elsewhere(server, "public_toilet", other, {}, kind="delete") == "applied"
    clerk.open("layers")
    expect(clerk.part("layer-aed")).to_be_visible()
    yield "layers"
    clerk.open("import")
    expect(clerk.part("ledger-input")).to_be_attached()
    yield "import"
    clerk.complaints.allow("status of 4")
    clerk.part("ledger-input").set_input_files(LEDGERS_DIR.parent / "broken" / "truncated.xlsx")
    expect(clerk.part("import-failure")).to_be_visible()
    yield "import-broken"
    clerk.choose_files([LEDGERS_DIR / "防犯灯台帳.xlsx"])
    preview = clerk.page.locator("[data-map-state]")
    clerk.expect_map(preview)
    expect(clerk.part("update")).to_be_visible()
    yield "import-found"
    clerk.part("update-no").check()
    yield "import-repeated"
    clerk.convert()
    yield "import-done"
    clerk.part("undo").click()
    yield "import-undo"
    clerk.part("undo-confirm").click()
    expect(clerk.part("undo-confirm")).to_have_count(0)
    clerk.open("imports")
    expect(clerk.page.get_by_role("listitem").first).to_be_visible()
    yield "imports"
    clerk.open("lint")
    clerk.part("ledger-input").set_input_files(LEDGERS_DIR / "防犯灯台帳.xlsx")
    expect(clerk.part("lint-result")).to_be_visible()
    yield "lint"
    clerk.open("map")
    clerk.expect_map(clerk.part("office-map"))
    yield "map"
    clerk.open("backgrounds")
    expect(clerk.page.locator("[data-testid^=basemap-]")).to_have_count(1)
    yield "backgrounds"
    yield from _paper_screens(clerk, server)
    clerk.open("map/public_toilet")
    clerk.expect_map(clerk.part("office-map"))
    yield "map-layer"
    clerk.tap_feature(server, "public_toilet")
    yield "map-feature"
    clerk.part("history-undo").first.click()
    expect(clerk.part("history-undo-confirm")).to_be_visible()
    yield "map-feature-undo"
    clerk.open("deleted/public_toilet")
    clerk.part("deleted-open").first.click()
    expect(clerk.part("history-restore")).to_be_visible()
    yield "deleted"
    clerk.open("today")
    expect(clerk.part("today")).to_be_visible()
    yield "today"
    clerk.open("conflicts")
    expect(clerk.page.get_by_role("row").nth(1)).to_be_visible()
    clerk.expect_map(preview)
    yield "conflicts"
    clerk.open("checkouts")
    clerk.part("checkout-aed").check()
    clerk.part("checkout-make").click()
    expect(clerk.part("checkout-made")).to_be_visible()
    yield "checkouts"
    for path in ("tablets", "people", "settings"):
        clerk.open(path)
        expect(clerk.page.locator("main h1")).to_be_visible()
        yield path


def _paper_screens(clerk: Office, server: Server) -> Iterator[str]:
    """Sheets on paper: printed, come back, and the marks on one."""
    number = print_sheet(server, {"layers": ["public_toilet"], "scale": 10000, "crew": "第1班"})
    clerk.open("sheets")
    clerk.expect_map(clerk.part("sheets-map"))
    yield "sheets"
    marked = server.workspace.parent / "戻り.jpg"
    mark_printed(server, number, marked)
    clerk.part("ledger-input").set_input_files(marked)
    expect(clerk.part("reading-check")).to_be_visible(timeout=READ_MS)
    clerk.part("reading-remove").click()
    yield "sheets-back"
    clerk.part("reading-check").click()
    expect(clerk.part("mark")).to_be_visible()
    yield "sheets-mark"
    clerk.part("mark-update").check()
    field = clerk.part("mark-field")
    if field.count() == 0:
        clerk.part("mark-feature").select_option(index=1)
    field.select_option(index=1)
    yield "sheets-mark-update"
    with Workspace.open(server.workspace) as workspace:
        scan_id = fill_scanned(workspace)
    clerk.open("paper")
    expect(clerk.part("scanned-check")).to_be_visible()
    yield "paper"
    clerk.part("scanned-check").click()
    expect(clerk.part("paper-desk")).to_be_focused()
    yield "paper-cell"
    clerk.part("paper-column").click()
    expect(clerk.part("column-accept")).to_be_visible()
    yield "paper-column"
    assert server.read_json(f"/scanned-ledgers/{scan_id}")["n_decisions"] == 0
