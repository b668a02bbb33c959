"""Makes `v<version>.gpkg` of the present format, to be kept when the format changes.

`python -m tests.store.geopackage.versions.make`, before the version is raised; a file that is there is never made anew,
because only the code of its time writes what it held.
"""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from gis_capture.store import SourceRow, open_store
from gis_capture.store.geopackage.format_version import FORMAT_VERSION
from gis_capture.store.source_rows import blocks_of
from gis_capture.sync.push import push
from tests.store.lamps import AT, LAMPS, OFFICE, lamp
from tests.sync.tablets import new_ids

FOLDER = Path(__file__).resolve().parent
PHOTO = {"sha256": "ab" * 32, "name": "1.jpg", "size_bytes": 3, "media_type": "image/jpeg"}


def change(change_id: str, feature_id: str, kind: str, **more: Any) -> dict[str, Any]:
    """A change of a tablet that saw revision 1."""
    body = {"change_id": change_id, "layer": "lamp", "feature_id": feature_id, "kind": kind, "base_revision": 1}
    return {**body, "fields": {}, "made_at": AT, **more}


def fill(path: Path) -> None:
    """Writes one of everything a store holds: features, history, an import, receipts of each kind, a conflict."""
    store = open_store(path, create=True, epoch="epoch-of-old")
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAMPS)
        transaction.insert(lamp(name, x=137 + n / 10, number=name) for n, name in enumerate("abcd"))
        record = {"import_id": "i-1", "source_name": "街路灯.csv", "layer": "lamp"}
        transaction.put_import(record, blocks_of([SourceRow(2, "loaded", None, "a", {"番号": "a"}, "t")]))
    ids = new_ids(1)
    message: dict[str, Any] = {"format": "gis-capture.push/v1", "clock_at": AT, "author": "班員"}
    broken = {"status": {"old": "点灯", "new": "球切れ"}}
    for device_id, changes in {
        "tablet-1": [
            change("c-1", "a", "update", fields=broken, attachments=[PHOTO]),
            change("c-2", "b", "delete"),
            change("c-3", "e", "insert", base_revision=None, fields={"number": {"new": "e"}}),
        ],
        "tablet-2": [
            change("c-4", "a", "update", fields={"status": {"old": "点灯", "new": None}}),
            change("c-5", "c", "update", after="c-0", fields=broken),
            change("c-6", "x", "update", fields=broken),
            change("c-1", "d", "update", fields=broken),
        ],
    }.items():
        push(
            store,
            {**message, "device_id": device_id, "changes": changes},
            clock=lambda: AT,
            new_id=lambda: next(ids),
        )
    store.close()


def main() -> None:
    """Writes the file, small and in one piece."""
    target = FOLDER / f"v{FORMAT_VERSION}.gpkg"
    if target.exists():
        sys.exit(f"{target} is there already.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.gpkg"
        fill(path)
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("PRAGMA page_size = 1024")
            database.execute("VACUUM INTO ?", (str(target),))


if __name__ == "__main__":
    main()
