"""Names and addresses folded for comparison: width, old forms of characters, ヶ・ノ・ッ, 大字.

Folded text is for looking up only; what is stored and shown is always the text of the source. NFKC is not used on whole
texts: it changes their length, and a match has to point back into the text as it was written.
"""

import re
import unicodedata
from collections.abc import Callable

_OLD_FORMS = (
    "髙高 﨑崎 嵜崎 澤沢 邊辺 邉辺 齋斉 齊斉 斎斉 濱浜 濵浜 廣広 國国 櫻桜 瀧滝 龍竜 嶋島 嶌島 冨富 舘館 條条 "
    "淵渕 渊渕 檜桧 曾曽 應応 縣県 圓円 壽寿 藪薮 籔薮 籠篭 諫諌 鴬鶯 礪砺 鰺鯵 頸頚 槇槙 蠣蛎 麴麹 餠餅 繫繋 "
    "峯峰 峽峡 埜野 壷壺 舊旧 來来 內内 澁渋 澀渋 步歩 廐厩 鹽塩 竈釜 竃釜 彌弥 眞真 會会 惠恵 德徳 榮栄 假仮 與与 "
    "萬万 藏蔵 將将 靜静 鷄鶏 豐豊 寶宝 寳宝 學学 驛駅 兩両 觀観 聲声 關関 鐵鉄 點点 醫医 藝芸 拂払 佛仏 棧桟 "
    "溪渓 谿渓 祗祇 禰祢 禮礼 簗梁 栁柳 桒桑 蘆芦 莊荘 庄荘 賴頼 遙遥 鄕郷 釡釜 鎭鎮 靑青 靱靭 駈駆 鷗鴎 麥麦 "
    "默黙 龜亀 梼檮 巖巌 嚴厳 爲為 傳伝 冲沖 况況 凉涼 劍剣 勳勲 區区 單単 嚙噛 壯壮 奧奥 寬寛 專専 實実 對対 "
    "屆届 嶽岳 巢巣 帶帯 廳庁 彥彦 戶戸 拔抜 擴拡 攝摂 收収 效効 敍叙 數数 斷断 晝昼 曉暁 樂楽 橫横 檢検 權権 "
    "歐欧 歡歓 歸帰 殘残 毆殴 每毎 氣気 淸清 淺浅 滿満 潛潜 灣湾 燈灯 爐炉 獨独 瀨瀬 狹狭 畫画 當当 疊畳 盡尽 "
    "碎砕 禪禅 稻稲 穗穂 竊窃 綠緑 經経 總総 繪絵 纖繊 臺台 舍舎 莖茎 薰薫 號号 螢蛍 蠶蚕 衞衛 裝装 覺覚 譽誉 "
    "讀読 變変 讓譲 豫予 貳二 輕軽 轉転 辨弁 辯弁 遞逓 遲遅 邨村 釋釈 錢銭 鍊錬 鑄鋳 隨随 險険 隱隠 雜雑 靈霊 "
    "顯顕 餘余 髓髄 鬭闘 鹼鹸 麵麺 齒歯 "
    "𠮷吉 鐡鉄 黑黒 黃黄 晉晋 恆恒 歷歴 曆暦 緖緒 舩船 柹柿 杤栃 枥栃 髮髪 凛凜 堯尭 昻昂 萊莱 鸖鶴 鴈雁 鳫雁 "
    "薗園 舖舗 鋪舗 礒磯 簑蓑 蟬蝉 霸覇 頰頬 穎頴 驒騨 騷騒 剝剥 塡填 屛屏 幷并 搔掻 攪撹 桝枡 濤涛 瀆涜 焰焔 "
    "瘦痩 禱祷 簞箪 繡繍 繩縄 繼継 艷艶 苅刈 蕚萼 豬猪 邇迩 逹達 醬醤 鈎鉤 剩剰 勵励 勞労 勸勧 卷巻 參参 圈圏 "
    "團団 圖図 壓圧 壘塁 壞壊 壤壌 寢寝 廢廃 彈弾 徑径 從従 惡悪 戀恋 戰戦 擇択 擔担 據拠 擧挙 晚晩 栖棲 樓楼 "
    "樞枢 樣様 殼殻 沒没 涉渉 淨浄 溫温 滯滞 濕湿 濟済 燒焼 營営 爭争 狀状 獵猟 獸獣 產産 發発 祕秘 稱称 穩穏 "
    "窗窓 絲糸 續続 缺欠 處処 虛虚 蟲虫 證証 賣売 鑛鉱 陷陥 雙双 顏顔 鄰隣 亙亘 鎻鎖 鬪闘 瑤瑶 槪概 旣既 卽即 "
    "鄉郷 飮飲 﨟臈 硏研 祿禄 稅税 說説 銳鋭 閱閲 脫脱 敎教 緣縁 錄録 淚涙 槗橋 﨔欅 甁瓶 壻婿 鮏鮭 閒間 㟢崎 "
    "㙒野 㐂喜 㠀島 㟁岸 鐮鎌 㟨島 "
)
_SMALL_KANA = "ァアィイゥウェエォオャヤュユョヨッツヮワぁあぃいぅうぇえぉおゃやゅゆょよっつゎわ"
_DASHES = "₋‐‑‒–—―−－"
# Variation selectors only choose a glyph: 葛󠄀 of 葛󠄀城市 is 葛.
_BLANKS = re.compile(r"[\s\u200b\ufeff゛゜\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
# ｶﾞ of half-width kana, and か゛ as some file systems write が.
_VOICED = re.compile("[ウカ-トハ-ホうか-とは-ほ][\u3099\u309a]")
_NUMBERED_NAME = re.compile(
    "(?<![0-9])([0-9]{1,3})(?=丁目|条|線|区|地割|番町|番丁|軒|日町|ノ町|ノ宮|ノ丁)|(?<=[東西南北])([0-9]{1,3})(?=号)|(?<=第)([0-9]{1,3})(?=号)"
)
# 大字 says only what kind of name follows, and so does 字 behind a municipality or an old village.
_KIND_OF_NAME = re.compile("大字|^字|(?<=[都道府県市区町村割])小?字")
_SHORT_SAPPORO = re.compile("(?<=[東西南北])([0-9]{1,2})(?=[東西南北][0-9])")
_KANJI_DIGITS = "〇一二三四五六七八九"


def _table() -> dict[int, str]:
    table = {ord(pair[0]): pair[1] for pair in _OLD_FORMS.split()}
    for code in (*range(0xF900, 0xFB00), *range(0xFF01, 0xFFA0), *range(0x2F00, 0x2FE0)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1:
            table[code] = table.get(ord(folded), folded)
    table |= {ord(small): large for small, large in zip(_SMALL_KANA[::2], _SMALL_KANA[1::2], strict=True)}
    table |= dict.fromkeys(map(ord, _DASHES), "-")
    table |= dict.fromkeys(map(ord, "ヶケがガゖｹヵ"), "ケ")
    table |= dict.fromkeys(map(ord, "ノの之乃ﾉ"), "ノ")
    table |= {ord("〆"): "シ", ord("仝"): "同", ord("へ"): "ヘ", ord("り"): "リ"}
    table = {code: table.get(ord(char), char) for code, char in table.items()}
    # Common characters as themselves, too: what is not in a table is looked up in vain, and slowly.
    common = (*range(0x20, 0x7F), *range(0x3040, 0x3100), *range(0x4E00, 0xA000))
    return {code: chr(code) for code in common} | table


_TABLE = _table()
FORMS = {
    chr(code): form
    for code, form in _TABLE.items()
    if chr(code) != form and unicodedata.is_normalized("NFKC", chr(code))
}
"""What `fold` makes of characters that NFKC leaves as they are, for programs that fold elsewhere."""


def fold(text: str) -> str:
    """Folds a text character by character: the result has the same length."""
    return text.translate(_TABLE)


class Folded:
    """A folded address that still knows where each of its characters stood.

    Attributes:
        raw: As written.
        text: Folded, without blanks and 大字, Arabic numerals of names in kanji (北1条西 → 北一条西).
    """

    __slots__ = ("_positions", "raw", "text")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        text = fold(raw)
        self._positions: list[int] | None = None
        if "\u3099" in text or "\u309a" in text:
            text = self._replace(_VOICED, text, _compose)
        if _BLANKS.search(text):
            text = self._replace(_BLANKS, text, _leave_out)
        if "字" in text and _KIND_OF_NAME.search(text):
            text = self._replace(_KIND_OF_NAME, text, _leave_out)
        if _NUMBERED_NAME.search(text):
            text = self._replace(_NUMBERED_NAME, text, _in_kanji)
        if _SHORT_SAPPORO.search(text):
            text = self._replace(_SHORT_SAPPORO, text, lambda match: _in_kanji(match) + "条")
        self.text = text

    def raw_position(self, position: int) -> int:
        """Where a character of `text` stood in `raw`; the end for the end."""
        if self._positions is None:
            return position
        return self._positions[position] if position < len(self._positions) else len(self.raw)

    def _replace(self, pattern: re.Pattern[str], text: str, write: Callable[[re.Match[str]], str]) -> str:
        before = self._positions or list(range(len(text)))
        parts: list[str] = []
        positions: list[int] = []
        end = 0
        for match in pattern.finditer(text):
            new = write(match)
            parts += [text[end : match.start()], new]
            positions += before[end : match.start()] + [before[match.start()]] * len(new)
            end = match.end()
        self._positions = positions + before[end:]
        return "".join([*parts, text[end:]])


def key_of(name: str) -> str:
    """The key under which a name of a town is looked up."""
    text = _KIND_OF_NAME.sub("", _BLANKS.sub("", _VOICED.sub(_compose, fold(name))))
    return _NUMBERED_NAME.sub(_in_kanji, text)


def _compose(match: re.Match[str]) -> str:
    return fold(unicodedata.normalize("NFC", match[0]))


def _leave_out(_: re.Match[str]) -> str:
    return ""


def _in_kanji(match: re.Match[str]) -> str:
    return format_kanji(int(match[0]))


def format_kanji(number: int) -> str:
    """Writes 1–999 as towns do: 二十三."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = ("百" if hundreds == 1 else _KANJI_DIGITS[hundreds] + "百") if hundreds else ""
    text += ("十" if tens == 1 else _KANJI_DIGITS[tens] + "十") if tens else ""
    return text + (_KANJI_DIGITS[ones] if ones or not number else "")


def parse_small_number(text: str) -> int | None:
    """Reads 12, 十二, 一二; None for everything else, 1,000 and more included."""
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 3 else None
    total = current = 0
    for char in text:
        if char in "十百":
            total += (current or 1) * (10 if char == "十" else 100)
            current = 0
        else:
            digit = _KANJI_DIGITS.find(char)
            if digit < 0:
                return None
            current = current * 10 + digit
    return total + current if total + current < 1000 else None
