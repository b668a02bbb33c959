"""What was read of a ledger on paper: its pages, tables and cells, with all that is in doubt about each cell."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from gis_capture.errors import SourceError
from gis_capture.paper import codes
from gis_capture.text import Text

FORMAT = "gis-capture.scanned-ledger/v1"
FILE_NAME = "ledger.json"
MAX_BYTES = 200_000_000
MAX_CELLS = 400_000
MAX_SIDE_PX = 20_000
MAX_TEXT = 2_000

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels of the straightened picture of the page."""
PageState = Literal["read", "no_table"]
ColumnKind = Literal["running", "date", "town", "number", "code", "domain", "text"]

DOUBTS: Mapping[str, Text] = {
    "engines_differ": Text("認識エンジンの結果が一致しません", "the engines read it differently"),
    "one_engine": Text("1つのエンジンでしか読んでいません", "only one engine has read it"),
    "unread": Text("文字らしいものがありますが、読めません", "there is ink, but no engine reads it"),
    "unsure": Text("エンジンの自信が低い結果です", "an engine is not sure of it"),
    "risky_character": Text(
        "間違えやすい文字があります(髙・﨑・〃・㎥・φ など)", "has characters that are often misread"
    ),
    "not_japanese": Text("日本の文字コードにない文字があります", "has characters that Japanese encodings lack"),
    "unusual": Text("この列のほかの値と形が違います", "is of another form than the rest of its column"),
    "free_text": Text("検算できない文字列です", "is text that nothing can be checked against"),
    "no_date": Text("ありえない日付です", "is no possible date"),
    "out_of_order": Text("連番が飛んでいるか、順番が違います", "breaks the running numbers of its column"),
    "unknown_town": Text("町名の辞書にありません", "is no town of the address dictionary"),
    "sum_differs": Text("合計が合いません", "does not agree with the sum"),
    "covered": Text("印影や折り目が文字に重なっています", "a stamp or a fold lies over it"),
    "crossed_out": Text("取り消し線があるようです", "seems to be crossed out"),
    "small": Text("文字が小さすぎるか、かすれています", "its letters are too small or faint"),
    "several_cells": Text("罫線がはっきりせず、区切りに自信がありません", "where the cell ends is not clear"),
}
"""Codes of what can be in doubt about a cell."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page, straightened.

    Attributes:
        number: From 1, in the file.
        picture: Name of the file with the straightened page, beside the ledger.
        dpi: Of the straightened picture; as the file says it, else as the size of a sheet of paper suggests.
        turned_deg: By what it was turned upright, clockwise: 0, 90, 180, 270.
        skew_deg: By what it was turned then, so that its lines are level.
        seconds: That reading it took.
    """

    number: int
    width_px: int
    height_px: int
    picture: str
    dpi: float
    turned_deg: int = 0
    skew_deg: float = 0.0
    state: PageState = "read"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one engine makes of one cell."""

    engine: str
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ScannedCell:
    """A cell.

    Attributes:
        row: From 0, in the whole table, header rows included; rows go on over the pages of a table.
        column: From 0.
        readings: One of each engine; none where the cell holds no ink.
        proposal: The likeliest text; "" for an empty cell.
        doubts: Codes of `DOUBTS`.
        is_accepted: Nobody needs to look: the engines agree, a check of its column confirms it, no letter is risky.
    """

    row: int
    column: int
    page: int
    box: Box
    row_span: int = 1
    column_span: int = 1
    readings: tuple[Reading, ...] = ()
    proposal: str = ""
    doubts: tuple[str, ...] = ()
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class ScannedTable:
    """One table, over all the pages that it runs on; headers that later pages repeat are left out.

    Attributes:
        cells: In the order of rows, then columns.
        header_rows: How many rows at the top are the header.
        kinds: Of its columns: what their values are checked by.
        title: What stands above it on the paper, joined.
    """

    n_rows: int
    n_columns: int
    header_rows: int
    cells: tuple[ScannedCell, ...]
    kinds: tuple[ColumnKind, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class ScannedLedger:
    """All that was read of a file.

    Attributes:
        engines: That have read it.
    """

    pages: tuple[ScannedPage, ...]
    tables: tuple[ScannedTable, ...]
    engines: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Gives the document that `from_json` reads."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, document: Any) -> "ScannedLedger":
        """Reads what `to_json` gives.

        Raises:
            ValueError: It is no such document, or something in it cannot be.
        """
        try:
            if document["format"] != FORMAT:
                raise ValueError(f"format {document['format']!r} instead of {FORMAT!r}")
            pages = tuple(_page(one) for one in document["pages"])
            tables = tuple(_table(one) for one in document["tables"])
            engines = tuple(map(str, document["engines"]))
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise ValueError(f"not a scanned ledger: {error}") from error
        if sum(len(table.cells) for table in tables) > MAX_CELLS:
            raise ValueError(f"more than {MAX_CELLS:,} cells")
        sizes = {page.number: (page.width_px, page.height_px) for page in pages}
        for cell in (cell for table in tables for cell in table.cells):
            left, top, right, bottom = cell.box
            width, height = sizes.get(cell.page, (0, 0))
            if not (0 <= left <= right <= width and 0 <= top <= bottom <= height):
                raise ValueError(f"box {cell.box} is not on page {cell.page}")
        return cls(pages, tables, engines)


def write_ledger(ledger: ScannedLedger, folder: Path) -> Path:
    """Writes `ledger.json`, whole or not at all."""
    path = folder / FILE_NAME
    unfinished = path.with_suffix(".json.new")
    unfinished.write_text(json.dumps(ledger.to_json(), ensure_ascii=False), encoding="utf-8")
    unfinished.replace(path)
    return path


def read_ledger(folder: Path) -> ScannedLedger:
    """Reads what `write_ledger` wrote.

    Raises:
        SourceError: There is none, it is too large, or it is no such document.
    """
    path = folder / FILE_NAME
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES:,} bytes")
        return ScannedLedger.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(
            Text(
                f"読み取った台帳「{path}」が壊れています({error})。もう一度読み取ってください。",
                f'What was read of a ledger, "{path}", is damaged ({error}): read the scan again.',
            ),
            path=path,
            code=codes.SCAN_DAMAGED,
        ) from error


def _page(document: Mapping[str, Any]) -> ScannedPage:
    page = ScannedPage(**document)
    if not (0 < page.width_px <= MAX_SIDE_PX and 0 < page.height_px <= MAX_SIDE_PX):
        raise ValueError(f"page {page.number} of {page.width_px} × {page.height_px} pixels")
    if "/" in page.picture or "\\" in page.picture or page.picture.startswith("."):
        raise ValueError(f"picture {page.picture!r} is not a file beside")
    return page


def _table(document: Mapping[str, Any]) -> ScannedTable:
    cells = tuple(cell_from_json(one) for one in document["cells"])
    table = replace(ScannedTable(**document), cells=cells, kinds=tuple(document["kinds"]))
    for cell in cells:
        is_inside = 0 <= cell.row < cell.row + cell.row_span <= table.n_rows
        if not (is_inside and 0 <= cell.column < cell.column + cell.column_span <= table.n_columns):
            raise ValueError(f"cell {cell.row}, {cell.column} is outside of its table")
    return table


def cell_from_json(document: Mapping[str, Any]) -> ScannedCell:
    """Reads one cell.

    Raises:
        ValueError: Something in it cannot be.
    """
    cell = ScannedCell(**document)
    readings = tuple(Reading(**one) for one in document["readings"])
    if max(map(len, (cell.proposal, *(one.text for one in readings)))) > MAX_TEXT:
        raise ValueError(f"cell {cell.row}, {cell.column} has more than {MAX_TEXT:,} letters")
    left, top, right, bottom = map(int, cell.box)
    return replace(cell, box=(left, top, right, bottom), readings=readings, doubts=tuple(map(str, cell.doubts)))
