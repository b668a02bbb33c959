"""The office pages: a ledger comes in and can be taken back, layers go out as files, the map answers."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.office import Office, office
from tests.e2e.serving import CHECKOUT_DIR, Server

SAMPLES_DIR = CHECKOUT_DIR / "sample_data"
COUNTS = ("n_source_rows", "n_loaded", "n_unlocated", "n_rejected", "n_skipped")


def read_expected(ledger: str) -> dict[str, Any]:
    """Reads what the maker of the sample data says of a ledger."""
    expected: dict[str, Any] = json.loads((SAMPLES_DIR / "expected" / f"{ledger}.json").read_text(encoding="utf-8"))
    return expected


@pytest.fixture
def clerk(office_browser: Browser, demo_server: Server) -> Iterator[Office]:
    """A clerk before the sample data."""
    with office(office_browser, demo_server.url) as opened:
        yield opened


@pytest.mark.parametrize("ledger", ["防犯灯台帳", "街路樹"])
def test_a_ledger_is_imported_taken_back_and_dropped_in_again(
    ledger: str, server: Server, office_browser: Browser
) -> None:
    """The page tells what is in the file, where it fits and what became of each row; the undo leaves nothing behind."""
    expected = read_expected(ledger)
    paths = sorted(path for path in (SAMPLES_DIR / "ledgers").iterdir() if path.stem == ledger)
    account = [expected[name] for name in COUNTS]
    n_features = expected["n_loaded"] + expected["n_unlocated"]
    server.start()
    with office(office_browser, server.url) as clerk:
        clerk.open("import")
        clerk.choose_files(paths)
        found = clerk.part("found-table")
        expect(found).to_contain_text(f"データ {n_features} 行")
        if expected["n_skipped"]:
            expect(found).to_contain_text(f"対象外の行 {expected['n_skipped']} 行")
            expect(found).to_contain_text("見出しは 3・4 行目")
        expect(clerk.part("layer-select")).to_have_value(expected["layer"])
        rows = clerk.page.get_by_role("table").last.get_by_role("row")
        expect(rows.nth(1)).to_contain_text(expected["rows"][0]["fields"]["ledger_number"])
        clerk.expect_map(clerk.page.get_by_role("region", name="位置の下見"))
        assert server.read_json("/layers")["layers"] == []

        clerk.convert()
        assert clerk.account() == account
        clerk.part("undo").click()
        expect(clerk.page.get_by_role("alert")).to_contain_text(f"{n_features} 件を取り消します")
        clerk.part("undo-confirm").click()
        expect(clerk.page.get_by_text("取り込みを取り消しました。")).to_be_visible()
        assert [layer["n_features"] for layer in server.read_json("/layers")["layers"]] == [0]

        clerk.page.get_by_role("button", name="別のファイルを選ぶ").click()
        clerk.drop_files(paths)
        clerk.convert()
        assert clerk.account() == account
        clerk.part("nav-layers").click()
        expect(clerk.part(f"layer-{expected['layer']}")).to_contain_text(f"{n_features} 件")
        clerk.part("nav-imports").click()
        expect(clerk.page.get_by_text("取り消し済み")).to_have_count(1)
        expect(clerk.page.get_by_text("完了")).to_have_count(1)
    (layer,) = server.read_json("/layers")["layers"]
    assert layer["n_features"] == n_features


def test_layers_tell_their_counts_and_go_out_as_files(clerk: Office, tmp_path: Path) -> None:
    """GeoPackage, GeoJSON and CSV for Excel and in Shift_JIS hold the features that the page counts."""
    expected = read_expected("消防水利施設一覧")
    n_features = expected["n_loaded"] + expected["n_unlocated"]
    clerk.open("layers")
    layer = clerk.part("layer-fire_hydrant")
    expect(layer).to_contain_text(f"{n_features} 件")
    expect(layer).to_contain_text(f"うち位置なし {expected['n_unlocated']} 件")
    expect(layer).to_contain_text("消防水利施設一覧.csv")

    files: dict[str, Path] = {}
    for link in ("GeoPackage", "GeoJSON", "CSV(Excel 用 UTF-8)", "CSV(Shift_JIS)"):
        with clerk.page.expect_download() as started:
            layer.get_by_role("link", name=link, exact=True).click()
        files[link] = tmp_path / f"{len(files)} {started.value.suggested_filename}"
        started.value.save_as(files[link])

    assert len(pyogrio.read_dataframe(files["GeoPackage"], layer="fire_hydrant")) == n_features
    collection = json.loads(files["GeoJSON"].read_text(encoding="utf-8"))
    assert len(collection["features"]) == n_features
    for link, encoding in (("CSV(Excel 用 UTF-8)", "utf-8-sig"), ("CSV(Shift_JIS)", "cp932")):
        text = files[link].read_bytes().decode(encoding)
        table = list(csv.DictReader(io.StringIO(text)))
        assert len(table) == n_features
        assert "台帳番号" in table[0]
        assert not text.startswith("\ufeff")
    assert files["CSV(Excel 用 UTF-8)"].read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_pages_speak_english_on_a_press(clerk: Office) -> None:
    """Every heading and the layers' own titles change, and the choice outlives a reload."""
    clerk.open("layers")
    clerk.part("language").click()
    expect(clerk.page.get_by_role("heading", name="Layers", exact=True)).to_be_visible()
    expect(clerk.part("layer-fire_hydrant")).to_contain_text("Fire hydrants and water sources")
    expect(clerk.part("layer-aed")).to_contain_text("position empty 2")
    expect(clerk.page.locator("html")).to_have_attribute("lang", "en")
    clerk.page.reload()
    expect(clerk.part("nav-import")).to_have_text("Import a ledger")


