"""Numbers as ledgers write them: "32,500 ", ▲12, φ75, ７５㍉, 1.2千円, 百二十三, 約30."""

import math
import re
import unicodedata
from decimal import Decimal

from gis_capture.ledger.values import codes
from gis_capture.ledger.values.kanji import KANJI_NUMERALS, parse_kanji_number
from gis_capture.ledger.values.reading import Note, ValueReading, changed, unreadable
from gis_capture.ledger.values.units import Unit, factor_between, parse_unit
from gis_capture.model import Text

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?|[+-]?\.[0-9]+", re.ASCII)
_DASHES = str.maketrans("‐‑‒–—―−", "-------")
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_BODY = re.compile(
    rf"(?P<prefix>約|およそ|概ね|φ|ø|⌀|¥|\\|直径|@)?(?P<sign>[-+▲△▼])?(?P<prefix2>φ|¥|\\)?"
    rf"(?P<number>(?:(?:{_GROUPED})(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{{1,3}})?)?"
    rf"(?P<kanji>(?:[{KANJI_NUMERALS}][{KANJI_NUMERALS}0-9]*)?)(?P<unit>(?:[^0-9,.～~×]|(?<=m)[23](?![0-9]))*)",
    re.IGNORECASE,
)
_APPROXIMATE = re.compile(r"(程度|くらい|ぐらい|以上|以下|未満|超|前後|弱|強|余|余り|位|内外)$")
_RANGE = re.compile(r"[0-9][^0-9]{0,4}(?:[~～〜‐–—−-]|から)[^0-9]{0,4}[0-9]")
_INTEGER_LIMIT = 2**63
_LONGEST_NUMBER = 100

_WRITE_A_NUMBER = Text("数字だけに直してください。", "Write a plain number.")


def parse_number(text: str, *, unit: str | None = None, source_unit: str | None = None) -> ValueReading:
    """Reads a number.

    Args:
        text: As it stands in the ledger.
        unit: The unit wanted; a number with another unit of the same quantity is converted.
        source_unit: What the header says, for numbers that carry no unit themselves.

    Returns:
        An int where the text holds no fraction, a float otherwise, None where it cannot be read as one number.
    """
    factor = _factor(source_unit, unit)
    if len(text) > _LONGEST_NUMBER:
        return _not_a_number(text[:_LONGEST_NUMBER] + "…")
    if factor is None and _PLAIN.fullmatch(text):
        return ValueReading(float(text) if "." in text else int(text))
    folded = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
    match = _BODY.fullmatch(folded)
    if match is None or not (match["number"] or match["kanji"]):
        return _not_a_number(text)
    written_unit, is_approximate = match["unit"], match["prefix"] in ("約", "およそ", "概ね")
    if word := _APPROXIMATE.search(written_unit):
        written_unit, is_approximate = written_unit[: word.start()], True
    kanji = match["kanji"]
    # 千円 and 百万円 are units as well as numerals; 100千円 and 百万円 both come out right when numerals go first.
    value = _value(match["number"], kanji)
    known = parse_unit(written_unit) if written_unit else None
    if value is None or (written_unit and known is None and written_unit != (unit or "")):
        return _not_a_number(text)
    notes: list[Note] = []
    if kanji:
        notes.append(changed(codes.KANJI_NUMBER))
    if written_unit:
        factor = _factor(written_unit, unit)
        notes.append(_unit_note(written_unit, unit, known, factor))
    elif factor is not None:
        notes.append(_converted(source_unit, unit))
    elif match["prefix"] and not is_approximate:
        sign = match["prefix"]
        notes.append(changed(codes.UNIT_REMOVED, Text(f"記号「{sign}」を外しました", f'Sign "{sign}" taken off')))
    if is_approximate:
        message = Text(
            f"「{text}」はおおよその数です。数だけを入れました。", f'"{text}" is approximate; only the number was kept.'
        )
        notes.append(Note(codes.NUMBER_APPROXIMATE, "warning", message))
    if match["sign"] and match["sign"] != "+":
        value = -value
    if factor is not None:
        value = round(value * factor, 9)
    result = _plain(value)
    return ValueReading(result, tuple(notes)) if result is not None else _not_a_number(text)


