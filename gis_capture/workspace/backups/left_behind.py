"""Changes that came after a backup was made: written to files, so that a restore loses none of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.store.geopackage.copies import check_copy, read_change_ids, read_changes
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync.messages import PUSH_FORMAT
from gis_capture.workspace.folder import STORE_NAME


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Changes that a restored store does not hold, and the outbox files they stand in, one for each sender."""

    n_changes: int = 0
    files: tuple[Path, ...] = ()


def write_left_behind(aside: Path, restored: Path, *, at: str) -> LeftBehind:
    """Writes the changes of the store that was put aside which the restored one has not got, as outbox files.

    `gis-capture receive` takes them in again: by value, where their base revision is of the life before.
    """
    known, newest = read_change_ids(restored), check_copy(restored).revision
    by_sender: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for pushed in read_changes(aside / STORE_NAME):
        if pushed.change_id not in known:
            by_sender.setdefault((pushed.device_id, pushed.author), []).append(_by_value(pushed, newest))
    files = []
    for number, ((device_id, author), changes) in enumerate(sorted(by_sender.items()), start=1):
        path = aside / f"changes-{number}-{re.sub(r'[^A-Za-z0-9_-]+', '_', device_id)[:40]}.json"
        message = {"format": PUSH_FORMAT, "device_id": device_id, "author": author, "clock_at": at, "changes": changes}
        # ASCII, as half a surrogate pair in a body is kept as well.
        path.write_text(json.dumps(message), encoding="ascii")
        files.append(path)
    return LeftBehind(sum(map(len, by_sender.values())), tuple(files))


def _by_value(pushed: PushedChange, newest: int) -> Mapping[str, Any]:
    base = pushed.body.get("base_revision") if isinstance(pushed.body, Mapping) else None
    is_beyond = isinstance(base, int) and base > newest
    return {**pushed.body, "base_revision": None} if is_beyond else pushed.body
