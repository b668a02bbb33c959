"""The outbox of a tablet as a file: what comes by USB stick or cable when the network does not."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from gis_capture.errors import SourceError
from gis_capture.store.protocol import Store
from gis_capture.sync.messages import MAX_CHANGES
from gis_capture.sync.push import Clock, NewId, push
from gis_capture.text import Text

MAX_FILE_BYTES = 500_000_000


def push_file(store: Store, path: Path, *, clock: Clock, new_id: NewId) -> dict[str, Any]:
    """Pushes the changes of an outbox file (`gis-capture.push/v1`, gzip or plain), however many there are.

    The file is the message a tablet sends, so a file read twice, or after its changes came by network, adds nothing.

    Returns:
        `gis-capture.receipts/v1`, with the receipts of all changes.

    Raises:
        SourceError: The file is not there, too large or no JSON.
        SyncError: It is no push message, or of another epoch.
    """
    message = _read(path)
    changes = message["changes"] if isinstance(message, dict) and isinstance(message.get("changes"), list) else []
    answers = [
        push(store, {**message, "changes": changes[start : start + MAX_CHANGES]}, clock=clock, new_id=new_id)
        for start in range(0, len(changes), MAX_CHANGES)
    ] or [push(store, message, clock=clock, new_id=new_id)]
    return {**answers[-1], "receipts": [receipt for answer in answers for receipt in answer["receipts"]]}


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if is_gzip else path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) <= MAX_FILE_BYTES:
            return json.loads(content)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error
    raise _unreadable(path, f"> {MAX_FILE_BYTES:,} bytes")


def _unreadable(path: Path, why: str) -> SourceError:
    return SourceError(
        Text(
            f"「{path}」は未送信データのファイルとして読めません({why})。タブレットでもう一度書き出してください。",
            f'"{path}" cannot be read as an outbox ({why}). Write it out again on the tablet.',
        ),
        path=path,
    )
