"""Records of binary workbooks ([MS-XLSB] 2.1.4): a number, a length, and what the number says it holds."""

import struct
import zipfile
from collections.abc import Iterator

_CHUNK = 4 << 20
_MAX_HEAD = 6
_NUMBER_BYTES, _LENGTH_BYTES = 2, 4


def read_records(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[int, bytes]]:
    """Gives (kind, content) of the records of a part, numbered as in 2.3; EOFError where it breaks off."""
    rest, is_last = b"", False
    with archive.open(path) as file:
        while not is_last:
            chunk = file.read(_CHUNK)
            is_last = not chunk
            rest += chunk
            at, end = 0, len(rest)
            while at < (end if is_last else end - _MAX_HEAD):
                kind, begin = rest[at], at + 1
                if kind > 0x7F:
                    kind, begin = _number(rest, at, _NUMBER_BYTES)
                length, begin = _number(rest, begin, _LENGTH_BYTES)
                if begin + length > end:
                    break
                yield kind, rest[begin : begin + length]
                at = begin + length
            rest = rest[at:]
    if rest:
        raise EOFError(path)


def _number(data: bytes, at: int, n_bytes: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first (2.1.4.1), and where it ends."""
    if at < len(data) and data[at] < 0x80:
        return data[at], at + 1
    value = 0
    for place, byte in enumerate(data[at : at + n_bytes]):
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return value, at


def wide_text(data: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it (2.5.169), and where it ends; one without a value (2.5.166) is empty."""
    (length,) = struct.unpack_from("<I", data, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def rk_number(data: bytes, at: int) -> float:
    """A number of four bytes (2.5.122): the upper half of a float or a whole one, perhaps a hundred times too large."""
    (raw,) = struct.unpack_from("<i", data, at)
    value = float(raw >> 2) if raw & 2 else struct.unpack("<d", struct.pack("<xxxxi", raw & ~3))[0]
    return value / 100 if raw & 1 else value
