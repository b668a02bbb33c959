"""Records of a fixed length, cut by bytes as a layout says, before anything is decoded."""

from collections.abc import Callable, Iterator

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.fixed.ebcdic import EBCDIC, CodePage, code_page
from gis_capture.ledger.drivers.fixed.layout import Layout, LayoutField, layout_beside, read_layout
from gis_capture.ledger.drivers.fixed.numbers import read_number
from gis_capture.ledger.opening import Opened, broken, size_text, too_large
from gis_capture.ledger.table import Reading, SkippedRow, Table
from gis_capture.model import Problem
from gis_capture.text import Text

_MAX_BYTES = 1 << 30
_MAX_PROBLEMS = 200
_ENDS = {"crlf": b"\r\n", "lf": b"\n", "fixed": b""}


def accepts(opened: Opened) -> bool:
    """Whether a layout was given, or lies beside the source."""
    return opened.layout is not None or (opened.path.is_file() and layout_beside(opened.path) is not None)


def read(opened: Opened) -> Reading:
    """Reads the records; a row number is the number of the record."""
    path = opened.layout or layout_beside(opened.path)
    assert path is not None
    return _read(opened, read_layout(path))


def _read(opened: Opened, layout: Layout) -> Reading:
    if opened.size_bytes > _MAX_BYTES:
        raise too_large(opened.path, size_text(opened.size_bytes), size_text(_MAX_BYTES))
    page = code_page(layout.encoding, opened.path) if layout.encoding in EBCDIC else None
    data = opened.path.read_bytes()
    problems: list[Problem] = []
    records = list(_records(opened, layout, data, problems))
    cutter = _Cutter(layout, page, problems)
    rows = list(range(1, len(records) + 1))
    skipped: list[SkippedRow] = []
    if layout.where is not None:
        name, wanted = layout.where
        field = next(field for field in layout.fields if field.name == name)
        kinds = [cutter.text(field, record, None) for record in records]
        skipped = [SkippedRow(n, "other_record_kind") for n, kind in enumerate(kinds, start=1) if kind != wanted]
        rows = [n for n, kind in enumerate(kinds, start=1) if kind == wanted]
    values = tuple([cutter.text(field, records[n - 1], n) for n in rows] for field in layout.fields)
    source = opened.source("fixed-width", layout.encoding)
    table = Table(
        name=opened.path.stem,
        source=source,
        sheet=None,
        header_rows=(),
        columns=columns_of([field.name for field in layout.fields]),
        row_numbers=rows,
        values=values,
        skipped=tuple(skipped),
    )
    return Reading(source, (table,), tuple(problems))


def _records(opened: Opened, layout: Layout, data: bytes, problems: list[Problem]) -> Iterator[bytes]:
    kind = layout.records or _found_kind(layout, data)
    pieces = _described(opened, data, kind) if kind in ("rdw", "bdw") else _counted(layout, data, _ENDS[kind])
    n = 0
    for n, record in enumerate(pieces, start=1):
        if n > opened.limits.max_rows:
            raise too_large(opened.path, f"{n:,} records", f"{opened.limits.max_rows:,} records")
        if len(record) != layout.record_bytes and kind != "rdw" and kind != "bdw" and len(problems) < _MAX_PROBLEMS:
            problems.append(_odd_length(n, len(record), layout.record_bytes))
        yield record


def _found_kind(layout: Layout, data: bytes) -> str:
    end = layout.record_bytes
    if data[end : end + 2] == b"\r\n":
        return "crlf"
    return "lf" if data[end : end + 1] == b"\n" else "fixed"


def _counted(layout: Layout, data: bytes, end: bytes) -> Iterator[bytes]:
    """Cuts by length; a record without its end where it should be reaches up to the next end."""
    # The mark that ends a file under MS-DOS is no record.
    n = len(data) - (1 if data.endswith(b"\x1a") else 0)
    at, length = 0, layout.record_bytes
    while at < n:
        stop = min(at + length, n)
        if end and data[stop : stop + len(end)] != end and stop < n:
            found = data.find(end, at)
            stop = found if found >= 0 else n
        yield data[at:stop]
        at = stop + len(end)


