"""Finds the encoding of a text by what its bytes can be, and by how Japanese the result looks."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 1 << 20
_SAMPLE = 1 << 17
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE = ("cp932", "euc_jp", "euc_jis_2004")
_CANDIDATES = (*_JAPANESE, "cp1252")
_HALF_KANA_IN_EUC = re.compile(rb"[\x00-\x7f]*(?:(?:\x8e[\xa1-\xdf])+[\x00-\x7f]*){4,}")
"""Nothing but half-width kana and ASCII; as kanji of code page 932 every one would begin with the same byte."""
_WORDS = re.compile(
    "番号|名称|住所|所在|緯度|経度|備考|電話|区分|種別|施設|面積|年度|年月日|設置|管理|路線|地区|町|市|県|丁目|公園|道路|橋|消火栓|避難|コード|あり|なし|有|無|の|に|を|は"
)


def head_in_utf8(head: bytes) -> bytes:
    """The first bytes of a text as UTF-8 without a mark; UTF-16 is known by its own."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head.removeprefix(codecs.BOM_UTF8)


def find_encoding(path: Path) -> tuple[str, bool]:
    """Finds the encoding of a whole file, as Python names it, and whether every byte of it fits.

    A byte order mark decides; then strict UTF-8, the escapes of ISO-2022-JP, UTF-16 by its zeros; between the
    encodings that remain the text that looks most like Japanese.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name, fits_encoding(path, name)
    if fits_encoding(path, "utf-8"):
        if b"\x1b$" in sample and (
            found := next(
                (n for n in ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004") if fits_encoding(path, n)), None
            )
        ):
            return found, True
        if not (b"\0" in sample and utf16_of(sample)):
            return "utf-8", True
    if b"\0" in sample and (utf16 := utf16_of(sample)):
        return utf16, fits_encoding(path, utf16)
    fitting = [name for name in _CANDIDATES if fits_encoding(path, name)]
    cut = sample[: sample.rfind(b"\n") + 1] or sample
    if _HALF_KANA_IN_EUC.fullmatch(cut) and "euc_jp" in fitting:
        return "euc_jp", True
    if fitting:
        return max(fitting, key=lambda name: likeness(cut.decode(name, "replace"))), True
    return max(("utf-8", *_JAPANESE), key=lambda name: likeness(cut.decode(name, "replace"))), False


def find_encoding_of(texts: bytes) -> str:
    """Finds the encoding of some bytes at hand, such as the text fields of a table."""
    for name in ("utf-8", *_JAPANESE):
        try:
            texts.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "utf-8":
            return name
        fitting = [n for n in _JAPANESE if not _fails(texts, n)]
        return max(fitting, key=lambda n: likeness(texts[:_SAMPLE].decode(n, "replace")))
    return max(("utf-8", "cp932", "euc_jp"), key=lambda name: likeness(texts[:_SAMPLE].decode(name, "replace")))


def _fails(texts: bytes, name: str) -> bool:
    try:
        texts.decode(name)
    except UnicodeDecodeError:
        return True
    return False


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def fits_encoding(path: Path, name: str) -> bool:
    """Whether every byte of a file is of an encoding."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", True)
    except (UnicodeDecodeError, UnicodeError):
        return False
    return True


def utf16_of(sample: bytes) -> str | None:
    """UTF-16 without a mark: separators and line ends have their zero always on the same side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 2 or max(even, odd) < 8 * min(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = sample[: len(sample) // 2 * 2].decode(name, "replace")
    return name if text.count("\ufffd") <= 1 and likeness(text) > 0 else None


def likeness(text: str) -> float:
    """Scores how much a text looks like one of a Japanese office: about -5 to 2 per character that is not ASCII."""
    score, n = 0.0, 0
    for before, character in zip(" " + text, text, strict=False):
        code = ord(character)
        if code < 0x80:
            if code < 0x20 and character not in "\r\n\t":
                score -= 1
            continue
        n += 1
        if code == 0xFFFD or 0x80 <= code < 0xA0:
            score -= 5
        elif 0x3040 <= code < 0x3100 or 0xFF00 <= code < 0xFF5F or 0x3000 <= code < 0x3020:
            score += 1
        elif 0x4E00 <= code < 0xA000:
            score += 0.8 if _is_common(character) else -0.7
        elif 0xFF61 <= code < 0xFFA0:
            score += 0.1
        elif 0xE000 <= code < 0xF900:
            score -= 2
        elif 0xC0 <= code < 0x180 and before.isascii() and before.isalpha():
            # An accented letter inside a Latin word; foreign names in foreign lists.
            score += 0.5
        else:
            score -= 0.1
    if not n:
        return 0.5
    return score / n + min(1.0, 4 * len(_WORDS.findall(text)) / n)


def _is_common(character: str) -> bool:
    """Whether a kanji is of level 1 of JIS X 0208, as nearly all in daily use are."""
    try:
        first = character.encode("euc_jp")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= first < 0xD0
