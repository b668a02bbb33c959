"""Takes changes in as they come: knows repeats, holds what came too early, keeps every body with its receipt."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gis_capture.model import STORED, Change, Receipt, canonical_hash, long_integers
from gis_capture.store.sync_records import NamedAttachment, PushedChange, SyncRecords
from gis_capture.sync import codes
from gis_capture.sync.apply import Applier
from gis_capture.sync.messages import change_id_of, change_problem, kept_body


@dataclass(slots=True)
class Known:
    """What the records hold, read once for many changes.

    Attributes:
        ids: Of the changes at hand, those under which something has come.
        has_held: Whether any change is held.
    """

    ids: set[str]
    has_held: bool

    @classmethod
    def read(cls, records: SyncRecords, bodies: Iterable[Any]) -> "Known":
        """Asks the records about some bodies."""
        ids = records.change_ids([change_id for change_id in map(change_id_of, bodies) if change_id])
        return cls(ids, next(iter(records.changes(statuses=("held",))), None) is not None)


@dataclass(frozen=True, slots=True)
class Intake:
    """The door through which one sender's changes come, in one transaction.

    Attributes:
        known: What was asked beforehand; without it the records are asked about each change.
        withheld: Photos, by SHA-256, that the sender may not see: naming one must not make it the sender's.
    """

    applier: Applier
    device_id: str
    author: str
    received_at: str
    known: Known | None = None
    withheld: frozenset[str] = frozenset()

    def take(self, body: Any) -> Receipt:
        """Takes one change; nothing it may hold stops those after it.

        The receipt of a held change may change while others are taken: ask the records again at the end.
        """
        records = self._records
        change_id, problem = change_id_of(body), change_problem(body)
        rejected = Receipt(change_id, "rejected", problems=(problem,) if problem else ())
        pushed = self._pushed(kept_body(body) if problem else body, rejected)
        is_new = self.known is not None and change_id not in self.known.ids
        known = records.change(change_id) if change_id and not is_new else None
        is_same = known is not None and known.sha256 == pushed.sha256
        if known is not None and is_same and long_integers(known.body) == long_integers(pushed.body):
            return known.receipt
        if known is not None:
            reused = codes.problem(codes.CHANGE_ID_REUSED)
            pushed = replace(pushed, receipt=Receipt(change_id, "rejected", problems=(reused,)))
        if known is not None or change_id is None:
            records.keep_body(pushed)
        elif problem is not None:
            self._put(pushed)
        else:
            return self.process(pushed)
        return pushed.receipt

    def take_together(self, bodies: Sequence[Any]) -> list[Receipt]:
        """Takes changes that pass unique values on to each other: all of them, or each for itself as they stand.

        Between two of them a value may stand twice; after the last one none does.
        """
        try:
            with self.applier.transaction.savepoint():
                group = replace(self, applier=replace(self.applier, is_unique_later=True))
                receipts = [group.take(body) for body in bodies]
                if any(one.status not in STORED for one in receipts):
                    raise _ApartError
                if any(self.applier.has_unique_clash(Change.from_json(body)) for body in bodies):
                    raise _ApartError
                return receipts
        except _ApartError:
            return [self.take(body) for body in bodies]

    def take_made(self, change: Change, **extra: Any) -> Receipt:
        """Takes a change that this program has made itself, under a new id: it fits the JSON Schema.

        `extra` are keys of the body that say more about it.
        """
        return self.process(self._pushed({**change.to_json(), **extra}, Receipt(change.change_id, "rejected")))

    def process(self, pushed: PushedChange, *, waits: bool = True) -> Receipt:
        """Applies a change that fits the JSON Schema, or holds it; keeps the receipt; then applies what waited for it.

        `waits=False` applies it also without its predecessor, by value.
        """
        receipt = self._judge(pushed, waits=waits)
        self.settle(pushed, receipt)
        return receipt

    def settle(self, pushed: PushedChange, receipt: Receipt) -> None:
        """Keeps a receipt; if it says that the change is stored, applies what waited for it, and for that in turn."""
        queue = deque([(pushed, receipt)])
        while queue:
            pushed, receipt = queue.popleft()
            self._put(replace(pushed, receipt=receipt))
            if receipt.status in STORED and receipt.change_id and (self.known is None or self.known.has_held):
                waiting = list(self._records.changes(statuses=("held",), after=receipt.change_id))
                queue += [(one, self._judge(one, waits=True)) for one in waiting]

    def _judge(self, pushed: PushedChange, *, waits: bool) -> Receipt:
        change = Change.from_json(pushed.body)
        if any(one.sha256 in self.withheld for one in (*change.attached, *change.detached)):
            return Receipt(change.change_id, "rejected", problems=(codes.problem(codes.PHOTO_OF_OTHERS),))
        if change.attached:
            self._records.name_attachments(
                NamedAttachment(change.change_id, change.layer, change.feature_id, attachment)
                for attachment in change.attached
            )
        predecessor = self._records.change(change.after) if change.after else None
        if waits and change.after and (predecessor is None or predecessor.receipt.status not in STORED):
            code = codes.PREDECESSOR_NOT_STORED if predecessor else codes.PREDECESSOR_MISSING
            return Receipt(change.change_id, "held", problems=(codes.problem(code, "info"),))
        return self.applier.apply(pushed, change, predecessor=predecessor)

    def _put(self, pushed: PushedChange) -> None:
        self._records.put_change(pushed)
        if self.known is not None:
            self.known.ids.add(pushed.change_id)
            self.known.has_held |= pushed.receipt.status == "held"

    @property
    def _records(self) -> SyncRecords:
        return self.applier.transaction.sync

    def _pushed(self, body: Any, receipt: Receipt) -> PushedChange:
        sha256, change_id = canonical_hash(body), receipt.change_id or ""
        return PushedChange(change_id, sha256, body, receipt, self.device_id, self.author, self.received_at)


class _ApartError(Exception):
    """A group of changes does not go in together."""
