"""Where on the paper a row stands, as its ledger says it."""

import re
from typing import NamedTuple

from gis_capture.paper.ledgers.table import Box

SOURCE_REF = "source_ref"
"""Name of the column that says where a row stands; it comes with the row's texts into the account of the import."""
_REF = re.compile(r"scan:([0-9a-f-]{36})#page=(\d{1,6})&xywh=(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})")


class SourceRef(NamedTuple):
    """A strip of paper: a box on a page of a scanned ledger."""

    scan_id: str
    page: int
    box: Box


def format_ref(ref: SourceRef) -> str:
    """Gives a reference in the notation of media fragments: "scan:ID#page=3&xywh=120,340,2080,50"."""
    left, top, right, bottom = ref.box
    return f"scan:{ref.scan_id}#page={ref.page}&xywh={left},{top},{right - left},{bottom - top}"


def parse_ref(text: str | None) -> SourceRef | None:
    """Reads what `format_ref` gave; None for any other text."""
    found = _REF.fullmatch(text or "")
    if found is None:
        return None
    page, left, top, width, height = map(int, found.groups()[1:])
    return SourceRef(found[1], page, (left, top, left + width, top + height))
