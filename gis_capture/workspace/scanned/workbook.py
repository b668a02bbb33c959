"""The cells that wait as an Excel workbook with their pictures, and the decisions that come back in it."""

import io
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from gis_capture.errors import SourceError
from gis_capture.paper.ledgers.table import DOUBTS
from gis_capture.text import Text
from gis_capture.workspace.scanned.decisions import Choice, Place
from gis_capture.workspace.scanned.ledgers import ScannedLedgers
from gis_capture.workspace.scanned.strips import cut_strip, open_page

SHEET = "確認"
MAX_ROWS = 2_000
"""Of one workbook: a picture each; the rest comes when these are decided."""
MAX_BYTES = 300_000_000
_HEADS = ("表", "行", "列", "画像", "候補1", "候補2", "候補3", "迷った理由", "正しい値", "確認(○)", "鍵")
_VALUE, _MARK, _KEY = 9, 10, 11
_WIDTHS = (6, 6, 18, 42, 18, 18, 18, 30, 24, 10, 12)
_PICTURE_PX = (280, 44)
_LEAD = (
    "「正しい値」を直すか、そのままでよければ「確認」に ○ を付けて保存し、gis-capture paper import で戻します。"
    " Correct the value, or mark a right one with ○, save, and bring it back by gis-capture paper import."
)


def write_workbook(ledgers: ScannedLedgers, scan_id: str, path: Path) -> int:
    """Writes the cells that wait, each with its picture; gives how many are left for another workbook.

    Raises:
        SourceError: There is no such ledger, or it is not read.
    """
    review = ledgers.review(scan_id)
    places = review.open_places()
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = SHEET
    sheet.append([_LEAD])
    sheet.append(list(_HEADS))
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(2, column).font = Font(bold=True)
    page_number, page = 0, Image.new("RGB", (1, 1))
    titles = [review.column_titles(number) for number in range(len(review.ledger.tables))]
    for line, place in enumerate(places[:MAX_ROWS], 3):
        cell = review.by_place[place]
        texts = list(dict.fromkeys([cell.proposal, *(one.text for one in cell.readings)]))[:3]
        title = titles[place.table][place.column] or f"{place.column + 1}"
        doubts = "、".join(DOUBTS[code].ja for code in cell.doubts if code in DOUBTS)
        key = f"{scan_id} {place.table}/{place.row}/{place.column} {len(review.decisions)}"
        values = [f"{place.table + 1}", f"{place.row + 1}", title, "", *texts, *[""] * (3 - len(texts)), doubts]
        for column, text in enumerate([*values, cell.proposal, "", key], 1):
            _put(sheet, line, column, text)
        sheet.row_dimensions[line].height = 36
        if cell.page != page_number:
            page_number, page = cell.page, open_page(ledgers.page(scan_id, cell.page)[0])
        picture = SheetImage(io.BytesIO(cut_strip(page, cell.box)))
        share = min(_PICTURE_PX[0] / picture.width, _PICTURE_PX[1] / picture.height)
        picture.width, picture.height = round(picture.width * share), round(picture.height * share)
        sheet.add_image(picture, f"D{line}")
    for column in (_VALUE, _MARK):
        for line in range(3, 3 + len(places[:MAX_ROWS])):
            sheet.cell(line, column).fill = PatternFill("solid", fgColor="FFF7CC")
    sheet.column_dimensions[get_column_letter(_KEY)].hidden = True
    sheet.freeze_panes = "A3"
    book.save(path)
    return len(places) - len(places[:MAX_ROWS])


def read_workbook(ledgers: ScannedLedgers, path: Path) -> tuple[str, list[Choice], int]:
    """Reads the decisions in a workbook that came back: its ledger, the choices, how many decisions it had seen.

    A row counts where its value was changed, or where it is marked.

    Raises:
        SourceError: It is no such workbook.
    """
    found: dict[str, list[Choice]] = {}
    seen: list[int] = []
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"> {MAX_BYTES:,} bytes")
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            for value, mark, key in _lines(book[SHEET]):
                scan_id, cell, n_seen = key.split(" ")
                place = Place(*map(int, cell.split("/")))
                proposal = ledgers.review(scan_id).by_place[place].proposal
                choices = found.setdefault(scan_id, [])
                seen.append(int(n_seen))
                if mark or value != proposal:
                    choices.append(Choice(place, value))
        finally:
            book.close()
        if len(found) != 1:
            raise ValueError(f"{len(found)} ledgers")
    except SourceError:
        raise
    except Exception as error:
        # Whatever Excel, or somebody's hand, made of it.
        raise SourceError(
            Text(
                f"「{path.name}」は確認用のブックとして読めません({error})。"
                "paper export で書き出したものを、鍵の列を消さずに使ってください。",
                f'"{path.name}" is no workbook of cells to confirm ({error}): use one of paper export, its keys kept.',
            ),
            path=path,
            code="scanned_workbook",
        ) from error
    ((scan_id, choices),) = found.items()
    return scan_id, choices, min(seen)


def _lines(sheet: Worksheet) -> Iterator[tuple[str, str, str]]:
    for line in sheet.iter_rows(min_row=3, max_row=2 + MAX_ROWS, max_col=_KEY, values_only=True):
        value, mark, key = (_text(line[column - 1]) if len(line) >= column else "" for column in (_VALUE, _MARK, _KEY))
        if key:
            yield value, mark, key


def _text(value: object) -> str:
    """A value as it was typed: a whole number has no point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _put(sheet: Worksheet, line: int, column: int, text: str) -> None:
    cell = sheet.cell(line, column, ILLEGAL_CHARACTERS_RE.sub("", text))
    # "=" at the beginning is no formula, and "0012" no number.
    cell.data_type, cell.number_format = "s", "@"
    cell.alignment = Alignment(vertical="center", wrap_text=True)
