"""The day-end receipt: what each device sent, and what became of it."""

from collections import Counter
from typing import Any

from gis_capture.model import Attachment
from gis_capture.store.protocol import Store
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.codes import MALFORMED_CHANGE

STATUSES = ("applied", "merged", "conflict", "held", "rejected")


def day_report(store: Store, folder: AttachmentFolder, *, since: str, until: str) -> list[dict[str, Any]]:
    """Counts the changes that came between two instants (UTC "…Z", the second does not belong), by device.

    Returns:
        `{"device_id", "authors", "n_sent", "n_applied", …, "n_open_conflicts", "n_photos", "n_photos_here",
        "last_received_at"}` each; n_sent is the sum of the five statuses.
    """
    with store.snapshot() as snapshot:
        by_device: dict[str, list[PushedChange]] = {}
        for pushed in snapshot.sync.changes(received_between=(since, until)):
            by_device.setdefault(pushed.device_id, []).append(pushed)
        open_changes = {conflict.change_id for _, conflict in snapshot.sync.conflicts(state="open")}
    return [_line(device_id, changes, open_changes, folder) for device_id, changes in sorted(by_device.items())]


def _line(
    device_id: str, changes: list[PushedChange], open_changes: set[str], folder: AttachmentFolder
) -> dict[str, Any]:
    counts = Counter[str](pushed.receipt.status for pushed in changes)
    photos = {photo.sha256 for pushed in changes for photo in _photos(pushed)}
    return {
        "device_id": device_id,
        "authors": sorted({pushed.author for pushed in changes} - {""}),
        "n_sent": len(changes),
        **{f"n_{status}": counts[status] for status in STATUSES},
        "n_open_conflicts": sum(pushed.change_id in open_changes for pushed in changes),
        "n_photos": len(photos),
        "n_photos_here": sum(map(folder.is_here, photos)),
        "last_received_at": max(pushed.received_at for pushed in changes),
    }


def _photos(pushed: PushedChange) -> list[Attachment]:
    """Photos a change names; a malformed one may name anything."""
    is_malformed = any(problem.code == MALFORMED_CHANGE for problem in pushed.receipt.problems)
    return [] if is_malformed else [Attachment.from_json(one) for one in pushed.body.get("attachments") or ()]