def parse_integer(text: str, *, unit: str | None = None, source_unit: str | None = None) -> ValueReading:
    """Reads a whole number that fits 64 bits; 75.0 is one, 75.5 is left out with an error."""
    reading = parse_number(text, unit=unit, source_unit=source_unit)
    value = reading.value
    if value is None:
        return reading
    if isinstance(value, float):
        if not value.is_integer():
            message = Text(f"「{text}」は整数ではありません。", f'"{text}" is not a whole number.')
            return unreadable(
                codes.NUMBER_NOT_INTEGER, message, Text("整数に直してください。", "Write a whole number.")
            )
        value = int(value)
    if not isinstance(value, int) or not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        message = Text(f"「{text}」は大きすぎて整数として保存できません。", f'"{text}" is too large for an integer.')
        return unreadable(codes.NUMBER_TOO_LARGE, message, _WRITE_A_NUMBER)
    return ValueReading(value, reading.notes)


def parse_real(text: str, *, unit: str | None = None, source_unit: str | None = None) -> ValueReading:
    """Reads a number as a float."""
    reading = parse_number(text, unit=unit, source_unit=source_unit)
    if reading.value is None:
        return reading
    return ValueReading(float(reading.value), reading.notes)


def _value(number: str | None, kanji: str) -> Decimal | None:
    bare = (number or "").replace(",", "")
    return parse_kanji_number(bare + kanji) if kanji else Decimal(bare)


def _plain(value: Decimal) -> int | float | None:
    """An int where there is no fraction; None where a float would overflow."""
    if value.is_finite() and value.adjusted() <= 18 and value == value.to_integral_value():
        return int(value)
    as_float = float(value)
    return as_float if math.isfinite(as_float) else None


def _factor(source: str | None, target: str | None) -> Decimal | None:
    """What to multiply with; None where nothing needs converting, or nothing is known."""
    ours: Unit | None = parse_unit(source) if source else None
    theirs: Unit | None = parse_unit(target) if target else None
    if ours is None or theirs is None or ours == theirs:
        return None
    return factor_between(ours, theirs)


def _converted(source: str | None, target: str | None) -> Note:
    words = f"「{source}」→「{target}」"
    return changed(codes.UNIT_CONVERTED, Text(f"単位を換算しました（{words}）", f"Unit converted ({words})"))


def _unit_note(written: str, wanted: str | None, known: Unit | None, factor: Decimal | None) -> Note:
    target = parse_unit(wanted) if wanted else None
    if factor is not None:
        return _converted(written, wanted)
    if known and target and known.quantity != target.quantity:
        return Note(
            codes.UNIT_DIFFERS,
            "warning",
            Text(
                f"単位「{written}」は項目の単位「{wanted}」と合いません。数はそのままです。",
                f'The unit "{written}" does not fit the unit "{wanted}" of the field; the number was kept.',
            ),
            Text("数と単位を確かめてください。", "Check the number and its unit."),
        )
    return changed(codes.UNIT_REMOVED, Text(f"単位「{written}」を外しました", f'Unit "{written}" taken off'))


def _not_a_number(text: str) -> ValueReading:
    if _RANGE.search(unicodedata.normalize("NFKC", text)):
        message = Text(f"「{text}」は範囲で、1つの数ではありません。", f'"{text}" is a range, not one number.')
        return unreadable(codes.NUMBER_RANGE, message, Text("1つの数に直してください。", "Write one number."))
    message = Text(f"「{text}」を数として読めません。", f'"{text}" cannot be read as a number.')
    return unreadable(codes.NUMBER_INVALID, message, _WRITE_A_NUMBER)
