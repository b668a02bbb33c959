"""Search keys: what two spellings of the same word have in common. A key is compared, never stored or shown."""

import re
import unicodedata
from functools import lru_cache

# Everything a ledger uses as a dash or as the Japanese long-vowel mark; コ―ド is written with U+2015.
_DASHES = "-‐‑‒–—―−ー－ｰ─━﹣~〜～"
# Old and variant forms that stand for the same word in names and domain values.
_VARIANTS = (
    "髙高﨑崎嵜崎德徳濵浜濱浜邊辺邉辺齋斎齊斉澤沢廣広國国眞真櫻桜瀨瀬淵渕圓円縣県區区學学會会體体鐵鉄藏蔵嶋島嶌島舘館"
)
# Kanji that are taken for katakana when somebody types a header: カ/力, ロ/口, ニ/二, ...
_LOOKALIKES = str.maketrans("力口工二八夕卜才千三", "カロエニハタトオチミ")

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_KEY_TABLE = (
    {ord(old): new for old, new in zip(_VARIANTS[::2], _VARIANTS[1::2], strict=True)}
    | {ord(dash): "-" for dash in _DASHES}
    | _HIRAGANA_TO_KATAKANA
    | {ord("ヶ"): "ケ", ord("ゖ"): "ケ", ord("ヵ"): "カ", ord("ゕ"): "カ", ord("◯"): "○", ord("〇"): "○"}
)
# White space, zero-width characters and variation selectors carry no meaning in a key.
_IGNORED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_NOT_A_WORD = re.compile(r"[^\w]|_")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|〔[^〔〕]*〕|【[^【】]*】|<[^<>]*>")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Gives the key of a text: width, kana, case, dashes, blanks and variant kanji do not matter.

    NFKC is safe here and only here: it would damage lot numbers and names if it were stored.
    """
    compatible = unicodedata.normalize("NFKC", text)
    bare = _IGNORED.sub("", compatible)
    return unicodedata.normalize("NFKC", bare.casefold().translate(_KEY_TABLE))


def fold_header(text: str) -> str:
    """Gives a looser key for headers: punctuation and kanji typed for a katakana do not matter either."""
    return _NOT_A_WORD.sub("", fold(text).replace("-", "")).translate(_LOOKALIKES)


def without_brackets(text: str) -> str:
    """Takes bracketed remarks off a header: 口径（管径mm） becomes 口径; a header of brackets only stays."""
    folded = unicodedata.normalize("NFKC", text)
    return _BRACKETS.sub("", folded).strip() or text
