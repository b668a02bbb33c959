"""The account of an import's rows, kept some thousand rows a block: nothing of a source is lost, at little cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import orjson
from isal import isal_zlib

MAX_ROWS = 5_000
"""Of a block; whoever asks for one row reads the block it is in."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """The account of one row of an imported source: nothing of it is lost.

    Attributes:
        outcome: "loaded", "unlocated", "rejected" or "skipped"; of a next version also "listed" (changes nothing until
            a person decides) and "missing" (only an earlier version had the row; it is carried on).
        reason: Code, for all but "loaded".
        raw: Column name to the text of the source.
        table: Name of the table; row numbers repeat where a source has several.
    """

    row_number: int
    outcome: str
    reason: str | None
    feature_id: str | None
    raw: Mapping[str, str | None]
    table: str | None = None


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """Rows of one table, column by column; all sequences but `columns` are parallel to the rows.

    Attributes:
        columns: Names of the source's columns.
        texts: One sequence for each of `columns`.
    """

    table: str | None
    columns: Sequence[str]
    row_numbers: Sequence[int]
    outcomes: Sequence[str]
    reasons: Sequence[str | None]
    feature_ids: Sequence[str | None]
    texts: Sequence[Sequence[str | None]]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.row_numbers)

    def cut(self, start: int, stop: int) -> "SourceBlock":
        """Gives some of the rows, `stop` not among them."""
        return SourceBlock(
            self.table,
            self.columns,
            self.row_numbers[start:stop],
            self.outcomes[start:stop],
            self.reasons[start:stop],
            self.feature_ids[start:stop],
            [texts[start:stop] for texts in self.texts],
        )

    def id_range(self) -> tuple[str | None, str | None]:
        """The least and the greatest `feature_id`; None where there is none."""
        ids = [one for one in self.feature_ids if one is not None]
        return (min(ids), max(ids)) if ids else (None, None)

    def rows(self) -> Iterator[SourceRow]:
        """Gives the rows one by one."""
        texts = zip(*self.texts, strict=True) if self.texts else iter([()] * len(self))
        parts = zip(self.row_numbers, self.outcomes, self.reasons, self.feature_ids, texts, strict=True)
        for row_number, outcome, reason, feature_id, cells in parts:
            raw = dict(zip(self.columns, cells, strict=True))
            yield SourceRow(row_number, outcome, reason, feature_id, raw, self.table)

    def to_bytes(self) -> bytes:
        """Writes the block as JSON, packed by zlib (RFC 1950); half characters, which JSON cannot hold, as escapes."""
        content = {name: getattr(self, name) for name in self.__slots__}
        try:
            written = orjson.dumps(content, default=list)
        except TypeError:
            written = orjson.dumps({**content, "texts": [_storable(each) for each in self.texts]}, default=list)
        packed: bytes = isal_zlib.compress(written, level=1)
        return packed

    @classmethod
    def from_bytes(cls, packed: bytes) -> "SourceBlock":
        """Reads what `to_bytes` wrote."""
        return cls(**orjson.loads(isal_zlib.decompress(packed)))


def _storable(texts: Sequence[str | None]) -> list[str | None]:
    return [text and text.encode("utf-8", "backslashreplace").decode() for text in texts]


def blocks_of(rows: Iterable[SourceRow]) -> Iterator[SourceBlock]:
    """Packs rows in their order; those that follow each other share a block if they have one table and its columns."""
    for (table, columns), ones in groupby(rows, key=lambda row: (row.table, tuple(row.raw))):
        while part := list(islice(ones, MAX_ROWS)):
            yield SourceBlock(
                table,
                columns,
                [row.row_number for row in part],
                [row.outcome for row in part],
                [row.reason for row in part],
                [row.feature_id for row in part],
                [[row.raw[name] for row in part] for name in columns],
            )
