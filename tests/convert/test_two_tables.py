"""Two ledgers on one sheet: each goes where inspection says that it fits."""

from pathlib import Path

import openpyxl

from gis_capture.workspace import Workspace


def test_each_table_goes_where_inspection_says(tmp_path: Path) -> None:
    """The larger one knows more columns of the layer that the smaller one is of, and is none of it all the same."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["街路灯台帳"])
    sheet.append(["管理番号", "種別", "所在地", "緯度", "経度"])
    for n in range(6):
        sheet.append([f"L-{n}", "LED", f"本町{n}", 36.1415 + n / 1000, 137.2515])
    for row in ([], [], ["消防水利一覧"], ["栓番号", "種別", "場所", "容量(t)", "竣工日", "危険度"]):
        sheet.append(row)
    for n in range(4):
        sheet.append([f"H-{n}", "防火水槽", f"本町{n}", 40, "平成5年3月1日", "A"])
    book.save(tmp_path / "two.xlsx")
    with Workspace.create(tmp_path / "w") as workspace:
        found = {each.table.name: each.layer_key for each in workspace.inspect(tmp_path / "two.xlsx").tables}
        done = workspace.convert(tmp_path / "two.xlsx", is_dry_run=True)
    assert sorted(found.values()) == ["fire_hydrant", "street_light"]
    assert {account.name: account.layer for account in done.tables} == found


def test_a_new_layer_is_named_after_what_goes_into_it(tmp_path: Path) -> None:
    """Sheets of the same columns are named from the first to the last; one table by its own name."""
    book = openpyxl.Workbook()
    for name in ("R4年度", "R5年度", "R6年度"):
        sheet = book.create_sheet(name)
        sheet.append(["番号", "路線名", "工種"])
        for n in range(3):
            sheet.append([n, f"市道{n}号線", "舗装"])
    del book["Sheet"]
    book.save(tmp_path / "工事.xlsx")
    titles = []
    for table in (None, "R5年度"):
        with Workspace.create(tmp_path / str(table)) as workspace:
            key = workspace.convert(tmp_path / "工事.xlsx", table=table).layer
            titles.append(workspace.store.layer(key).title.ja)

    assert titles == ["工事 R4年度〜R6年度", "工事 R5年度"]
