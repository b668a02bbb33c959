"""The office's words and marks by which titles, notes, totals and headers are told from data."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_SPACES = re.compile(r"[\s\u3000]+")

_DITTO_MARKS = ("〃", "々", "″", "”", "“", '"', "''", "´´", "〃〃", "ゝ", "ヽ", "仝", "同", "同上", "同じ")
DITTO = frozenset(
    f"{before}{mark}{after}" for mark in _DITTO_MARKS for before in ("", " ", "　") for after in ("", " ", "　")
)

_TOTAL = re.compile(
    r"^[【〔\[(〈<《]?(?:(?:小|合|総|累|通|中|頁|ページ|本頁|頁小|ページ小|年度|年|月|部|課|地区|町|市|区|県|全体)?計|合計[0-9一二三四五六七八九十]*|総合計|総数|総計|累計|延計|合計数|"
    r"sub-?total|grand-?total|totals?|計[0-9]+(?:件|箇所|か所|基|本|灯|人|戸)?)[】〕\])〉>》]?[:：]?$",
    re.IGNORECASE,
)
_CARRIED = re.compile(
    r"^[【〔\[(〈<《]?(?P<page>[次前](?:頁|ページ|葉)(?:へ|から|より)?の?)?繰り?越し?(?:計|高|額)?[】〕\])〉>》]?$"
)
_TOTAL_LETTERS = ("計", "総", "繰", "otal", "OTAL", "ｏｔａｌ", "ＯＴＡＬ")
_TOTAL_LETTER = re.compile("|".join(_TOTAL_LETTERS))
_TOTAL_TAIL = re.compile(r"(?:小計|合計|総計|[\s\u3000]計)$")
_SECTION = re.compile(
    r"^(?:第?[0-9一二三四五六七八九十]+(?:分団|区|部|地区|班|号線)?$|第[0-9一二三四五六七八九十]+|[(（]?[0-9]+[)）.．、])|"
    r"(?:地区|地域|分団|支所|支部|管内|校区|学区|区域|方面|自治会|町内会|系統|年度|路線|の部|編|関係|一覧)$"
)
_GRAND_TOTAL = re.compile(r"^[【\[(]?(?:合計|総計|総合計|総数|grand-?total|totals?)", re.IGNORECASE)
_FOOTNOTE = re.compile(
    r"^\s*(?:[※＊*]|[-－―─]*\s*(?:以下余白|以上)\s*[-－―─]*$|[(（〔\[【]?\s*(?:注|備\s*考|註|出典|出所|資料|参考|凡例|作成|問い?合わ?せ先?|note|source|notes)"
    r"\s*[)）〕\]】]?\s*[0-9０-９一二三四五]*\s*[)）]?\s*(?:[:：.．、，,]|\s|[0-9０-９①-⑳]|$)|注[0-9０-９①-⑳]|[（(]注[0-9０-９①-⑳]*[)）]|\*[0-9]+\s*[:：])",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"^[(（【\[]?(?:単位|資料|出典|出所|作成|更新|集計|基準日|調査日|印刷|出力|担当|所管|頁|ページ|page)[^/]*[:：]|^[(（]?単位|"
    r"(?:現在|時点|作成|調べ|更新|末日?|末現在|分)[)）】\]]?$|^[(（][^()（）]*(?:年|月|日|末)[)）]$|^[※＊*]|^no\.?\s*\d+$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[^:：()（）\d]{1,12}[:：][\s\u3000]*[^\s\u3000/]")
_PAGE = re.compile(
    r"^[-－‐ー(（\s]*(?:p\.?|page|頁)?\s*\d+\s*(?:[/／]\s*\d+)?\s*(?:頁|ページ|page)?[-－‐ー)）\s]*$", re.IGNORECASE
)
_UNIT_WORD = (
    r"(?:[munμk]?m[23²³]?|mm2?|cm2?|km2?|㎜|㎝|㎞|㎡|㎥|㌶|ha|ｍ[2２3３²³]?|ｍｍ|ｃｍ|ｋｍ|ｈａ|ａ|t|ｔ|トン|kg|㎏|g|l|リットル|kl|w|ｗ|kw|v|a|%|％|‰|"
    r"mpa|kpa|hpa|kva|kwh|lx|lm|db|mg/l|n/mm2|m3/min|m3/h|㎥/分|年月日|年度|西暦|和暦|円|千円|万円|百万円|億円|人|千人|世帯|戸|棟|件|箇所|か所|カ所|ヶ所|ヵ所|個|個所|本|基|台|灯|組|組合|団体|校|室|席|床|台数|年|月|日|時|時間|分|秒|歳|回|枚|冊|着|点|"
    r"倍|度|℃|°|ppm|m/s|m3/s|m3/日|立方メートル|平方メートル|メートル|ヘクタール|キロメートル|線|区|町|種|式|筆|面|頭|羽|足|袋|箱)"
)
_UNIT = re.compile(
    rf"^(?:[(（\[［〔]\s*)?(?:単位\s*[:：]?\s*)?{_UNIT_WORD}(?:\s*[/／・]\s*{_UNIT_WORD})?(?:\s*[)）\]］〕])?$",
    re.IGNORECASE,
)
_TYPES = """string str text integer int long float double real decimal number numeric boolean bool date datetime time
varchar char 文字列 数値 整数 小数 実数 日付 日時 真偽値 文字型 数値型 日付型 全角文字 半角文字
半角数字 半角英数字"""
_TYPE_WORDS = frozenset(_TYPES.split())
_NUMBER = re.compile(r"^[△▲+\-−－]?\s*(?:\d[\d,，]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*%?$", re.IGNORECASE)
_DATE = re.compile(
    r"^(?:(?:19|20)\d\d[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?|(?:明治|大正|昭和|平成|令和|[MTSHR]\.?)\s*(?:元|\d{1,2})[-/.年]\s*\d{1,2}[-/.月]\s*\d{1,2}日?"
    r"|\d{1,2}/\d{1,2}/(?:19|20)?\d\d)(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?$"
)
# Letters and digits as in "F-001", "12-3" and "A1203"; a word that ends in a digit or two may be a name: "field1".
_CODE_LIKE = re.compile(
    r"^(?:[A-Za-z]{0,6}[-_.]\d+[\d\-_./:A-Za-z]*|[A-Za-z]{1,2}\d{2,}[\d\-_./:A-Za-z]*|"
    r"[A-Za-z]{0,6}\d{3,}[\d\-_./:A-Za-z]*|\d+[\-_./:A-Za-z][\d\-_./:A-Za-z]*)$"
)
_NUMBERED_NAME = re.compile(r"^[A-Za-z_]{2,20}\d{1,2}$")
_NO_VALUE = frozenset(
    {
        "-",
        "－",
        "―",
        "‐",
        "ー",
        "—",
        "--",
        "---",
        "...",
        "…",
        "x",
        "X",
        "*",
        "***",
        "#N/A",
        ",",
        "、",
        "／",
        "/",
        "null",
    }
)
_NAME_WORD = re.compile(
    r"(?:番号|番地|地番|コード|ｺｰﾄﾞ|区分|種別|種類|分類|名称|名前|氏名|名$|住所|所在|位置|場所|町名|字名|大字|小字|地区|町内|緯度|経度|北緯|東経|座標|標高|面積|延長|幅員|口径|管径|材質|"
    r"構造|形式|規格|寸法|数量|員数|個数|件数|本数|台数|人数|戸数|世帯|人口|年月日|年度|年次|日付|時刻|時間|期間|開始|終了|更新|設置|撤去|点検|診断|修繕|補修|工事|施工|管理|所管|担当|所有|"
    r"連絡先|電話|ＦＡＸ|郵便|備考|摘要|特記|説明|内容|状態|状況|有無|可否|対象|路線|橋梁|施設|団体|法人|代表|定員|収容|利用|料金|金額|単価|価格|高さ|深さ|長さ|幅$|重量|容量|率$|数$|計$|量$|"
    r"ワット|灯種|樹種|樹高|画像|写真|写真番号|図面|項目|単位|表記|カナ|かな|ふりがな|フリガナ|英語|英字|読み|メール|ホーム|曜日|日時|順$|順位|整理|台帳|市区町村|市町村|都道府県|"
    r"^no\.?$|^№$|^id$|_id$|^id_|url|^name|name$|code$|^lat|^lon|^lng|latitude|longitude|address|date|time|type|status|count|number|tel$|phone|^x$|^y$|^[#]|title|"
    r"description|comment|remark|note|area$|length|width|height|category|class|group|age$|grade|value|unit|key$|year|month)",
    re.IGNORECASE,
)


_REQUIREMENTS = frozenset({"必須", "任意", "推奨", "必須項目", "任意項目", "推奨項目", "要入力", "自動計算", "◎", "○"})
_COMPARISON = re.compile(
    r"対?(?:前|昨)(?:年度?|月|回|期)(?:同(?:月|期))?(?:計|合計|末|比|差|実績|増減)?|増減(?:数|率|額)?|差引(?:き|増減)?|構成比率?|割合|比率|(?:うち|内|再掲)[^0-9]{1,8}|再掲|内訳"
)
_STATISTICS = {
    **dict.fromkeys(("平均", "平均値", "average", "mean"), "mean"),
    **dict.fromkeys(("最大", "最大値", "最高", "max"), "max"),
    **dict.fromkeys(("最小", "最小値", "最低", "min"), "min"),
}
_EXAMPLES = frozenset({"記入例", "入力例", "記載例", "例", "見本", "サンプル"})
_SAME_AS_LEFT = frozenset({"同左", "左同", "左に同じ", "左記に同じ", "左と同じ"})


def is_same_as_left(text: str) -> bool:
    """Whether a cell says that it is as the one on its left: 同左, 左に同じ."""
    return len(text) <= 8 and squeeze(text) in _SAME_AS_LEFT


def may_name_left(texts: Sequence[str | None]) -> bool:
    """Whether any of the texts can be such a word; a long column is told at once."""
    return "左" in "".join(filter(None, texts))


def squeeze(text: str) -> str:
    """Takes out all white space, ideographic spaces too: 「合　計」 → 「合計」."""
    return _SPACES.sub("", text)


def fold(text: str) -> str:
    """Gives the form in which words are compared: NFKC, no spaces, lower case. Never for stored values."""
    return squeeze(unicodedata.normalize("NFKC", text)).lower()


def may_hold_total(column: Iterable[str | None]) -> bool:
    """Whether a letter of those words occurs in a column at all; a quick look before `is_total_word` for each cell."""
    text = "\n".join(filter(None, column))
    return any(letters in text for letters in _TOTAL_LETTERS)


def is_total_word(text: str) -> bool:
    """Whether a cell is nothing but a word for a total or subtotal."""
    if len(text) > 24 or _TOTAL_LETTER.search(text) is None:
        return False
    carried = _CARRIED.match(fold(text))
    if carried:
        return carried["page"] is not None
    return _TOTAL.match(fold(text)) is not None or _TOTAL_TAIL.search(text.strip()) is not None


def is_carried_word(text: str) -> bool:
    """Whether a cell is nothing but a word for a sum carried to the next page or from the one before: 次頁繰越."""
    return len(text) <= 16 and _CARRIED.match(fold(text)) is not None


def may_name_group_total(text: str) -> bool:
    """Whether a cell may name the total of a group, 本町計; figures must say so: a 時計 or a budget's 繰越 is none."""
    return 2 <= len(text) <= 16 and (text.strip().endswith("計") or is_carried_word(text))


