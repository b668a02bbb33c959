"""Texts are kept as they are; only blanks around them go, and what no store can hold."""

import re
from collections.abc import Iterable

from gis_capture.ledger.values import codes
from gis_capture.ledger.values.reading import Note, ValueReading, changed
from gis_capture.model import Text

_ALSO_BLANK = "\ufeff\u200b"
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PRIVATE_USE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E[+-]?[0-9]{2,}")
_DATE_OF_EXCEL = re.compile(r"[0-9]{1,2}月[0-9]{1,2}日")
# What tells damage, each with a sign that is found many times faster than the pattern.
_WORTH_A_LOOK = (
    ("", re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\uf8ff\ufffd\U000f0000-\U0010fffd]")),
    ("E", re.compile(r"[0-9]E[+-]?[0-9]{2}")),
    ("月", re.compile(r"[0-9]月[0-9]")),
    ("0", re.compile(r"[0-9]{15}0")),
)
_ROUNDED = re.compile(r"[1-9][0-9]{14}0+")
_BLANK_AT_AN_END = re.compile(r"\n(?:(?=[\s\ufeff\u200b])|(?<=[\s\ufeff\u200b]\n))")


def damage_of_id(text: str, *, is_lot_or_id: bool = True) -> str | None:
    """The code of what a spreadsheet has done to a number of many digits: 1.23E+15, or zeros behind the 15th digit."""
    if _SCIENTIFIC.fullmatch(text):
        return codes.EXCEL_SCIENTIFIC
    return codes.EXCEL_ROUNDED if is_lot_or_id and _ROUNDED.fullmatch(text) else None


def are_plain(texts: Iterable[str]) -> bool:
    """True when `trim` and `read_text` would leave every text as it is; looks at all of them at once."""
    joined = "\n".join(("", *texts, ""))
    is_damaged = any(sign in joined and pattern.search(joined) for sign, pattern in _WORTH_A_LOOK)
    return not (is_damaged or _BLANK_AT_AN_END.search(joined))


def trim(text: str) -> str:
    """Takes off the blanks around a text, ideographic and zero-width ones too."""
    trimmed = text.strip()
    return trimmed.strip(_ALSO_BLANK).strip() if trimmed[:1] in _ALSO_BLANK or trimmed[-1:] in _ALSO_BLANK else trimmed


def read_text(text: str, *, is_lot_or_id: bool = False) -> ValueReading:
    """Keeps a text; control characters go, signs of damage are told.

    Args:
        text: Already trimmed.
        is_lot_or_id: The field holds lot numbers or ids, where a day of the year (5月5日) is damage by Excel.
    """
    notes: list[Note] = []
    kept = _UNSTORABLE.sub("", text)
    if kept != text:
        notes.append(changed(codes.CONTROL_REMOVED))
    if found := sorted(set(_PRIVATE_USE.findall(kept))):
        points = " ".join(f"U+{ord(character):04X}" for character in found)
        message = Text(
            f"外字があります（{points}）。そのまま残しました。",
            f"There are private characters ({points}); they were kept.",
        )
        suggestion = Text("外字を普通の文字に直してください。", "Replace them by standard characters.")
        notes.append(Note(codes.GAIJI_FOUND, "warning", message, suggestion))
    if "\ufffd" in kept:
        message = Text(
            f"「{kept[:40]}」に読めなかった文字があります。", f'"{kept[:40]}" has characters that could not be decoded.'
        )
        suggestion = Text("元の台帳の文字を確かめてください。", "Check the text in the original ledger.")
        notes.append(Note(codes.TEXT_UNDECODABLE, "warning", message, suggestion))
    damage = damage_of_id(kept, is_lot_or_id=is_lot_or_id)
    if damage == codes.EXCEL_SCIENTIFIC:
        message = Text(
            f"「{kept}」は、Excelで桁が失われた番号のようです。",
            f'"{kept}" looks like a number whose digits Excel has lost.',
        )
        suggestion = Text("元の番号を入れ直してください。", "Enter the original number again.")
        notes.append(Note(codes.EXCEL_SCIENTIFIC, "warning", message, suggestion))
    if damage == codes.EXCEL_ROUNDED:
        message = Text(
            f"「{kept}」は、Excelで16桁目から0に変わった番号のようです。",
            f'"{kept}" looks like a number whose digits behind the 15th Excel has lost.',
        )
        suggestion = Text("元の番号を文字列として入れ直してください。", "Enter the original number again, as text.")
        notes.append(Note(codes.EXCEL_ROUNDED, "warning", message, suggestion))
    if is_lot_or_id and _DATE_OF_EXCEL.fullmatch(kept):
        lot = kept.replace("月", "-").removesuffix("日")
        message = Text(
            f"「{kept}」は「{lot}」がExcelで日付に変わったもののようです。",
            f'"{kept}" looks like "{lot}" turned into a date by Excel.',
        )
        notes.append(
            Note(codes.EXCEL_DATE_DAMAGE, "warning", message, Text(f"「{lot}」か確かめてください。", f'Is it "{lot}"?'))
        )
    return ValueReading(trim(kept) or None, tuple(notes))
