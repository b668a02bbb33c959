"""OpenDocument spreadsheets: what styles strike out and colour, comments, and what is hidden."""

import zipfile
from pathlib import Path

from gis_capture.ledger import Table, codes, read_ledger
from tests.ledger.conftest import column, only_table, skipped

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
    ]
)
NAMED = """<style:style style:name="撤去" style:family="table-cell">
<style:text-properties style:text-line-through-style="solid"/></style:style>"""
BY_HAND = """<style:style style:name="ce1" style:family="table-cell" style:parent-style-name="撤去"/>
<style:style style:name="ce2" style:family="table-cell">
<style:table-cell-properties fo:background-color="#ffff00"/></style:style>
<style:style style:name="ce3" style:family="table-cell" style:parent-style-name="撤去">
<style:text-properties style:text-line-through-style="none"/></style:style>"""


def text_cell(text: str, style: str = "", comment: str = "") -> str:
    """One cell of text."""
    note = f"<office:annotation><text:p>{comment}</text:p></office:annotation>" if comment else ""
    named = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell office:value-type="string"{named}>{note}<text:p>{text}</text:p></table:table-cell>'


def table_row(*cells: str, is_filtered: bool = False) -> str:
    """One row."""
    hidden = ' table:visibility="filter"' if is_filtered else ""
    return f"<table:table-row{hidden}>{''.join(cells)}</table:table-row>"


def read_sheet(tmp_path: Path, columns: str, *rows: str) -> Table:
    """Reads columns and rows as the sheet 台帳."""
    table = f'<table:table table:name="台帳">{columns}{"".join(rows)}</table:table>'
    body = f"<office:spreadsheet>{table}</office:spreadsheet>"
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {NAMES}><office:styles>{NAMED}</office:styles></office:document-styles>",
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:automatic-styles>{BY_HAND}</office:automatic-styles>"
            f"<office:body>{body}</office:body></office:document-content>",
        )
    return only_table(read_ledger(path))


HEAD = table_row(text_cell("番号"), text_cell("名称"), text_cell("備考"))


def test_rows_that_are_struck_out_in_an_opendocument_sheet_are_left_out(tmp_path: Path) -> None:
    """By the style of the cell, of its parent, or of the column; a style may take back what its parent strikes."""
    columns = '<table:table-column table:default-cell-style-name="ce3" table:number-columns-repeated="3"/>'
    rows = [
        table_row(*(text_cell(f"{n}{c}", style) for c in "甲乙丙")) for n, style in enumerate(("ce1", "ce3", ""), 1)
    ]
    table = read_sheet(tmp_path, columns, HEAD, *rows)
    assert skipped(table) == {2: "struck_out"}
    assert column(table, "番号") == ["2甲", "3甲"]


def test_a_column_may_strike_out_all_its_cells(tmp_path: Path) -> None:
    """Only cells without a style of their own take that of the column."""
    columns = '<table:table-column table:default-cell-style-name="撤去" table:number-columns-repeated="3"/>'
    head = table_row(*(text_cell(name, "ce3") for name in ("番号", "名称", "備考")))
    own = table_row(*(text_cell(f"1{c}", "ce3") for c in "甲乙丙"))
    table = read_sheet(tmp_path, columns, head, own, table_row(*(text_cell(f"2{c}") for c in "甲乙丙")))
    assert skipped(table) == {3: "struck_out"}


def test_comments_colours_and_what_is_hidden_in_an_opendocument_sheet_are_told(tmp_path: Path) -> None:
    """A yellow row, a comment, a hidden column and rows behind a filter: read, and told by row and cell."""
    columns = """<table:table-column table:number-columns-repeated="2"/>
    <table:table-column table:visibility="collapse"/>"""
    rows = [
        table_row(text_cell("1"), text_cell("灯1"), text_cell("x")),
        table_row(text_cell("2", "ce2"), text_cell("灯2", comment="要確認"), text_cell("x")),
        table_row(text_cell("3"), text_cell("灯3"), text_cell("x"), is_filtered=True),
        table_row(text_cell("4"), text_cell("灯4"), text_cell("x")),
    ]
    table = read_sheet(tmp_path, columns, HEAD, *rows)
    told = {problem.code: problem for problem in table.problems}
    assert column(table, "名称") == ["灯1", "灯2", "灯3", "灯4"]
    assert str(told[codes.CELL_COMMENT].cell).endswith("!B3")
    assert "要確認" in told[codes.CELL_COMMENT].message.ja
    assert (told[codes.COLORED_CELLS].row_number, "FFFF00" in told[codes.COLORED_CELLS].message.ja) == (3, True)
    assert "備考" in told[codes.HIDDEN_COLUMNS].message.ja
    assert (told[codes.HIDDEN_ROWS].row_number, "フィルター" in told[codes.HIDDEN_ROWS].message.ja) == (4, True)
