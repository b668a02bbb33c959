"""Damages sources: bytes, pieces, members of zip files, elements of XML; the same seed damages in the same way."""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

_EXTREMES = (b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\xff\xff", b"\x7f")
_WORDS = (
    b'"',
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&#x110000;",
    b"<table>" * 300,
    b"</row>",
    b"#REF!",
    b"nan",
    b"1e999",
    b"\x1b$B",
    b"\x1bz",
    b"%s%n",
    "令和".encode("cp932"),
    "㍻".encode(),
    b"\r\r\n",
    b"\x80\xa0\xfd",
    b"-" * 5000,
    b"," * 5000,
)
_NUMBER = re.compile(rb"(?<=[\"'>])-?\d+(?=[\"'<])")
_ELEMENT = re.compile(rb"<[\w:]+[^<>]*>[^<]*</[\w:]+>|<[\w:]+[^<>]*/>|</?[\w:]+[^<>]*>")
_NUMBERS = (b"-1", b"0", b"4294967295", b"1048576", b"99999999999999999999", b"1e308", b"NaN", b"")


def mutate(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Damages a source once to four times; `others` lend pieces."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        kinds = [_flip, _flip, _truncate, _extreme, _word, _repeat, _delete, _splice]
        if data[:2] == b"PK":
            kinds += [_member] * 10
        if b"<" in data[:200]:
            kinds += [_number, _element, _number, _element]
        data = chance.choice(kinds)(data, others, chance)
    return data


def _place(data: bytes, chance: random.Random) -> int:
    """A place in the data, the first kilobytes as likely as all the rest."""
    return chance.randrange(min(len(data), chance.choice((64, 1024, len(data) or 1))) or 1)


def _flip(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 40)) if out else 0):
        out[_place(data, chance)] = chance.randrange(256)
    return bytes(out)


def _truncate(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    return data[: _place(data, chance)]


def _extreme(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    at, value = _place(data, chance), chance.choice(_EXTREMES)
    return data[:at] + value + data[at + len(value) :]


def _word(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + chance.choice(_WORDS) + data[at:]


def _repeat(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    at = _place(data, chance)
    piece = data[at : at + chance.choice((1, 4, 100, 3000))]
    return data[:at] + piece * chance.choice((2, 20, 200)) + data[at:]


def _delete(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + data[at + chance.choice((1, 2, 16, 500)) :]


def _splice(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    at, start = _place(data, chance), _place(other, chance)
    piece = other[start : start + chance.choice((8, 200, 5000))]
    return data[:at] + piece + data[at + len(piece) * chance.randrange(2) :]


def _number(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    found = list(_NUMBER.finditer(data[: 1 << 18]))
    if not found:
        return _flip(data, others, chance)
    at = chance.choice(found)
    return data[: at.start()] + chance.choice(_NUMBERS) + data[at.end() :]


def _element(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    found = list(_ELEMENT.finditer(data[: 1 << 18]))
    if not found:
        return _flip(data, others, chance)
    at, other = chance.choice(found), chance.choice(found)
    replacement = chance.choice((b"", at[0] * 3, other[0], at[0] * 1000, other[0] + at[0]))
    return data[: at.start()] + replacement + data[at.end() :]


def _member(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Damages one file inside a zip file and closes it again as if nothing had happened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        return _flip(data, others, chance)
    if not members:
        return data
    at = chance.randrange(len(members))
    name, content = members[at]
    action = chance.randrange(12)
    if action == 0:
        del members[at]
    elif action == 1:
        members[at] = (chance.choice(("../" * 5 + "x.csv", "/etc/x.csv", name.upper(), "a\\b.csv", "x" * 300)), content)
    else:
        kinds: list[Callable[[bytes, list[bytes], random.Random], bytes]] = [_number, _element, _flip, _word, _truncate]
        members[at] = (name, chance.choice(kinds)(content, others, chance) if content else b"<x/>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return out.getvalue()
