"""Push: a tablet's changes come in, every one of them gets a receipt that is durable before it is sent."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from shapely import Geometry

from gis_capture.model import Receipt
from gis_capture.store.protocol import Author, FeatureQuery, Store, Transaction
from gis_capture.sync import codes
from gis_capture.sync.apply import Applier
from gis_capture.sync.intake import Intake, Known
from gis_capture.sync.messages import RECEIPTS_FORMAT, check_push, feature_of
from gis_capture.sync.swaps import groups_of

Clock = Callable[[], str]
NewId = Callable[[], str]


def push(
    store: Store,
    message: Mapping[str, Any],
    *,
    clock: Clock,
    new_id: NewId,
    may_write_personal: bool = True,
    may_read: Callable[[str], bool] = lambda layer: True,
    may_edit: Callable[[str], bool] = lambda layer: True,
    lies_in: Callable[[str], Callable[[Geometry | None], bool]] | None = None,
    withheld: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Takes a push in; all of it is one transaction and one revision, yet no change depends on another being good.

    Args:
        store: Where the changes go.
        message: `gis-capture.push/v1`, parsed.
        clock: Gives the time, UTC "…Z".
        new_id: Gives a fresh UUID.
        may_write_personal: Whether the sender may write fields with personal data.
        may_read: Tells by its key whether the sender sees a layer; others are unknown to it.
        may_edit: Tells the same of editing it.
        lies_in: Tells by a layer's CRS whether a geometry is in the area of the sender; None = no such limit.
        withheld: Photos, by SHA-256, that are here and that the sender may not see.

    Returns:
        `gis-capture.receipts/v1`.

    Raises:
        SyncError: The message as a whole is not of the protocol, or names another epoch (code `epoch_changed`).
    """
    check_push(message)
    if message.get("epoch") not in (None, store.epoch):
        raise codes.error(codes.EPOCH_CHANGED)
    at = clock()
    device_id, name = (_text(message.get(key)) for key in ("device_id", "author"))
    with store.transact(Author(device_id, name), at=at, note="push") as transaction:
        seen = {layer.key: layer for layer in store.layers() if may_read(layer.key)}
        layers = {key: layer for key, layer in seen.items() if may_edit(key)}
        read_only = seen.keys() - layers.keys()
        applier = Applier(transaction, layers, new_id, may_write_personal, lies_in=lies_in, read_only=read_only)
        applier.prepare()
        _read_ahead(transaction, layers, message["changes"])
        intake = Intake(applier, device_id, name, at, Known.read(transaction.sync, message["changes"]), withheld)
        receipts = _take_all(intake, message["changes"], groups_of(layers, message["changes"]))
        for number, receipt in enumerate(receipts):
            if receipt.status == "held" and receipt.change_id is not None:
                now = transaction.sync.change(receipt.change_id)
                receipts[number] = now.receipt if now else receipt

    return {
        "format": RECEIPTS_FORMAT,
        "epoch": store.epoch,
        "revision": store.revision(),
        "clock_at": clock(),
        "receipts": [receipt.to_json() for receipt in receipts],
    }


def _take_all(intake: Intake, bodies: Sequence[Any], groups: Sequence[Sequence[int]]) -> list[Receipt]:
    """Takes changes in the order they came, those of a group together where its last one stands."""
    by_last = {max(group): group for group in groups}
    places = {place for group in groups for place in group}
    receipts: dict[int, Receipt] = {}
    for number, body in enumerate(bodies):
        if number in by_last:
            group = by_last[number]
            receipts.update(zip(group, intake.take_together([bodies[place] for place in group]), strict=True))
        elif number not in places:
            receipts[number] = intake.take(body)
    return [receipts[number] for number in range(len(bodies))]


def _read_ahead(transaction: Transaction, layers: Container[str], bodies: Iterable[Any]) -> None:
    """Reads the features that changes are about in one go; the transaction keeps them at hand."""
    wanted: dict[str, dict[str, None]] = {}
    for layer, feature_id in filter(None, map(feature_of, bodies)):
        if layer in layers:
            wanted.setdefault(layer, {})[feature_id] = None
    for layer, ids in wanted.items():
        for _ in transaction.features(layer, FeatureQuery(feature_ids=list(ids))):
            pass


def _text(value: str | None) -> str:
    """A name as any store can hold it: without half a surrogate pair, and without NUL."""
    return (value or "").encode("utf-8", "replace").decode().replace("\0", "")
