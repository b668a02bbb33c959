"""Ids of which a spreadsheet has lost digits, told once for each column: 1.23E+15, or zeros behind the 15th digit."""

from gis_capture.ledger.table import Table
from gis_capture.ledger.values.cleaning import is_name_of_ids
from gis_capture.ledger.values.texts import are_plain, damage_of_id, read_text
from gis_capture.model import Problem
from gis_capture.text import Text


def find_digit_damage(table: Table) -> list[Problem]:
    """Finds damaged numbers, the same ones that a conversion tells cell by cell; one problem for a column and kind."""
    problems: list[Problem] = []
    for column, texts in zip(table.columns, table.values, strict=True):
        if are_plain(filter(None, texts)):
            continue
        is_id = is_name_of_ids(column.name)
        rows_of: dict[str, list[int]] = {}
        for index, text in enumerate(texts):
            if text and (code := damage_of_id(text.strip(), is_lot_or_id=is_id)):
                rows_of.setdefault(code, []).append(index)
        for code, found in rows_of.items():
            text = (texts[found[0]] or "").strip()
            note = next(note for note in read_text(text, is_lot_or_id=is_id).notes if note.code == code)
            row, n_more = table.row_numbers[found[0]], len(found) - 1
            ja, en = (f"ほか{n_more:,}件：", f"{n_more:,} more like this: ") if n_more else ("", "")
            problems.append(
                Problem(
                    code,
                    note.severity,
                    Text(f"{ja}{note.message.ja}", f"{en}{note.message.en}"),
                    note.suggestion,
                    row_number=row,
                    column=column.name,
                    cell=table.cell_name(row, column),
                )
            )
    return problems