def test_a_tapped_feature_shows_its_fields(clerk: Office, demo_server: Server) -> None:
    """A click on the one feature that stands apart from all others opens the panel with its values."""
    clerk.open("map/public_toilet")
    name = clerk.tap_feature(demo_server, "public_toilet")["properties"]["name"]
    panel = clerk.part("feature-panel")
    expect(panel).to_contain_text(name)
    expect(panel.locator("dd").filter(has_text="(空)")).to_have_count(0)
    expect(panel.get_by_test_id("feature-empty")).to_contain_text("空の項目")
    panel.get_by_role("button", name="閉じる").click()
    expect(panel).to_have_count(0)


def test_how_a_ledger_was_read_is_kept_and_offered_again(
    server: Server, office_browser: Browser, tmp_path: Path
) -> None:
    """The recipe has a name; the next ledger of its shape brings it up, and the fix list can be downloaded."""
    head = "管理番号,状態,緯度,経度\n"
    first, second = tmp_path / "街路灯台帳R7.csv", tmp_path / "街路灯台帳R8.csv"
    first.write_text(head + "A-1,点灯,36.14123,137.25123\nA-2,こわれ,,\n", encoding="utf-8")
    second.write_text("令和8年度\n" + head + "B-1,点灯,36.15123,137.26123\n", encoding="utf-8")
    server.start()
    with office(office_browser, server.url) as clerk:
        clerk.open("import")
        clerk.choose_files([first])
        expect(clerk.part("recipe-select")).to_have_count(0)
        clerk.convert()
        with clerk.page.expect_download() as download:
            clerk.part("fix-list").click()
        assert download.value.suggested_filename == "街路灯台帳R7_直す箇所.xlsx"
        clerk.part("recipe-open").click()
        clerk.part("recipe-save").click()
        expect(clerk.part("recipe-kept")).to_contain_text("街路灯台帳R7")

        clerk.open("import")
        clerk.page.reload()
        clerk.choose_files([second])
        expect(clerk.part("recipe-select")).to_have_value("街路灯台帳R7")
        expect(clerk.part("layer-select")).to_have_count(0)
        clerk.convert()
        assert clerk.account()[:2] == [2, 1]
