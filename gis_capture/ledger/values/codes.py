"""Codes of the problems that cleaning values can report, each with the title of its kind. Codes are stable."""

from gis_capture.text import Text

NUMBER_INVALID = "number_invalid"
NUMBER_RANGE = "number_range"
NUMBER_NOT_INTEGER = "number_not_integer"
NUMBER_TOO_LARGE = "number_too_large"
NUMBER_APPROXIMATE = "number_approximate"
KANJI_NUMBER = "kanji_number"
UNIT_REMOVED = "unit_removed"
UNIT_CONVERTED = "unit_converted"
UNIT_DIFFERS = "unit_differs"
DATE_INVALID = "date_invalid"
DATE_IMPOSSIBLE = "date_impossible"
DATE_RANGE = "date_range"
DATE_ERA_MISSING = "date_era_missing"
DATE_OUTSIDE_ERA = "date_outside_era"
DATE_YEARS_DIFFER = "date_years_differ"
DATE_APPROXIMATE = "date_approximate"
DATE_FROM_SERIAL = "date_from_serial"
DATE_PRECISION_MONTH = "date_precision_month"
DATE_PRECISION_YEAR = "date_precision_year"
DATE_PRECISION_FISCAL_YEAR = "date_precision_fiscal_year"
ERA_CONVERTED = "era_converted"
YEAR_OF_DATE = "year_of_date"
DATETIME_INVALID = "datetime_invalid"
TIME_MISSING = "time_missing"
BOOLEAN_INVALID = "boolean_invalid"
DOMAIN_ALIAS = "domain_alias"
DOMAIN_UNKNOWN = "domain_unknown"
NOT_ENTERED = "not_entered"
REQUIRED_MISSING = "required_missing"
NOT_UNIQUE = "not_unique"
BELOW_MINIMUM = "below_minimum"
ABOVE_MAXIMUM = "above_maximum"
TOO_LONG = "too_long"
PATTERN_MISMATCH = "pattern_mismatch"
NOT_IN_ENUM = "not_in_enum"
CONTROL_REMOVED = "control_removed"
GAIJI_FOUND = "gaiji_found"
TEXT_UNDECODABLE = "text_undecodable"
EXCEL_SCIENTIFIC = "excel_scientific"
EXCEL_DATE_DAMAGE = "excel_date_damage"
EXCEL_ROUNDED = "excel_rounded"
BOOLEAN_REMARK = "boolean_remark"

TITLES: dict[str, Text] = {
    NUMBER_INVALID: Text("数として読めません", "Not a number"),
    NUMBER_RANGE: Text("範囲で、1つの数ではありません", "A range, not one number"),
    NUMBER_NOT_INTEGER: Text("整数ではありません", "Not a whole number"),
    NUMBER_TOO_LARGE: Text("大きすぎて保存できない数です", "Number too large to be stored"),
    NUMBER_APPROXIMATE: Text("おおよその数です", "Approximate number"),
    KANJI_NUMBER: Text("漢数字を数にしました", "Numerals written in kanji were read"),
    UNIT_REMOVED: Text("単位や記号を外しました", "Unit or sign taken off"),
    UNIT_CONVERTED: Text("単位を換算しました", "Unit converted"),
    UNIT_DIFFERS: Text("単位が項目の単位と合いません", "Unit does not fit the field"),
    DATE_INVALID: Text("日付として読めません", "Not a date"),
    DATE_IMPOSSIBLE: Text("存在しない日付です", "No such day"),
    DATE_RANGE: Text("期間で、1つの日付ではありません", "A period, not one date"),
    DATE_ERA_MISSING: Text("年号がありません", "Year without an era"),
    DATE_OUTSIDE_ERA: Text("年号の期間の外の日付です", "Date outside its era"),
    DATE_YEARS_DIFFER: Text("和暦と西暦の年が違います", "Era and common era name different years"),
    DATE_APPROXIMATE: Text("おおよその日付です", "Approximate date"),
    DATE_FROM_SERIAL: Text("Excelの日付の番号を日付と読みました", "Day number of Excel read as a date"),
    DATE_PRECISION_MONTH: Text(
        "日の記載がないため、その月の1日としました", "No day is given; the first of the month was taken"
    ),
    DATE_PRECISION_YEAR: Text(
        "月日の記載がないため、その年の1月1日としました", "Only the year is given; 1 January was taken"
    ),
    DATE_PRECISION_FISCAL_YEAR: Text(
        "年度だけの記載のため、その年度の4月1日としました", "Only the fiscal year is given; its first day was taken"
    ),
    ERA_CONVERTED: Text("和暦を西暦にしました", "Era year turned into a western one"),
    YEAR_OF_DATE: Text("日付から年を取りました", "Year taken of a date"),
    DATETIME_INVALID: Text("日時として読めません", "Not a date and time"),
    TIME_MISSING: Text("時刻の記載がないため0時としました", "No time is given; midnight was taken"),
    BOOLEAN_INVALID: Text("「はい・いいえ」として読めません", "Not yes or no"),
    DOMAIN_ALIAS: Text("選択肢の値に直しました", "Spelling turned into the code of the domain"),
    DOMAIN_UNKNOWN: Text("選択肢にない値です", "Value not in the domain"),
    NOT_ENTERED: Text("記入なしとしました", "Taken for nothing entered"),
    REQUIRED_MISSING: Text("必須の項目が空です", "Required field is empty"),
    NOT_UNIQUE: Text("同じ値がほかの行にあります", "Value occurs in another row"),
    BELOW_MINIMUM: Text("下限より小さい値です", "Below the minimum"),
    ABOVE_MAXIMUM: Text("上限より大きい値です", "Above the maximum"),
    TOO_LONG: Text("文字数の上限を超えています", "Too long"),
    PATTERN_MISMATCH: Text("決められた書き方と違います", "Not written as demanded"),
    NOT_IN_ENUM: Text("使える値ではありません", "Not an allowed value"),
    CONTROL_REMOVED: Text(
        "保存できない制御文字を取り除きました", "Control characters that cannot be stored were removed"
    ),
    GAIJI_FOUND: Text("外字があります", "Private-use characters"),
    TEXT_UNDECODABLE: Text("読めなかった文字があります", "Characters that could not be decoded"),
    EXCEL_SCIENTIFIC: Text("Excelで桁が失われた番号のようです", "Digits lost by Excel"),
    EXCEL_ROUNDED: Text("Excelで16桁目から失われた番号のようです", "Number rounded by Excel to 15 digits"),
    BOOLEAN_REMARK: Text("有無に添え書きがあります", "Remark behind yes or no"),
    EXCEL_DATE_DAMAGE: Text("Excelで日付に変わった番号のようです", "Number turned into a date by Excel"),
}