def statistic_of(text: str) -> str | None:
    """What a cell names of the rows above it: "mean", "max" or "min"; None for everything else."""
    return _STATISTICS.get(fold(text).strip("()[]【】")) if len(text) <= 10 else None


def is_comparison_word(text: str) -> bool:
    """Whether a cell is nothing but a word for what totals are held against: last year's, a difference, a share."""
    return len(text) <= 12 and _COMPARISON.fullmatch(fold(text).strip("()[]【】")) is not None


def is_about_rows(text: str) -> bool:
    """Whether a cell names something about the rows above it, other than their sum."""
    return statistic_of(text) is not None or is_comparison_word(text)


def is_section_word(text: str) -> bool:
    """Whether a text alone in its row reads like the title of a group: 「第１分団」「国府地区」「１．橋梁」."""
    return len(text) <= 30 and _SECTION.search(fold(text)) is not None


def is_grand_total_word(text: str) -> bool:
    """Whether such a word means everything rather than a group."""
    return _GRAND_TOTAL.match(fold(text)) is not None


def is_footnote(text: str) -> bool:
    """Whether a text begins as a note below a table: ※, 注1, （備考）, 出典."""
    return _FOOTNOTE.match(text) is not None


def is_remark(text: str) -> bool:
    """Whether a text beside a title tells unit, date or source: "（単位：人）", "令和6年4月1日現在"."""
    return len(text) <= 60 and _REMARK.search(squeeze(text)) is not None


