"""The national rules for machine-readable tables, by their numbers.

Source: 総務省「統計表における機械判読可能なデータの表記方法の統一ルール」(2020-12-18), the check items 1-1 to 2-2.
The titles are ours; the numbers are those of the paper.
"""

from dataclasses import dataclass
from typing import Any

from gis_capture.text import NO_TEXT, Text

RULES: dict[str, Text] = {
    "1-1": Text("ファイル形式はExcelかCSV", "The file is a workbook or CSV"),
    "1-2": Text("1セル1データ", "One datum in a cell"),
    "1-3": Text("数値は数値だけ（円・▲・カンマなどの文字を入れない）", "Numbers are numbers, without text"),
    "1-4": Text("セルを結合しない", "No merged cells"),
    "1-5": Text("スペースや改行で体裁を整えない", "No blanks or line breaks for looks"),
    "1-6": Text("項目名などを省略しない", "No names or values left out"),
    "1-7": Text("数式でなく値を入れる", "Values, not formulas"),
    "1-8": Text("図形・画像などを置かない", "No drawings"),
    "1-9": Text("単位を書く", "Units are stated"),
    "1-10": Text("機種依存文字を使わない", "No machine-dependent characters"),
    "1-11": Text("年は西暦（または和暦と併記）", "Years of the common era"),
    "1-12": Text("地域コードか地域名を書く", "Area codes or names are there"),
    "1-13": Text("数値の列に記号を混ぜない", "No signs among numbers"),
    "2-1": Text("データを分断しない", "A table is not broken up"),
    "2-2": Text("1シートに1つの表", "One table on a sheet"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that breaks a rule.

    Attributes:
        rule: Its number.
        sheet: None for a file without sheets.
        row: 1-based; None = the whole file or sheet.
        column: 1-based.
        is_fixed: Whether a clean copy mends it; otherwise a person has to.
    """

    rule: str
    message: Text
    suggestion: Text = NO_TEXT
    sheet: str | None = None
    row: int | None = None
    column: int | None = None
    is_fixed: bool = False

    @property
    def cell(self) -> str | None:
        """The cell as Excel names it, "台帳!B3"; the row, "台帳!3:3", where there is no column."""
        from gis_capture.ledger.table import column_letters

        if self.row is None:
            return self.sheet
        place = f"{column_letters(self.column)}{self.row}" if self.column else f"{self.row}:{self.row}"
        return f"{self.sheet}!{place}" if self.sheet else place

    def to_json(self, language: str) -> dict[str, Any]:
        """Gives a member of `findings` in `gis-capture.lint/v1`."""
        return {
            "rule": self.rule,
            "title": RULES[self.rule].in_language(language),
            "cell": self.cell,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "message": self.message.in_language(language),
            "suggestion": self.suggestion.in_language(language),
            "is_fixed": self.is_fixed,
        }