def _described(opened: Opened, data: bytes, kind: str) -> Iterator[bytes]:
    """Cuts by record descriptor words: two bytes length, themselves counted, and two of zero; so do blocks."""
    at, block_end = 0, 0 if kind == "bdw" else len(data)
    while at < len(data):
        if at >= block_end:
            block_end = at + int.from_bytes(data[at : at + 2], "big")
            at += 4
            if block_end > len(data) or block_end < at + 4:
                raise broken(opened.path, Text(f"{at - 4:,}バイト目のブロック長", f"block length at byte {at - 4:,}"))
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 4 or at + length > block_end:
            raise broken(opened.path, Text(f"{at:,}バイト目のレコード長", f"record length at byte {at:,}"))
        yield data[at + 4 : at + length]
        at += length


class _Cutter:
    """Cuts fields out of records; what does not fit is kept as it is and told."""

    def __init__(self, layout: Layout, page: CodePage | None, problems: list[Problem]) -> None:
        self.problems = problems
        self.is_ebcdic = page is not None
        self.decode = _decoder(layout.encoding, page)
        self.decode_kanji: Callable[[bytes], tuple[str, bool]] = page.decode_kanji if page else self.decode
        self.blank = b"\x40" if page else b" "

    def text(self, field: LayoutField, record: bytes, row: int | None) -> str | None:
        raw = record[field.start : field.end]
        if field.kind != "binary" and not raw.strip(self.blank + b"\0"):
            return None
        if field.kind in ("zoned", "digits", "packed", "binary"):
            if len(raw) == field.n_bytes:
                number = read_number(raw, field.kind, field.decimals, is_ebcdic=self.is_ebcdic)
                if number is not None:
                    return number or None
            self._tell(codes.FIELD_NOT_READ, field, row, f"x'{raw.hex().upper()}'")
            return f"x'{raw.hex().upper()}'"
        text, fits = (self.decode_kanji if field.kind == "kanji" else self.decode)(raw)
        text = text.replace("\0", "").strip(" \u3000")
        if not fits:
            self._tell(codes.TEXT_CUT_OFF, field, row, text)
        elif "〓(" in text:
            self._tell(codes.BYTES_NOT_DECODED, field, row, text)
        return text or None

    def _tell(self, code: str, field: LayoutField, row: int | None, found: str) -> None:
        if row is not None and len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(_damaged(code, field, row, found))


def _decoder(encoding: str, page: CodePage | None) -> Callable[[bytes], tuple[str, bool]]:
    if page is not None:
        return page.decode

    def decode(raw: bytes) -> tuple[str, bool]:
        try:
            return raw.decode(encoding), True
        except UnicodeDecodeError:
            return raw.decode(encoding, "backslashreplace"), False

    return decode


def _damaged(code: str, field: LayoutField, row: int, found: str) -> Problem:
    place = f"{field.start + 1}-{field.end}"
    if code == codes.FIELD_NOT_READ:
        told = Text(
            f"{place}バイト目の{found}は{field.kind}の数ではありません。そのまま残しました。",
            f"{found} at bytes {place} is no number of the type {field.kind}; it was kept as it is.",
        )
        advice = Text("レイアウトの位置と型を確かめてください。", "Check place and type in the layout.")
    elif code == codes.BYTES_NOT_DECODED:
        told = Text(
            f"「{found}」（{place}バイト目）に外字があります。〓とコードで残しました。",
            f'"{found}" (bytes {place}) holds a character of the office\'s own; 〓 and its code were kept.',
        )
        advice = Text("正しい文字を確かめて直してください。", "Look up the character and mend the value.")
    else:
        told = Text(
            f"「{found}」（{place}バイト目）の文字が途中で切れています。",
            f'A letter of "{found}" (bytes {place}) is cut off.',
        )
        advice = Text("レイアウトの位置と文字コードを確かめてください。", "Check place and encoding in the layout.")
    return Problem(code, "warning", told, advice, row_number=row, column=field.name)


def _odd_length(row: int, found: int, wanted: int) -> Problem:
    return Problem(
        codes.RECORD_LENGTH,
        "warning",
        Text(
            f"{row:,}件目は{found:,}バイトで、レイアウトの{wanted:,}バイトと違います。",
            f"Record {row:,} has {found:,} bytes, not the {wanted:,} of the layout.",
        ),
        Text("レイアウトのレコード長と区切りを確かめてください。", "Check record_bytes and records in the layout."),
        row_number=row,
    )


DRIVER = Driver("fixed-width", (".dat", ".txt", ".bin", ".prn", ".seq", ".fix", ".asc", ".ebc", ""), accepts, read)
