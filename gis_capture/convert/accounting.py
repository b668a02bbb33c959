"""What became of the rows of a source."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gis_capture.convert.bounding import bound_problems
from gis_capture.convert.reasons import reason_words
from gis_capture.model import Problem

FORMAT = "gis-capture.convert/v1"


@dataclass(frozen=True, slots=True)
class TableAccount:
    """What became of the rows of one table.

    Attributes:
        place: Where it stands, "北部!A3:H20".
        layer: Key of the layer it went into; None = it was left out, its rows are skipped ones.
    """

    name: str
    place: str
    layer: str | None
    n_loaded: int
    n_unlocated: int
    n_rejected: int
    n_skipped: int

    @property
    def n_source_rows(self) -> int:
        """All rows of the table, those that are no data too."""
        return self.n_loaded + self.n_unlocated + self.n_rejected + self.n_skipped

    def with_listed(self, *, n: int, n_unlocated: int) -> "TableAccount":
        """The same, when so many rows wait for a person; they count as rejected."""
        return replace(
            self,
            n_loaded=self.n_loaded - (n - n_unlocated),
            n_unlocated=self.n_unlocated - n_unlocated,
            n_rejected=self.n_rejected + n,
        )

    def to_json(self) -> dict[str, Any]:
        """Gives a member of `tables`."""
        counts = ("n_source_rows", "n_loaded", "n_unlocated", "n_rejected", "n_skipped")
        named = {"name": self.name, "place": self.place, "layer": self.layer}
        return named | {name: getattr(self, name) for name in counts}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row that waits for a person: of which table, why (a code), and whether it has a position."""

    table: str
    kind: str
    is_unlocated: bool


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of the rows of a source: n_source_rows = n_loaded + n_unlocated + n_rejected + n_skipped.

    Attributes:
        layer: Key of the layer; of the main table's, where tables went into several.
        crs: Of the features in that layer.
        n_loaded: Rows with a position in the layer.
        n_unlocated: Rows in the layer without a position.
        n_rejected: Rows of which nothing could be stored.
        n_skipped: Rows that are no data: subtotals, notes, repeated headers.
        reasons: Number of rows by code, for all but the loaded ones.
        revision: Of the store; None for a dry run.
        import_id: None for a dry run.
        tables: The same rows by table, those that were left out too.
        together: Ids of the imports of the same file into other layers; they are undone together.
    """

    layer: str
    crs: str
    n_loaded: int
    n_unlocated: int
    n_rejected: int
    n_skipped: int
    reasons: Mapping[str, int]
    problems: tuple[Problem, ...]
    revision: int | None = None
    import_id: str | None = None
    tables: tuple[TableAccount, ...] = ()
    together: tuple[str, ...] = ()

    @property
    def n_source_rows(self) -> int:
        """All rows of all tables of the source."""
        return self.n_loaded + self.n_unlocated + self.n_rejected + self.n_skipped

    @classmethod
    def of_tables(cls, tables: Sequence[TableAccount], **rest: Any) -> "Conversion":
        """Sums up tables; `rest` are the other attributes."""
        counts = ("n_loaded", "n_unlocated", "n_rejected", "n_skipped")
        sums = {name: sum(getattr(table, name) for table in tables) for name in counts}
        return cls(tables=tuple(tables), **sums, **rest)

    def __add__(self, other: "Conversion") -> "Conversion":
        """The account of both parts of a source; layer, revision and import are those of the first."""
        return Conversion.of_tables(
            (*self.tables, *other.tables),
            layer=self.layer,
            crs=self.crs,
            reasons=dict((Counter(self.reasons) + Counter(other.reasons)).most_common()),
            problems=(*self.problems, *other.problems),
            revision=self.revision,
            import_id=self.import_id,
            together=self.together,
        )

    def with_listed(self, rows: Sequence[Listed], problems: Iterable[Problem]) -> "Conversion":
        """The same, when some rows wait for a person instead of going into the layer: they count as rejected.

        `problems` are those of comparing, to be told first.
        """
        n_of, n_unlocated_of = Counter(row.table for row in rows), Counter(r.table for r in rows if r.is_unlocated)
        tables = [
            table.with_listed(n=n_of[table.name], n_unlocated=n_unlocated_of[table.name]) for table in self.tables
        ]
        return Conversion.of_tables(
            tables,
            layer=self.layer,
            crs=self.crs,
            reasons=dict((Counter(self.reasons) + Counter(row.kind for row in rows)).most_common()),
            problems=bound_problems((*problems, *self.problems)),
            revision=self.revision,
            import_id=self.import_id,
            together=self.together,
        )

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives `gis-capture.convert/v1`."""
        return {
            "format": FORMAT,
            "layer": self.layer,
            "crs": self.crs,
            "n_source_rows": self.n_source_rows,
            "n_loaded": self.n_loaded,
            "n_unlocated": self.n_unlocated,
            "n_rejected": self.n_rejected,
            "n_skipped": self.n_skipped,
            "reasons": [
                {"code": code, "words": reason_words(code, language), "n_rows": n_rows}
                for code, n_rows in self.reasons.items()
            ],
            "tables": [table.to_json() for table in self.tables],
            "revision": self.revision,
            "problems": [problem.to_json(language) for problem in self.problems],
        }
