"""Who wrote the values that a change clashes with."""

from collections.abc import Iterable
from typing import Any

from gis_capture.model import Clash, Feature, Kind
from gis_capture.store.protocol import Transaction
from gis_capture.sync.history import step_of


def writer_of(transaction: Transaction, stored: Feature, clashes: Iterable[Clash], kind: Kind) -> dict[str, Any]:
    """Gives who last wrote one of the clashing values: not who last wrote the feature, which may be somebody else.

    Args:
        transaction: Where the change is applied.
        stored: The feature as the change met it, or as it was last; the `revision` of a deleted one deleted it.
        clashes: What clashes.
        kind: What the others had done.

    Returns:
        `{"device_id", "author", "made_at", "received_at", "position", "photos"}`; the time and place are those of the
        change, where there is one, and the photos those that the feature had.
    """
    names = {clash.field for clash in clashes}
    revision = stored.revision if kind == "delete" else _revision_of(transaction, stored, names)
    author, at = transaction.author_of(revision)
    made_at, position = at, None
    for pushed in transaction.sync.changes(layer=stored.layer, feature_id=stored.feature_id):
        if pushed.receipt.revision == revision and pushed.device_id == author.device_id:
            made_at, position = pushed.body.get("made_at") or at, pushed.body.get("position")
    return {
        "device_id": author.device_id,
        "author": author.name,
        "made_at": made_at,
        "received_at": at,
        "position": position,
        "photos": [photo.to_json() for photo in stored.attachments],
    }


def _revision_of(transaction: Transaction, stored: Feature, names: set[str]) -> int:
    """The newest revision that wrote one of these values."""
    after = stored
    for _, before in reversed(transaction.history(stored.layer, stored.feature_id)):
        step = step_of(before, after)
        written = {one["field"] for one in step["fields"]}
        written |= {"geometry"} if step["geometry"] else set()
        written |= {"attachments"} if step["attached"] or step["detached"] else set()
        if written & names:
            break
        after = before
    return after.revision
