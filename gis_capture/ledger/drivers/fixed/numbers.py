"""Numbers as COBOL keeps them: zoned (one digit a byte), packed (two digits a byte), binary."""

from decimal import Decimal

_MINUS = frozenset({0xD, 0xB})
_PLUS = frozenset({0xC, 0xF, 0xA, 0xE})
# In ASCII the zone of a plain digit is 3; the last one carries 7 for minus (Micro Focus) or 5 (Fujitsu), 4 for plus.
_ASCII_MINUS = frozenset({0x7, 0x5})
_ASCII_PLUS = frozenset({0x3, 0x4})


def read_number(raw: bytes, kind: str, decimals: int, *, is_ebcdic: bool) -> str | None:
    """Reads a number of a field into plain digits; "" for a blank field, None where it holds no number."""
    if kind != "binary" and not raw.strip(b"\x40 \0" if is_ebcdic else b" \0"):
        return ""
    if kind == "packed":
        value = _packed(raw)
    elif kind in ("zoned", "digits"):
        value = _zoned(raw, is_ebcdic=is_ebcdic)
        if kind == "digits" and value is not None and value >= 0:
            return str(value).zfill(len(raw.strip(b"\x40 ")))
    else:
        value = int.from_bytes(raw, "big", signed=True)
    return None if value is None else format(Decimal(value).scaleb(-decimals), "f")


def _packed(raw: bytes) -> int | None:
    digits = raw.hex()
    sign = int(digits[-1], 16)
    if sign not in _PLUS | _MINUS or not digits[:-1].isdecimal():
        return None
    return -int(digits[:-1]) if sign in _MINUS else int(digits[:-1])


def _zoned(raw: bytes, *, is_ebcdic: bool) -> int | None:
    # Blanks in front of the digits are written where a program edits them.
    raw = raw.lstrip(b"\x40 " if is_ebcdic else b" ").rstrip(b"\x40 " if is_ebcdic else b" ")
    sign = 1
    if not is_ebcdic and raw[:1] in (b"-", b"+"):
        sign, raw = (-1 if raw[:1] == b"-" else 1), raw[1:]
    elif is_ebcdic and raw[:1] in (b"\x60", b"\x4e"):
        sign, raw = (-1 if raw[:1] == b"\x60" else 1), raw[1:]
    if not raw:
        return None
    digits, zones = [byte & 15 for byte in raw], [byte >> 4 for byte in raw]
    plain = 0xF if is_ebcdic else 0x3
    minus, plus = (_MINUS, _PLUS) if is_ebcdic else (_ASCII_MINUS, _ASCII_PLUS)
    if max(digits) > 9 or any(zone != plain for zone in zones[:-1]) or zones[-1] not in minus | plus:
        return None
    value = int("".join(map(str, digits)))
    return sign * (-value if zones[-1] in minus else value)
