"""Letters on paper: which cannot be, which are often misread, and when two readings say the same."""

import re
import unicodedata

_DIGIT_HYPHENS = re.compile(r"(?<=[0-9A-Za-z])\s*[-‐‑–—―−－ーｰ一~～]\s*(?=[0-9A-Za-z])")
_SPACES = re.compile(r"\s+")
# What engines make of letters that they do not know, or that look alike; a text with one of these waits for a person.
RISKY = frozenset("髙高﨑崎嵜碕𠮷吉邊邉辺濵濱浜德徳祐祐槗𣘺橋齋齊斎斉槇槙瀨瀬栁桺柳曻昇廣広澤沢國国圡土冨富龍竜塚塚")
"""Letters with variants that names of people and places keep apart."""
_RISKY_FORMS = re.compile(
    r"[φΦØøＤ㎥㎡㎜³²々〃仝″”\"'`´|¦]"  # signs that engines take for one another
    r"|^[1１lI|/ノリ〃クァ丿ヽ]{1,2}$"  # a ditto mark, or a single stroke
    r"|[0-9０-９] ?(m|M|ｍ|Ｍ|in|rn)[3-9]?$"  # a unit that may have been square or cubic
)
_JOINED = str.maketrans({"Φ": "φ", "Ø": "φ", "ø": "φ", "，": ",", "：": ":", "（": "(", "）": ")", "．": "."})


def is_japanese(letter: str) -> bool:
    """Whether a letter is one of those that Japanese offices write with."""
    try:
        letter.encode("cp932")
    except UnicodeEncodeError:
        return letter in "m²m³①"
    return letter != "" and not _is_half_kana(letter)


def _is_half_kana(letter: str) -> bool:
    return "｡" <= letter <= "ﾟ"


def tidy(text: str) -> str:
    """A reading as a proposal: no spaces between Japanese letters, one kind of hyphen between digits."""
    text = _SPACES.sub(" ", text.translate(_JOINED)).strip()
    text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
    text = _DIGIT_HYPHENS.sub("-", text)
    return re.sub(r"(?<=\d) (?=\d)|(?<=[-./]) (?=\d)|(?<=\d) (?=[-./,])", "", text)


def key(text: str) -> str:
    """What two readings are compared by: the same for letters that differ in width only."""
    return unicodedata.normalize("NFKC", tidy(text)).replace(" ", "")


def is_risky(text: str) -> bool:
    """Whether a text has letters that engines take for others, both of them alike."""
    return any(letter in RISKY for letter in text) or bool(_RISKY_FORMS.search(text))


def has_foreign(text: str) -> bool:
    """Whether a text has letters that Japanese encodings lack."""
    return any(not is_japanese(letter) for letter in text)
