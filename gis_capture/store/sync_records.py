"""What sync keeps beside the features, written in the same transaction as they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gis_capture.model import Attachment, Conflict, Receipt


@dataclass(frozen=True, slots=True)
class PushedChange:
    """A change as it came, and what became of it.

    Attributes:
        sha256: Of the canonical JSON of `body`.
        body: The change as it was sent, unknown keys included.
        author: Name of the person, "" where none was given.
    """

    change_id: str
    sha256: str
    body: Mapping[str, Any]
    receipt: Receipt
    device_id: str
    author: str
    received_at: str


@dataclass(frozen=True, slots=True)
class NamedAttachment:
    """An attachment that a change names; its bytes may not have come."""

    change_id: str
    layer: str
    feature_id: str
    attachment: Attachment


class SyncReader(Protocol):
    """Reads the records."""

    def change(self, change_id: str) -> PushedChange | None:
        """One change with its receipt."""

    def change_ids(self, among: Sequence[str]) -> set[str]:
        """Those of some ids under which a change has come."""

    def changes(
        self,
        *,
        statuses: Sequence[str] | None = None,
        layer: str | None = None,
        feature_id: str | None = None,
        device_id: str | None = None,
        after: str | None = None,
        received_between: tuple[str, str] | None = None,
    ) -> Iterator[PushedChange]:
        """Changes in the order they came; `after` is the predecessor they name, the end of a time does not belong."""

    def other_bodies(self, change_id: str | None = None) -> Iterator[PushedChange]:
        """Bodies that came under the id of another change or under none, and were rejected for it."""

    def conflict(self, conflict_id: str) -> Conflict | None:
        """One conflict record."""

    def conflicts(
        self,
        *,
        state: str | None = None,
        layers: Sequence[str] | None = None,
        feature_id: str | None = None,
        change_id: str | None = None,
        after: tuple[int, int] = (0, 0),
    ) -> Iterator[tuple[int, Conflict]]:
        """Conflict records with their number in this store, in the order of (revision, number), after such a place."""

    def named_attachments(self, sha256: str | None = None) -> Iterator[NamedAttachment]:
        """Attachments that changes name, come or not; of all bytes, or of some, for which no other row is read."""


class SyncRecords(SyncReader, Protocol):
    """Writes the records; only inside a transaction."""

    def index_field(self, layer: str, field: str) -> None:
        """Makes it quick to find the features that have a value in a field."""

    def put_change(self, change: PushedChange) -> None:
        """Keeps a change with its receipt; a change that is there gets the new receipt and body."""

    def keep_body(self, change: PushedChange) -> None:
        """Keeps a body that came under the id of another change, or under none."""

    def put_conflict(self, conflict: Conflict) -> None:
        """Keeps a conflict record in its newest form."""

    def name_attachments(self, named: Iterable[NamedAttachment]) -> None:
        """Notes that a change names attachments."""
