"""What the next version of a ledger changes, as a list to read, to sign and to keep: HTML, CSV or a workbook."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from gis_capture.errors import StoreError
from gis_capture.report.export import replacing
from gis_capture.report.table import neutral
from gis_capture.report.update_list_words import COLUMNS, COUNTS, KINDS, RESULTS, TAKES, WORDS
from gis_capture.text import Text

SUFFIXES = (".html", ".csv", ".xlsx")
_WIDTHS = (14, 14, 7, 16, 22, 16, 24, 24, 24, 20)
_MAX_CELL_CHARS = 32_000
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Line = tuple[str, ...]
"""Kind, table, row, key, label, field, last version, this version, in the layer, what happens: `COLUMNS`."""


def write_update_list(path: Path, document: Mapping[str, Any], *, language: str = "ja") -> None:
    """Writes a `gis-capture.update/v1` as a list, in the form that the file's suffix names.

    Raises:
        StoreError: Another suffix, or the file cannot be written.
    """
    check_name(path)
    suffix = path.suffix.lower()
    lines = list(update_lines(document, language=language))
    with replacing(path) as unfinished:
        if suffix == ".html":
            unfinished.write_text(_page(document, lines, language), encoding="utf-8", newline="\n")
        elif suffix == ".csv":
            with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows(map(neutral, line) for line in (_heads(language), *lines))
        else:
            _workbook(document, lines, language).save(unfinished)


def check_name(path: Path) -> None:
    """Stops early what cannot be written at the end.

    Raises:
        StoreError: The suffix is none of `SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise StoreError(
            Text(
                f"一覧のファイル名は {'、'.join(SUFFIXES)} のどれかで終わるようにしてください：「{path.name}」",
                f'The name of the list must end in one of {", ".join(SUFFIXES)}: "{path.name}"',
            ),
            path=path,
        )


def update_lines(document: Mapping[str, Any], *, language: str = "ja") -> Iterator[Line]:
    """Gives one line for each cell that changes and for each row that is new, gone or waits for a person."""
    for row in document["changed"]:
        kind = KINDS["adopted" if row["is_adopted"] else "changed"].in_language(language)
        for change in row["fields"]:
            values = (shown_value(change, side, language) for side in ("old", "new", "now"))
            result = RESULTS[change["result"]].in_language(language)
            yield (kind, *_place(row), row["label"], change["title"], *values, result)
    for row in document["new"]:
        cells = "、".join(f"{one['title']}: {shown_value(one, 'new', language)}" for one in row["fields"])
        yield (KINDS["new"].in_language(language), *_place(row), row["label"], "", "", cells, "", "")
    for row in (*document["removed"], *document["listed"]):
        cells = "、".join(f"{name}: {text}" for name, text in row["texts"].items() if text)
        sides = (cells, "") if row["kind"] == "row_removed" else ("", cells)
        decision = (row["decision"] or {}).get("take", "undecided")
        kind = KINDS[row["kind"]].in_language(language)
        yield (kind, *_place(row), row["label"], "", *sides, "", TAKES[decision].in_language(language))


def shown_value(change: Mapping[str, Any], side: str, language: str) -> str:
    """Writes a value for people: a point as longitude and latitude, nothing as a dash."""
    if change.get("is_hidden"):
        return WORDS["hidden"].in_language(language)
    value = change[side]
    if value is None:
        return "－"
    if isinstance(value, dict):
        return _shown_geometry(value, language)
    if isinstance(value, bool):
        return WORDS["yes" if value else "no"].in_language(language)
    return str(value)


def _shown_geometry(value: Mapping[str, Any], language: str) -> str:
    if value.get("type") == "Point":
        x, y = value["coordinates"][:2]
        return f"{x:.7g}, {y:.7g}" if max(abs(x), abs(y)) > 180 else f"{x:.6f}, {y:.6f}"
    return WORDS["shape"].in_language(language)


def _place(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["table"] or "", str(row["row"]), row["key"]


def _heads(language: str) -> Line:
    return tuple(head.in_language(language) for head in COLUMNS)


def _counts(document: Mapping[str, Any], language: str) -> list[tuple[str, int]]:
    return [(words.in_language(language), document[name]) for name, words in COUNTS.items()]


def _page(document: Mapping[str, Any], lines: Iterable[Line], language: str) -> str:
    return _TEMPLATES.get_template("update_list.html").render(
        language=language,
        words={name: text.in_language(language) for name, text in WORDS.items()},
        base=document["base"],
        key="・".join(document["key_columns"]),
        is_written=document["revision"] is not None,
        counts=_counts(document, language),
        heads=_heads(language),
        lines=list(lines),
        problems=document["problems"],
    )


def _workbook(document: Mapping[str, Any], lines: Iterable[Line], language: str) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(WORDS["list"].in_language(language))
    for number, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, head, is_head=True) for head in _heads(language)])
    for line in lines:
        sheet.append([_cell(sheet, text) for text in line])
    summary = book.create_sheet(WORDS["counts"].in_language(language))
    for name, n_rows in _counts(document, language):
        summary.append([_cell(summary, name), n_rows])
    return book


def _cell(sheet: Any, text: str, *, is_head: bool = False) -> Any:
    storable = "".join(letter for letter in text[:_MAX_CELL_CHARS] if letter.isprintable() or letter == "\n")
    cell = WriteOnlyCell(sheet, storable)
    # What begins like a formula is a text of the ledger.
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_head:
        cell.font = Font(bold=True)
    return cell
