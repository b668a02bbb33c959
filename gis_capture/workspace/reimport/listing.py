"""The rows on which a person has to decide, and what can be decided."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gis_capture.convert import codes
from gis_capture.convert.pairing import Pairing
from gis_capture.convert.updating import LedgerUpdate
from gis_capture.model import Field, Layer
from gis_capture.workspace.reimport.account import ListedRow

if TYPE_CHECKING:
    from gis_capture.workspace.reimport.planning import Prepared

GONE = ("撤去", "廃止", "除却", "解体", "閉鎖", "閉鎖中", "滅失", "用途廃止")
TAKES = DELETE, KEEP, MARK, NEW, RENUMBER, LEAVE = "delete", "keep", "mark", "new", "renumber", "leave"
"""What can be decided about rows."""


def takes_of(kind: str, layer: Layer) -> tuple[str, ...]:
    """What can be decided about a row."""
    if kind == codes.ROW_REMOVED:
        return (KEEP, MARK, DELETE) if mark_of(layer) else (KEEP, DELETE)
    return (RENUMBER, NEW, LEAVE) if kind == codes.ROW_RENUMBERED else (NEW, LEAVE)


def mark_of(layer: Layer) -> tuple[Field, str] | None:
    """The field and the code by which a layer says that a thing is gone; None where it has none."""
    for field in layer.fields:
        for code in field.domain.codes if field.domain else ():
            if code.code in GONE:
                return field, code.code
    return None


def kinds_of(pairing: Pairing, ambiguous: Iterable[int]) -> dict[int, str]:
    """Which new rows change nothing by themselves, and why; `ambiguous` may be several features."""
    kinds = dict.fromkeys((*pairing.ambiguous, *ambiguous), codes.ROW_AMBIGUOUS)
    kinds |= dict.fromkeys(pairing.keyless, codes.ROW_WITHOUT_KEY)
    kinds |= dict.fromkeys(pairing.renumbered, codes.ROW_RENUMBERED)
    return dict(sorted(kinds.items()))


def listed_rows(prepared: "Prepared") -> tuple[tuple[ListedRow, ...], tuple[ListedRow, ...]]:
    """Gives the removed rows, then those of this version that change nothing by themselves."""
    update, layer = prepared.update, prepared.layer
    last, pairing = update.continuation.last, update.pairing
    decisions = last.lineage.newest.get("decisions") or {}
    removed = [
        ListedRow(
            kind=reason,
            table=last.version.tables[row],
            row_number=last.version.row_numbers[row],
            key=" ".join(last.version.content(row, update.continuation.key.names)),
            label="",
            feature_id=last.feature_ids[row],
            takes=takes_of(reason, layer),
            texts={last.version.origins[name]: texts[row] for name, texts in last.version.columns.items()},
            decision=decisions.get(last.feature_ids[row]),
        )
        for row, reason in prepared.missing.items()
        if reason == codes.ROW_REMOVED
    ]
    new = update.continuation.new
    listed = [
        ListedRow(
            kind=kind,
            table=new.tables[row],
            row_number=new.row_numbers[row],
            key=update.key(row),
            label=" ".join(last.version.content(pairing.renumbered[row], update.continuation.key.names))
            if row in pairing.renumbered
            else "",
            feature_id=last.feature_ids[pairing.renumbered[row]] if row in pairing.renumbered else None,
            takes=takes_of(kind, layer),
            texts={new.origins[name]: texts[row] for name, texts in new.columns.items()},
        )
        for row, kind in prepared.listed.items()
    ]
    return tuple(removed), tuple(listed)


def personal_columns(update: LedgerUpdate) -> frozenset[tuple[str, str]]:
    """(table, column) of the columns of both versions that go into a field with personal data."""
    personal = update.source.plan.layer.personal_names
    return frozenset(
        (table, version.origins[name])
        for version in (update.continuation.new, update.continuation.last.version)
        for name in personal & version.columns.keys()
        for table in {*update.continuation.new.tables, *update.continuation.last.version.tables}
    )
