"""JSON lists of records, as open data portals and form services give them."""

import json
import re
from typing import Any

from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import Opened, broken, size_text, too_large
from gis_capture.ledger.table import Reading, Table

_MAX_BYTES = 128 << 20
_START = re.compile(rb'(?:\[\s*)?\{\s*["}]')


def accepts(opened: Opened) -> bool:
    """Whether the text begins as a JSON list of objects or as an object."""
    head = opened.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return _START.match(head) is not None


def read(opened: Opened) -> Reading:
    """Reads the list of records, or the longest one an object holds; a row number is the place in the list."""
    if opened.size_bytes > _MAX_BYTES:
        raise too_large(opened.path, size_text(opened.size_bytes), size_text(_MAX_BYTES))
    try:
        document = json.loads(opened.path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise broken(opened.path, str(error)[:200]) from error
    records = _records(document)
    source = opened.source("json", "utf-8")
    if not records:
        return Reading(source, ())
    flat = [_flatten(record) for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    opened.check_size(len(flat), len(names))
    table = Table(
        name=opened.path.stem,
        source=source,
        sheet=None,
        header_rows=(),
        columns=columns_of(names),
        row_numbers=range(1, len(flat) + 1),
        values=tuple([_text(record.get(name)) for record in flat] for name in names),
    )
    return Reading(source, (table,))


def _records(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, list):
        return [item for item in document if isinstance(item, dict)]
    if not isinstance(document, dict):
        return []
    lists = [_records(value) for value in document.values() if isinstance(value, (list, dict))]
    return max(lists, key=len, default=[])


def _flatten(record: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Brings objects inside a record to the top, their names joined by "/" (at most four deep)."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and above.count("/") < 4:
            flat |= _flatten(value, f"{above}{key}/")
        else:
            flat[f"{above}{key}"] = value
    return flat


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return None if value.isspace() else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list):
        return ",".join(text for item in value if (text := _text(item)))
    return json.dumps(value, ensure_ascii=False)


DRIVER = Driver("json", (".json", ".jsonl"), accepts, read)
