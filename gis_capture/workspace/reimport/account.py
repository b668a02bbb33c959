"""What a new version of a ledger changes, in the words of a person who has to agree to it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gis_capture.convert import Conversion
from gis_capture.model import Problem, Text

FORMAT = "gis-capture.update/v1"
POSITION = Text("位置", "Position")

Result = Literal["apply", "same", "conflict"]
"""Whether the layer takes a value, has it already, or holds another one that somebody entered since the last import."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One cell that says something else than in the last version.

    Attributes:
        field: Name of the field, or `GEOMETRY`; geometries are GeoJSON.
        old: What the last version gave.
        new: What this one gives.
        now: What the layer holds.
    """

    field: str
    title: Text
    old: Any
    new: Any
    now: Any
    result: Result

    def to_json(self, language: str, hidden: Collection[str]) -> dict[str, Any]:
        """Gives a member of `fields`; values of hidden fields are left out."""
        body: dict[str, Any] = {"field": self.field, "title": self.title.in_language(language)}
        values = {"old": self.old, "new": self.new, "now": self.now}
        body |= {"is_hidden": True} if self.field in hidden else values
        return {**body, "result": self.result}


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of the ledger that changes a feature, or is a new one.

    Attributes:
        key: As the ledger writes it; "" = none.
        label: What people call the feature.
        fields: Of a new row: what it holds.
        is_new: The row is not in the last version.
        is_adopted: It is not, but somebody had made the feature in the field.
    """

    table: str
    row_number: int
    key: str
    label: str
    feature_id: str
    fields: tuple[FieldChange, ...]
    is_new: bool = False
    is_adopted: bool = False

    def to_json(self, language: str, hidden: Collection[str] = ()) -> dict[str, Any]:
        """Gives a member of `changed` or `new`."""
        return {
            "table": self.table,
            "row": self.row_number,
            "key": self.key,
            "label": self.label,
            "feature_id": self.feature_id,
            "is_adopted": self.is_adopted,
            "fields": [one.to_json(language, hidden) for one in self.fields],
        }


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row on which a person has to decide; by itself it changes nothing.

    Attributes:
        kind: Problem code: "row_removed", "row_renumbered", "row_ambiguous", "row_without_key".
        row_number: In this version; of a removed row, in the version that had it.
        feature_id: The feature that is meant, where it is one.
        takes: What can be decided.
        decision: What was decided; None = nothing yet.
    """

    kind: str
    table: str
    row_number: int
    key: str
    label: str
    feature_id: str | None
    takes: tuple[str, ...]
    texts: Mapping[str, str | None]
    decision: Mapping[str, Any] | None = None

    def to_json(self, language: str = "ja", hidden_columns: Collection[tuple[str, str]] = ()) -> dict[str, Any]:
        """Gives a member of `removed` or `listed`; texts of hidden columns are left out."""
        shown = {name: text for name, text in self.texts.items() if (self.table, name) not in hidden_columns}
        return {
            "kind": self.kind,
            "table": self.table,
            "row": self.row_number,
            "key": self.key,
            "label": self.label,
            "feature_id": self.feature_id,
            "takes": list(self.takes),
            "texts": shown,
            "decision": dict(self.decision) if self.decision else None,
        }


@dataclass(frozen=True, slots=True)
class Reimport:
    """What became, or would become, of the rows of a new version.

    n_source_rows = n_unchanged + n_changed + n_new + n_listed + n_rejected + n_skipped.

    Attributes:
        conversion: The account of the same rows as a conversion gives it; listed rows count as rejected.
        base: Record of the import that it is compared with.
        key_columns: By which rows were matched.
        changed: Rows that change a feature, in the order of the ledger.
        new: Rows that are not in the last version.
        removed: Rows of the last version that are gone.
        listed: Rows that change nothing until a person decides.
        n_removed: Of them, those that nobody has decided on before.
        n_conflicts: Conflict records that it opens.
        n_waiting: Changes that were not accepted and wait for the office.
        others: The same of the tables of the file that are in other layers.
    """

    conversion: Conversion
    base: Mapping[str, Any]
    key_columns: tuple[str, ...]
    n_unchanged: int
    changed: tuple[RowChange, ...]
    new: tuple[RowChange, ...]
    removed: tuple[ListedRow, ...]
    listed: tuple[ListedRow, ...]
    n_conflicts: int = 0
    n_waiting: int = 0
    personal: frozenset[str] = frozenset()
    personal_columns: frozenset[tuple[str, str]] = frozenset()
    others: "tuple[Reimport, ...]" = ()

    @property
    def layer(self) -> str:
        """Key of the layer."""
        return self.conversion.layer

    @property
    def import_id(self) -> str | None:
        """None where nothing was written: for a dry run, or because nothing has changed."""
        return self.conversion.import_id

    @property
    def revision(self) -> int | None:
        """Of the store; None where nothing was written."""
        return self.conversion.revision

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Of reading and of comparing."""
        return self.conversion.problems

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are; the first six add up to `n_source_rows`."""
        return {
            "n_unchanged": self.n_unchanged,
            "n_changed": len(self.changed),
            "n_new": len(self.new),
            "n_listed": len(self.listed),
            "n_rejected": self.conversion.n_rejected - len(self.listed),
            "n_skipped": self.conversion.n_skipped,
            "n_removed": sum(row.decision is None for row in self.removed),
            "n_conflicts": self.n_conflicts,
            "n_waiting": self.n_waiting,
        }

    def written(
        self,
        *,
        import_id: str,
        revision: int,
        n_conflicts: int,
        problems: Sequence[Problem],
        together: tuple[str, ...] = (),
    ) -> "Reimport":
        """The same, once it is in the store."""
        conversion = replace(
            self.conversion,
            import_id=import_id,
            revision=revision,
            problems=(*self.conversion.problems, *problems),
            together=together,
        )
        return replace(self, conversion=conversion, n_conflicts=n_conflicts, n_waiting=len(problems))

    def to_json(
        self, language: str = "ja", *, max_rows: int | None = None, with_personal: bool = True
    ) -> dict[str, Any]:
        """Gives `gis-capture.update/v1`; each list holds at most `max_rows`."""
        hidden = frozenset[str]() if with_personal else self.personal
        columns = frozenset[tuple[str, str]]() if with_personal else self.personal_columns
        others = [one.to_json(language, max_rows=max_rows, with_personal=with_personal) for one in self.others]
        return {
            "format": FORMAT,
            "layer": self.layer,
            "base": {name: self.base.get(name) for name in ("import_id", "source_name", "created_at")},
            "key_columns": list(self.key_columns),
            "n_source_rows": self.conversion.n_source_rows,
            **self.counts,
            "changed": [row.to_json(language, hidden) for row in self.changed[:max_rows]],
            "new": [row.to_json(language, hidden) for row in self.new[:max_rows]],
            "removed": [row.to_json(language, columns) for row in self.removed[:max_rows]],
            "listed": [row.to_json(language, columns) for row in self.listed[:max_rows]],
            "problems": [problem.to_json(language) for problem in self.problems[:max_rows]],
            "tables": [table.to_json() for table in self.conversion.tables],
            "import_id": self.import_id,
            "revision": self.revision,
            **({"others": others} if others else {}),
        }


def count_conflicts(rows: Iterable[RowChange]) -> int:
    """How many of the rows clash with what is in the layer."""
    return sum(any(one.result == "conflict" for one in row.fields) for row in rows)
