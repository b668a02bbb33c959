"""Writes DM files record by record, as 作業規程の準則 付録7 describes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Place = tuple[int, ...]


def record(*parts: tuple[int, object, int], encoding: str = "cp932") -> bytes:
    """84 bytes; parts are (place from 0, value, length): numbers to the right, texts to the left."""
    row = bytearray(b" " * 84)
    for at, value, length in parts:
        raw = str(value).rjust(length).encode() if isinstance(value, int) else str(value).encode(encoding).ljust(length)
        assert len(raw) == length, (value, length)
        row[at : at + length] = raw
    return bytes(row)


@dataclass
class Dm:
    """One file under construction."""

    encoding: str = "cp932"
    records: list[bytes] = field(default_factory=list)

    def index(self, zone: int) -> "Dm":
        """The index: zone, and one record of names of sheets behind it."""
        self.records += [record((0, "I ", 2), (2, zone, 2), (34, 1, 3), (37, 1, 2)), record((0, "07GF283", 7))]
        return self

    def sheet(
        self,
        name: str = "07GF283",
        *,
        title: str = "髙山",
        level: int = 500,
        corner: tuple[int, int] = (0, 0),
        parts: tuple[int, int] = (0, 0),
        unit: int | None = 1,
        revisions: int = 0,
    ) -> "Dm":
        """The records (a) to (f) of a sheet; earlier revisions have another fraction and two courses."""
        coded = self.encoding
        self.records += [
            record((0, "M ", 2), (2, name, 8), (10, title, 20), (30, level, 5), (65, revisions, 2), encoding=coded),
            record((0, corner[0], 7), (7, corner[1], 7), *([(44, unit, 3)] if unit else [])),
            record(),
        ]
        for _ in range(revisions):
            self.records += [record((9, 2, 1)), record((40, 99, 4), (44, 99, 4)), record(), record()]
        self.records += [record((9, 0, 1)), record((40, parts[0], 4), (44, parts[1], 4))]
        return self

    def layer(self, code: str) -> "Dm":
        """A group header."""
        self.records.append(record((0, "H ", 2), (2, code, 4)))
        return self

    def element(
        self,
        kind: int,
        code: str,
        points: Sequence[Place] = (),
        *,
        number: int = 1,
        text: str = "",
        place: Place | None = None,
        erased: str = "0000",
        value: int = 0,
        acquired: str = "0000",
    ) -> "Dm":
        """An element with its coordinates, or the text of an annotation (E7) or of attributes (E8)."""
        width = 21 if points and len(points[0]) == 3 else 14
        n_per_record = 84 // width
        rows = []
        for at in range(0, len(points), n_per_record):
            numbers = [n for point in points[at : at + n_per_record] for n in point]
            rows.append("".join(str(n).rjust(7) for n in numbers).ljust(84, "0").encode())
        raw = text.encode(self.encoding)
        if kind == 7:
            rows = [
                record((0, 0, 1), (1, 30, 7), (8, 25, 5))[:20] + raw[at : at + 64].ljust(64)
                for at in range(0, max(len(raw), 1), 64)
            ]
        if kind == 8:
            rows = [raw[at : at + 84].ljust(84) for at in range(0, len(raw), 84)]
        data_kind = {7: 4, 8: 5}.get(kind, (3 if width == 21 else 2) if points else 0)
        n_data = len(text) if kind == 7 else len(points)
        spot = [(35, place[0], 7), (42, place[1], 7)] if place else []
        self.records.append(
            record(
                (0, f"E{kind}", 2),
                (2, code, 4),
                (12, number, 4),
                (18, 0, 2),
                (20, data_kind, 1),
                (23, 1 if kind == 7 else 0, 1),
                (27, n_data, 4),
                (31, len(rows), 4),
                *spot,
                (49, value, 7),
                (65, acquired, 4),
                (69, "0000", 4),
                (73, erased, 4),
            )
        )
        self.records += rows
        return self

    def raw(self, *records: bytes) -> "Dm":
        """Records as they are."""
        self.records += records
        return self

    def to_bytes(self, end: bytes = b"\r\n") -> bytes:
        """The file."""
        return b"".join(row + end for row in self.records)