def is_labelled_value(text: str) -> bool:
    """Whether a text above a table says something of the whole of it, with its label: 「作成課：消防総務課」."""
    return len(text) <= 60 and _LABELLED.match(text.strip()) is not None


def is_page_number(text: str) -> bool:
    """Whether a text is only a page number such as "- 3 -" or "1/5ページ"."""
    return _PAGE.match(text) is not None


def is_requirement(text: str) -> bool:
    """Whether a text above a name says only that a cell must be filled in: 必須, 任意, ◎."""
    return fold(text).strip("()[]【】") in _REQUIREMENTS


def is_example(text: str) -> bool:
    """Whether a text marks a row as an example for whoever fills in the form: 記入例, （例）."""
    return len(text) <= 10 and fold(text).strip("()[]【】<>:※") in _EXAMPLES


def is_type_word(text: str) -> bool:
    """Whether a text names a type of data: "string", "integer", 文字列."""
    return fold(text) in _TYPE_WORDS


def is_unit(text: str) -> bool:
    """Whether a text is only a unit: "㎡", "（人）", "単位：千円"."""
    return len(text) <= 16 and _UNIT.match(text.strip()) is not None


def is_number(text: str) -> bool:
    """Whether a text is a plain number, with sign, commas or percent."""
    return _NUMBER.match(unicodedata.normalize("NFKC", text.strip())) is not None


def is_name_word(text: str) -> bool:
    """Whether a text contains a word that heads columns of ledgers."""
    return len(text) <= 60 and _NAME_WORD.search(squeeze(text)) is not None


def is_numbered_name(text: str) -> bool:
    """Whether a text is a Latin word with a number behind it, as programs name columns: "var2", "field10"."""
    return _NUMBERED_NAME.match(text) is not None


def is_prose(text: str) -> bool:
    """Whether a text is a sentence or an address of the web rather than a name."""
    return len(text) > 100 or "。" in text or text.startswith(("http://", "https://"))


def kind_of(text: str | None) -> str:
    """Tells roughly what a cell is: "" (empty), "-" (no value), "number", "date", "code", "long" or "text"."""
    if text is None:
        return ""
    stripped = text.strip()
    if stripped in _NO_VALUE:
        return "-"
    if is_number(stripped):
        return "number"
    plain = unicodedata.normalize("NFKC", stripped)
    if _DATE.match(plain):
        return "date"
    if _CODE_LIKE.match(plain):
        return "code"
    return "long" if len(stripped) > 40 or stripped.startswith(("http://", "https://")) else "text"
