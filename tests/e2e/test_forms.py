"""A workbook of forms (one sheet = one record) comes in at one press, and so does next year's."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.office import office
from tests.e2e.serving import Server
from tests.server.test_forms_and_layouts import forms


def test_forms_are_read_at_one_press(server: Server, office_browser: Browser, tmp_path: Path) -> None:
    """The template is kept as a recipe; the next workbook is read by it as soon as it is chosen."""
    path = tmp_path / "橋梁個票.xlsx"
    path.write_bytes(forms())
    server.start()
    with office(office_browser, server.url) as clerk:
        clerk.open("import")
        clerk.part("ledger-input").set_input_files(path)
        expect(clerk.part("as-form")).to_contain_class("button-primary")
        expect(clerk.part("convert")).not_to_contain_class("button-primary")
        clerk.part("as-form").click()
        expect(clerk.part("convert")).to_contain_class("button-primary")
        expect(clerk.part("found-table")).to_have_count(1)
        expect(clerk.part("found-table")).to_contain_text("データ 3 行")
        expect(clerk.part("recipe-select")).to_have_value("橋梁個票")
        expect(clerk.part("position-state")).to_contain_text("3 行のうち 3 行")
        clerk.convert()
        assert clerk.account()[:2] == [3, 3]
        clerk.open("import/next")
        clerk.choose_files([path])
        expect(clerk.part("found-table")).to_contain_text("データ 3 行")
        expect(clerk.part("recipe-select")).to_have_value("橋梁個票")
