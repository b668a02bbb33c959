"""What a store can do; GeoPackage and PostGIS are behind it.

All times are UTC "…Z" strings and are passed in, as ids are. Boxes are in EPSG:4326 unless said otherwise.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gis_capture.model import BBox, Feature, FeatureColumns, Layer, Problem, Value
from gis_capture.store.columns import Columns
from gis_capture.store.lines import Lines, LineScope, Place
from gis_capture.store.source_rows import SourceBlock, SourceRow
from gis_capture.store.sync_records import SyncReader, SyncRecords


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: a person's name as given, and the device ("office", "import:<id>", a tablet's id)."""

    device_id: str
    name: str = ""


DIRECT_EDIT = Author("direct edit")
"""Whoever edits features with another program, straight in the tables."""


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """Which features to read; None means no restriction.

    Attributes:
        bbox: In EPSG:4326; may cross the antimeridian.
        after_fid: Keyset paging: only rows with a larger `fid`.
        text: Found in any text field.
        with_personal: Whether `text` is also looked for in fields with personal data.
        names: Of the fields to read; None = all.
        is_unconfirmed: Only those whose position a crew should look at; `model.doubt` tells which.
    """

    bbox: BBox | None = None
    feature_ids: Sequence[str] | None = None
    equals: Mapping[str, Value] | None = None
    is_located: bool | None = None
    text: str | None = None
    after_fid: int = 0
    limit: int | None = None
    with_personal: bool = True
    names: tuple[str, ...] | None = None
    is_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer of the store with its counts; extent in EPSG:4326."""

    layer: Layer
    n_features: int
    n_unlocated: int
    extent: BBox | None
    revision: int


@dataclass(frozen=True, slots=True)
class Revision:
    """What is known of a revision: who wrote it, when, and by which way ("push", "undo", a source's name …)."""

    number: int
    at: str
    author: Author
    note: str


EVERYTHING = FeatureQuery()


@dataclass(frozen=True, slots=True)
class Deletion:
    """A feature that a revision took out of its layer; `number` orders the deletions of one revision."""

    number: int
    layer: str
    feature_id: str
    revision: int


class Reader(Protocol):
    """Reads a store: as it is now, as a snapshot holds it, or as a transaction sees it."""

    def layers(self) -> tuple[Layer, ...]:
        """All layers, in the order they were made."""

    def layer(self, key: str) -> Layer:
        """One layer; raises LayerError when there is none."""

    def layer_info(self, key: str) -> LayerInfo:
        """A layer with counts and extent."""

    def features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[Feature]:
        """Reads features in the order of `fid`, lazily."""

    def numbered_features(self, layer: str, query: FeatureQuery = EVERYTHING) -> Iterator[tuple[int, Feature]]:
        """Reads (fid, feature) in the order of `fid`, lazily; for keyset paging."""

    def page(self, layer: str, query: FeatureQuery) -> Columns:
        """Reads what `numbered_features` gives at once and column by column, without positions and attachments."""

    def columns(self, layer: str, names: Sequence[str], *, after: int = 0) -> Iterator[Columns]:
        """Reads a layer in batches of columns, lazily: all of it, or what was written after a revision.

        `names` are those of the fields that are wanted; the order is any.
        """

    def layer_revision(self, layer: str) -> int:
        """The revision that last wrote a layer, its features or its definition; cheap. LayerError: there is none."""

    def count(self, layer: str, query: FeatureQuery = EVERYTHING) -> int:
        """Counts the features of a query, whatever its limit and place."""

    def feature(self, layer: str, feature_id: str) -> Feature | None:
        """Reads one feature."""

    def feature_at(self, layer: str, feature_id: str, revision: int) -> Feature | None:
        """Reads a feature as it was after a revision; None = it was not in the layer then."""

    def deleted(self, layer: str, feature_id: str) -> Feature | None:
        """Reads the last state of a deleted feature; its `revision` is the one that deleted it."""

    def history(self, layer: str, feature_id: str) -> list[tuple[int, Feature]]:
        """All former states of a feature, oldest first, each with the revision that ended it."""

    def author_of(self, revision: int) -> tuple[Author, str]:
        """Who wrote a revision, and when."""

    def revisions(self, numbers: Iterable[int]) -> dict[int, Revision]:
        """What is known of these revisions, by their number."""

    def revision_before(self, at: str) -> int:
        """The newest revision that was written before an instant (UTC "…Z"); 0 = none."""

    def features_at(self, layer: str, revision: int) -> Iterator[Feature]:
        """Reads a layer as it was after a revision, lazily, in the order of `fid`; deleted ones come last.

        Values are by the names that the present definition gives its fields.
        """

    def deleted_features(self, layer: str) -> Iterator[Feature]:
        """Last states of the features that are deleted now, lazily, newest deletion first; `revision` deleted it."""

    def attachment_hashes(self) -> Iterator[str]:
        """The SHA-256 of every attachment that a feature has or had."""

    def provenance(self, feature_id: str) -> SourceRow | None:
        """The source row a feature came from."""

    def imports(self) -> list[dict[str, Any]]:
        """All imports, newest first."""

    def source_rows(self, import_id: str) -> Iterator[SourceRow]:
        """The account of an import's rows."""


class Transaction(Reader, Protocol):
    """The one door for writing: everything in it has one revision, author and time, or did not happen."""

    revision: int
    sync: SyncRecords

    def put_layer(self, layer: Layer) -> None:
        """Makes the layer's table, or brings it to a newer definition (fields are added, never dropped)."""

    def insert(self, features: Iterable[Feature]) -> int:
        """Writes new features in bulk; gives their number. Their `revision` is this transaction's."""

    def insert_columns(self, batches: Iterable[FeatureColumns]) -> int:
        """Writes new features of one layer, as `insert` does, without an object for each."""

    def update(self, feature: Feature) -> None:
        """Replaces a stored feature by this one."""

    def delete(self, layer: str, feature_id: str) -> None:
        """Takes a feature out of the layer; its last state stays in the history."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Undoes only what is done inside it when its block raises."""

    def put_import(self, record: Mapping[str, Any], rows: Iterable[SourceBlock]) -> None:
        """Keeps an import (`import_id`, `source_name`, `layer`, `result`, …) and the account of every row."""


class Snapshot(Reader, Protocol):
    """One moment of the store: whatever is written meanwhile, all reads give the same revision.

    A place in the order (revision, number) is a pair; everything after it is given, in that order.
    """

    revision: int
    sync: SyncReader

    def lines(self, scope: LineScope, *, after: Place, limit: int | None = None) -> Iterator[Lines]:
        """Lines of a pull, encoded, after a place; at most `limit` of them."""

    def feature_at(self, layer: str, feature_id: str, revision: int) -> Feature | None:
        """Reads a feature as it was after a revision; None = it was not in the layer then."""

    def changed(
        self, layer: str, *, after: tuple[int, int], until: int | None = None, bbox: BBox | None = None
    ) -> Iterator[tuple[int, Feature]]:
        """Features with their number, written up to revision `until`; `bbox` leaves out those located outside it."""

    def deletions(self, layers: Sequence[str], *, after: tuple[int, int]) -> Iterator[Deletion]:
        """Features that are not in the layer any more."""

    def bbox_in(self, layer: str, bbox: BBox) -> BBox:
        """The box in the layer's CRS that `changed` compares with."""


class Store(Reader, Protocol):
    """Layers, features and their history."""

    epoch: str

    def revision(self) -> int:
        """The newest revision; 0 for an empty store."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Holds one moment of the store for reading."""

    def transact(self, author: Author, *, at: str, note: str = "") -> AbstractContextManager[Transaction]:
        """Opens the one door for writing; commits at the end of the block, rolls back on an exception."""

    def has_direct_edits(self) -> bool:
        """True when another program has changed features since the last adoption; cheap."""

    def moment(self) -> tuple[int, bool]:
        """The newest revision, and what `has_direct_edits` says, by one question: both are asked at each request."""

    def adopt_direct_edits(self, author: Author, *, at: str, new_id: Callable[[], str] = ...) -> int | None:
        """Makes a revision of what other programs changed straight in the tables; None = nothing was changed."""

    def backup_to(self, path: Path) -> None:
        """Writes a copy of the present state, while others go on reading and writing."""

    def check_integrity(self) -> list[Problem]:
        """Looks for damage; gives what was found."""

    def close(self) -> None:
        """Closes all connections."""
