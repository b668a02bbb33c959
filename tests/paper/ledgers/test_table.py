"""What was read of a ledger is kept as JSON, and damaged documents are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from gis_capture.errors import SourceError
from gis_capture.paper.ledgers.table import (
    FILE_NAME,
    Reading,
    ScannedCell,
    ScannedLedger,
    ScannedPage,
    ScannedTable,
    read_ledger,
    write_ledger,
)


def _ledger() -> ScannedLedger:
    cells = (
        ScannedCell(0, 0, 1, (10, 10, 90, 40), column_span=2, proposal="位置", is_accepted=True),
        ScannedCell(1, 0, 1, (10, 40, 50, 70), readings=(Reading("rapidocr", "高山", 0.98),), doubts=("one_engine",)),
        ScannedCell(1, 1, 2, (50, 10, 90, 40)),
    )
    pages = tuple(ScannedPage(n, 100, 80, f"page-{n}.png", 300.0, 90, -0.4) for n in (1, 2))
    return ScannedLedger(pages, (ScannedTable(2, 2, 1, cells, ("text", "date"), "台帳"),), ("rapidocr", "tesseract"))


def test_a_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Nothing is lost on the way through the file."""
    write_ledger(_ledger(), tmp_path)

    assert read_ledger(tmp_path) == _ledger()


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (["format"], "gis-capture.scanned-ledger/v9"),
        (["pages", 0, "picture"], "../secrets/key.png"),
        (["pages", 0, "width_px"], 10_000_000),
        (["tables", 0, "cells", 0, "box"], [10, 10, 9000, 40]),
        (["tables", 0, "cells", 0, "column_span"], 3),
        (["tables", 0, "cells", 1, "readings", 0, "text"], "あ" * 3_000),
        (["tables", 0, "cells", 2, "page"], 3),
        (["tables"], None),
    ],
)
def test_a_damaged_document_is_refused(tmp_path: Path, where: list[Any], value: Any) -> None:
    """Another version, a path out of the folder, boxes beside the page, cells beside the table, endless texts."""
    document = json.loads(json.dumps(_ledger().to_json()))
    inner = document
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    (tmp_path / FILE_NAME).write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(SourceError) as refusal:
        read_ledger(tmp_path)
    assert refusal.value.subject["code"] == "scan_damaged"
