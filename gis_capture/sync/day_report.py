"""The day-end receipt: what each device sent, what became of it, who decided what, and what is left to do."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from gis_capture.model import Attachment, Conflict
from gis_capture.model.label import label_of
from gis_capture.store.protocol import Snapshot, Store
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.codes import MALFORMED_CHANGE

STATUSES = ("applied", "merged", "conflict", "held", "rejected")
OFFICE = "office"


MaySee = Callable[[object], bool]


def day_report(
    store: Store, folder: AttachmentFolder, *, since: str, until: str, may_see: MaySee = lambda layer: True
) -> list[dict[str, Any]]:
    """Counts the changes that came between two instants (UTC "…Z", the second does not belong), by device.

    A device that sent nothing then, but whose photos of an earlier day have not come, is in it too. `may_see` tells by
    the key of a layer, or what stands there in a change that is none, whether its changes are counted.

    Returns:
        `{"device_id", "authors", "n_sent", "n_applied", …, "n_open_conflicts", "n_photos", "n_photos_here",
        "n_photos_missing_before", "last_received_at", "next"}` each; n_sent is the sum of the five statuses. `next` is
        what is left to do: "photos" are still on the tablet, "conflicts", "rejected" and "held" wait for the office.
    """
    with store.snapshot() as snapshot:
        by_device: dict[str, list[PushedChange]] = {}
        others = (one for one in snapshot.sync.other_bodies() if since <= one.received_at < until)
        for pushed in chain(snapshot.sync.changes(received_between=(since, until)), others):
            if pushed.device_id != OFFICE and may_see(_layer_of(pushed)):
                by_device.setdefault(pushed.device_id, []).append(pushed)
        open_changes = {conflict.change_id for _, conflict in snapshot.sync.conflicts(state="open")}
        missing = _missing_before(snapshot, folder, since, may_see)
    devices = sorted(by_device.keys() | missing.keys())
    return [_line(one, by_device.get(one, []), open_changes, folder, len(missing.get(one, ()))) for one in devices]


def _layer_of(pushed: PushedChange) -> object:
    return pushed.body.get("layer") if isinstance(pushed.body, dict) else None


def day_decisions(
    store: Store, *, since: str, until: str, may_see: MaySee = lambda layer: True
) -> list[dict[str, Any]]:
    """Gives what people decided between two instants, oldest first.

    Returns:
        `{"conflict_id", "layer", "feature_id", "label", "field", "take", "author", "decided_at", "note"}` each;
        the label is what people call the feature, "" where it has no name or is deleted.
    """
    with store.snapshot() as snapshot:
        conflicts = (conflict for _, conflict in snapshot.sync.conflicts() if may_see(conflict.layer))
        found = [one for conflict in conflicts for one in _decisions(conflict)]
        of_the_day = [one for one in found if since <= str(one["decided_at"]) < until]
        named = [{**one, "label": _label(snapshot, one["layer"], one["feature_id"])} for one in of_the_day]
    return sorted(named, key=lambda one: str(one["decided_at"]))


def _label(snapshot: Snapshot, key: str, feature_id: str) -> str:
    feature, layer = snapshot.feature(key, feature_id), snapshot.layer(key)
    open_fields = (
        {name: value for name, value in feature.fields.items() if name not in layer.personal_names} if feature else {}
    )
    return label_of(layer, open_fields) or ""


def _decisions(conflict: Conflict) -> Iterator[dict[str, Any]]:
    for clash in conflict.clashes:
        if clash.decision is not None:
            plain = {name: clash.decision.get(name) for name in ("take", "author", "decided_at", "note")}
            about = {"layer": conflict.layer, "feature_id": conflict.feature_id, "field": clash.field}
            yield {"conflict_id": conflict.conflict_id, **about, **plain}


def _missing_before(snapshot: Snapshot, folder: AttachmentFolder, since: str, may_see: MaySee) -> dict[str, set[str]]:
    """Photos of earlier days that have not come, by the device that named them."""
    found: dict[str, set[str]] = {}
    for named in snapshot.sync.named_attachments():
        if may_see(named.layer) and not folder.is_here(named.attachment.sha256):
            pushed = snapshot.sync.change(named.change_id)
            if pushed is not None and pushed.received_at < since:
                found.setdefault(pushed.device_id, set()).add(named.attachment.sha256)
    return found


def _line(
    device_id: str, changes: list[PushedChange], open_changes: set[str], folder: AttachmentFolder, n_missing_before: int
) -> dict[str, Any]:
    counts = Counter[str](pushed.receipt.status for pushed in changes)
    photos = {photo.sha256 for pushed in changes for photo in _photos(pushed)}
    n_here = sum(map(folder.is_here, photos))
    n_open = sum(pushed.change_id in open_changes for pushed in changes)
    left = {
        "photos": len(photos) - n_here + n_missing_before,
        "conflicts": n_open,
        "rejected": counts["rejected"],
        "held": counts["held"],
    }
    return {
        "device_id": device_id,
        "authors": _authors(changes),
        "n_sent": len(changes),
        **{f"n_{status}": counts[status] for status in STATUSES},
        "n_open_conflicts": n_open,
        "n_photos": len(photos),
        "n_photos_here": n_here,
        "n_photos_missing_before": n_missing_before,
        "last_received_at": max((pushed.received_at for pushed in changes), default=None),
        "next": [task for task, n in left.items() if n],
    }


def _authors(changes: Iterable[PushedChange]) -> list[str]:
    return sorted({pushed.author for pushed in changes} - {""})


def _photos(pushed: PushedChange) -> list[Attachment]:
    """Photos a change names; a malformed one may name anything."""
    is_malformed = any(problem.code == MALFORMED_CHANGE for problem in pushed.receipt.problems)
    return [] if is_malformed else [Attachment.from_json(one) for one in pushed.body.get("attachments") or ()]
