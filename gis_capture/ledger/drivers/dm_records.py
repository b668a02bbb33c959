"""Records of 数値地形図データファイル (DM): 84 bytes each, fields at fixed places, numbers right-aligned.

Layout: 作業規程の準則 付録7 公共測量標準図式, 数値地形図データファイル仕様. Places below count from 0.
X is north and Y is east; the coordinates of elements are counted from the lower left corner of their sheet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

RECORD_BYTES = 84
# Unit of the coordinates of elements, as the sheet states it.
_METRES = {1: 0.001, 10: 0.01, 100: 0.1, 999: 1.0, 1000: 1.0}
_POINT_BYTES = {2: 14, 3: 21, 6: 21}
_UNKNOWN_HEIGHTS = frozenset({-999, -9999, -99900, -999000, -999999})
Xyz = tuple[float, float, float | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A 図郭.

    Attributes:
        name: 図郭識別番号, for example 07GF283.
        title: 図郭名称.
        level: 地図情報レベル (denominator of the scale).
        north_m: X of the lower left corner.
        east_m: Y of it.
        unit_m: One unit of the coordinates of elements; None where the sheet does not state it.
    """

    name: str
    title: str
    level: int
    north_m: float
    east_m: float
    unit_m: float | None


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a sheet.

    Attributes:
        kind: 0 grid or triangles, 1 area, 2 line, 3 circle, 4 arc, 5 point, 6 direction, 7 annotation, 8 attribute.
        code: 取得分類コード: layer and item, two digits each.
        record: Bytes of the element's own record.
        data: The records behind it.
    """

    kind: int
    code: str
    record: bytes
    data: tuple[bytes, ...]

    @property
    def data_kind(self) -> int:
        """実データ区分: 0 none, 2 x and y, 3 and 6 x, y and height, 4 annotation, 5 attribute."""
        return number(self.record, 20, 1)

    @property
    def place(self) -> tuple[int, int] | None:
        """The point that stands in the element's own record."""
        x, y = self.record[35:42], self.record[42:49]
        return (number(x, 0, 7), number(y, 0, 7)) if x.strip() and y.strip() else None

    def points(self, sheet: Sheet, unit_m: float) -> list[Xyz]:
        """The points of the records behind: (east, north, height), metres."""
        width = _POINT_BYTES.get(self.data_kind, 14)
        n_per_record, n_points = RECORD_BYTES // width, number(self.record, 27, 4)
        found: list[Xyz] = []
        for row in self.data:
            for at in range(0, n_per_record * width, width):
                if len(found) >= n_points or not row[at : at + 14].strip():
                    break
                north, east = number(row, at, 7), number(row, at + 7, 7)
                height = number(row, at + 14, 7) if width == 21 and row[at + 14 : at + 21].strip() else None
                height_m = None if height is None or height in _UNKNOWN_HEIGHTS else round(height * unit_m, 4)
                found.append((*on_ground(sheet, unit_m, north, east), height_m))
        return found


def on_ground(sheet: Sheet, unit_m: float, north: int, east: int) -> tuple[float, float]:
    """(east, north) in metres of what an element counts from the corner of its sheet."""
    return round(sheet.east_m + east * unit_m, 4), round(sheet.north_m + north * unit_m, 4)


def number(record: bytes, at: int, length: int) -> int:
    """A whole number at a place; 0 where nothing or nonsense stands."""
    try:
        return int(record[at : at + length])
    except ValueError:
        return 0


def words(record: bytes, at: int, length: int, encoding: str) -> str:
    """A text at a place, without the blanks behind it."""
    return decode(record[at : at + length], encoding)


def decode(raw: bytes, encoding: str) -> str:
    """Decodes a text; `jis7` is JIS X 0208 in seven bits, as the oldest files have it, with ASCII between."""
    raw = raw.rstrip(b" \0")
    if encoding == "jis7" and len(raw) % 2 == 0 and all(0x21 <= byte <= 0x7E for byte in raw):
        try:
            return bytes(byte + 0x80 for byte in raw).decode("euc_jp").rstrip("\u3000")
        except UnicodeDecodeError:
            pass
    return raw.decode("cp932" if encoding == "jis7" else encoding, "backslashreplace").rstrip(" \u3000")


def find_encoding(path: Path) -> str:
    """UTF-8 or code page 932 by the bytes; jis7 where all of them have seven bits and the blanks are those of JIS."""
    data = path.read_bytes()
    if data.isascii():
        return "jis7" if b"!!!!" in data else "cp932"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8"


def read_records(file: IO[bytes]) -> Iterator[bytes]:
    """The records without their line ends; files without any are cut every 84 bytes."""
    start = file.tell()
    head = file.read(RECORD_BYTES * 2)
    file.seek(start)
    if b"\n" in head:
        for line in file:
            yield line.rstrip(b"\r\n\x1a").ljust(RECORD_BYTES)
    else:
        while record := file.read(RECORD_BYTES):
            yield record.ljust(RECORD_BYTES)


def read_sheets(path: Path, encoding: str) -> Iterator[Sheet | Element | bytes]:
    """Gives sheets, their elements, and the first record of the index (zone, 計画機関) where there is one."""
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        records = read_records(file)
        for record in records:
            mark = record[:2]
            if mark == b"I ":
                yield record
                _take(records, number(record, 37, 2))
            elif mark == b"M ":
                yield _sheet(record, records, encoding)
            elif mark[:1] == b"E" and mark[1:] in b"12345678":
                data = tuple(_take(records, number(record, 31, 4)))
                yield Element(int(mark[1:]), record[2:6].decode("ascii", "replace").strip(), record, data)
            elif mark in (b"G ", b"T "):
                _take(records, number(record, 26, 4 if mark == b"G " else 6))
                yield Element(0, record[2:6].decode("ascii", "replace").strip(), record, ())


def _take(records: Iterator[bytes], n: int) -> list[bytes]:
    return [record for _, record in zip(range(n), records, strict=False)]


def _sheet(a: bytes, records: Iterator[bytes], encoding: str) -> Sheet:
    """The records (a) to (f) of a sheet; (d) to (f) repeat for every revision, the last one counts."""
    level, n_revisions = number(a, 30, 5), max(0, number(a, 65, 2))
    b, _ = (*_take(records, 2), b"", b"")[:2]
    fraction = b""
    for _revision in range(n_revisions + 1):
        d, e = (*_take(records, 2), b"", b"")[:2]
        fraction = e or fraction
        _take(records, number(d, 9, 1))
    part_m = 0.001 if level < 2500 else 0.01
    return Sheet(
        name=words(a, 2, 8, encoding),
        title=words(a, 10, 20, encoding),
        level=level,
        north_m=round(_corner(b, 0, fraction, 40, part_m), 3),
        east_m=round(_corner(b, 7, fraction, 44, part_m), 3),
        unit_m=_METRES.get(number(b, 44, 3)),
    )


def _corner(b: bytes, at: int, e: bytes, part_at: int, part_m: float) -> float:
    """Metres and their fraction, which has the sign of the whole: -1234 and -56 are -1234.56."""
    whole, part = number(b, at, 7), number(e, part_at, 4)
    sign = -1 if b[at : at + 7].strip().startswith(b"-") or part < 0 else 1
    return sign * (abs(whole) + abs(part) * part_m)
