"""Compares a new version of a ledger with its last one and with what the layer holds; writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely import Geometry

from gis_capture.convert import ConvertedSource, codes
from gis_capture.convert.accounting import Listed
from gis_capture.convert.continuation import Continuation
from gis_capture.convert.placed import OWN_METHODS
from gis_capture.convert.updating import LedgerUpdate, compare_versions
from gis_capture.convert.versions import MISSING
from gis_capture.errors import SourceError
from gis_capture.model import GEOMETRY, Edit, Feature, Layer, Problem, Text, geometry_to_geojson
from gis_capture.model.label import label_of
from gis_capture.store.protocol import Snapshot, Store
from gis_capture.sync.merge import Same
from gis_capture.sync.values import equality_of
from gis_capture.workspace.reimport.account import (
    POSITION,
    FieldChange,
    Reimport,
    Result,
    RowChange,
    count_conflicts,
)
from gis_capture.workspace.reimport.adopting import Adoption, adopt_rows
from gis_capture.workspace.reimport.listing import kinds_of, listed_rows, personal_columns
from gis_capture.workspace.reimport.positions import given_geometry

NO_EARLIER_VERSION = "no_earlier_version"
"""Subject code of the refusal of a source that goes on with no import."""
KEY = "\0key"
"""Stands among the names of hidden fields where the key itself is personal."""


@dataclass(slots=True)
class Prepared:
    """All that is needed to write a new version.

    Attributes:
        edits: What the ledger changes, by new row; geometries are shapely's, the old one what the ledger gave.
        inserts: New rows that become features.
        listed: New rows that change nothing by themselves, with the reason.
        missing: Rows of earlier versions that the account carries on, with the reason.
    """

    update: LedgerUpdate
    reimport: Reimport
    adopted: Adoption
    edits: dict[int, dict[str, Edit]] = field(default_factory=dict)
    inserts: list[int] = field(default_factory=list)
    listed: dict[int, str] = field(default_factory=dict)
    missing: dict[int, str] = field(default_factory=dict)

    @property
    def layer(self) -> Layer:
        """Where the rows go."""
        return self.update.source.plan.layer

    def feature_id(self, row: int) -> str | None:
        """The feature of a paired or adopted row."""
        before = self.update.pairing.pairs.get(row)
        if before is not None:
            return self.update.continuation.last.feature_ids[before]
        return self.adopted.feature_ids.get(row)

    @property
    def is_nothing(self) -> bool:
        """Whether the layer and the account of the ledger would stay as they are."""
        counts = self.reimport.counts
        is_same = self.update.source.reading.source.sha256 == self.reimport.base.get("sha256")
        return is_same and not (counts["n_changed"] or counts["n_new"])


def no_earlier_version(source: ConvertedSource) -> SourceError:
    """Says that a source goes on with nothing."""
    path, layer = source.reading.source.path, source.plan.layer
    return SourceError(
        Text(
            f"「{path.name}」は、レイヤー「{layer.title.ja}」に取り込んだどの台帳の続きでもないようです"
            "(番号が合いません)。初めての台帳なら、そのまま取り込んでください。",
            f'"{path.name}" goes on with no ledger that was imported into layer "{layer.key}": their keys differ. '
            "Import it as a ledger of its own.",
        ),
        code=NO_EARLIER_VERSION,
        path=path,
    )


def prepare_reimport(
    source: ConvertedSource, continuation: Continuation, store: Store, *, is_dry_run: bool = False
) -> Prepared:
    """Compares what of a source goes into a layer with its last version.

    Raises:
        SourceError: The key is doubtful and it would be written.
    """
    path = source.reading.source.path
    update = compare_versions(source, continuation)
    doubt = next((problem for problem in update.problems if problem.code == codes.KEY_DOUBTFUL), None)
    if doubt and not is_dry_run:
        raise SourceError(
            Text(doubt.message.ja + doubt.suggestion.ja, f"{doubt.message.en} {doubt.suggestion.en}"),
            code=codes.KEY_DOUBTFUL,
            path=path,
        )
    return plan_reimport(update, store)


def plan_reimport(update: LedgerUpdate, store: Store) -> Prepared:
    """Tells of every row what it changes, what the field has now, and what a person has to decide."""
    continuation, pairing = update.continuation, update.pairing
    last, layer = continuation.last, update.source.plan.layer
    same = equality_of(layer)
    with store.snapshot() as moment:
        wanted = {last.feature_ids[pairing.pairs[row]] for row in (*update.edits, *update.moved)}
        of_key = set(pairing.new)
        lineage_ids = set(last.feature_ids)
        adopted = adopt_rows(update, store, moment, of_key, lineage_ids, wanted)
        stored = adopted.stored
        edits = {row: dict(of_row) for row, of_row in update.edits.items()}
        _add_positions(update, moment, stored, edits, same)
        for row, feature_id in adopted.feature_ids.items():
            edits[row] = _adopting_edits(update, row, stored[feature_id])
    edits = {row: of_row for row, of_row in sorted(edits.items()) if of_row or row in adopted.feature_ids}
    prepared = Prepared(update, _nothing_yet(update), adopted, edits)
    prepared.inserts = [row for row in pairing.new if row not in adopted.feature_ids and row not in adopted.ambiguous]
    prepared.listed = kinds_of(pairing, adopted.ambiguous)
    prepared.missing = _missing(update)
    changed = tuple(_changed_row(prepared, row, stored, same) for row in edits)
    removed, listed = listed_rows(prepared)
    _tell_deleted(update, adopted.present)
    update.problems += adopted.problems
    waiting = [
        Listed(continuation.new.tables[row], kind, _geometry(update, row) is None)
        for row, kind in prepared.listed.items()
    ]
    conversion = update.source.sum_up().with_listed(waiting, update.problems)
    prepared.reimport = Reimport(
        conversion=conversion,
        base=last.lineage.newest,
        key_columns=tuple(continuation.new.origins[name] for name in continuation.key.names),
        n_unchanged=len(pairing.pairs) - sum(row in pairing.pairs for row in edits),
        changed=changed,
        new=tuple(_new_row(prepared, row) for row in prepared.inserts),
        removed=removed,
        listed=listed,
        n_conflicts=count_conflicts(changed),
        personal=layer.personal_names | ({KEY} if layer.personal_names & set(continuation.key.names) else set()),
        personal_columns=personal_columns(update),
    )
    return prepared


def _nothing_yet(update: LedgerUpdate) -> Reimport:
    return Reimport(update.source.sum_up(), update.continuation.last.lineage.newest, (), 0, (), (), (), ())


def _geometry(update: LedgerUpdate, row: int) -> Geometry | None:
    converted, place = update.place(row)
    return converted.positions.geometries[place]


def _add_positions(
    update: LedgerUpdate,
    moment: Snapshot,
    stored: Mapping[str, Feature],
    edits: dict[int, dict[str, Edit]],
    same: Same,
) -> None:
    """Adds the geometries that the ledger changes; the old one is what the ledger gave last, not what a crew made."""
    last = update.continuation.last
    for row in update.moved:
        converted, place = update.place(row)
        feature_id = last.feature_ids[update.pairing.pairs[row]]
        geometry, now = converted.positions.geometries[place], stored.get(feature_id)
        is_own = converted.positions.methods[place] in OWN_METHODS
        if is_own and now is not None and same(GEOMETRY, now.geometry, geometry):
            continue
        given = given_geometry(moment, last.lineage, update.source.plan.layer.key, feature_id)
        if not same(GEOMETRY, given, geometry):
            edits.setdefault(row, {})[GEOMETRY] = Edit(given, geometry)


def _adopting_edits(update: LedgerUpdate, row: int, feature: Feature) -> dict[str, Edit]:
    """All that the ledger says about a feature that somebody made in the field; the ledger has said nothing before."""
    converted, place = update.place(row)
    edits = {name: Edit(None, value) for name, value in update.values(row).items() if value is not None}
    geometry = converted.positions.geometries[place]
    # A place that was only looked up by its address is no better than one that somebody has seen.
    if geometry is not None and not (feature.geometry is not None and converted.positions.methods[place] == "address"):
        edits[GEOMETRY] = Edit(None, geometry)
    return edits


def _missing(update: LedgerUpdate) -> dict[int, str]:
    """The rows of earlier versions that this one has not; what was deleted on purpose is not carried on."""
    pairing, last = update.pairing, update.continuation.last
    decisions: Mapping[str, Any] = last.lineage.newest.get("decisions") or {}
    missing = dict.fromkeys(pairing.removed, codes.ROW_REMOVED) | dict.fromkeys(pairing.uncertain, codes.ROW_UNCERTAIN)
    return {
        row: reason
        for row, reason in sorted(missing.items())
        if not (last.outcomes[row] == MISSING and _is_deleted(decisions, last.feature_ids[row]))
    }


def _is_deleted(decisions: Mapping[str, Any], feature_id: str) -> bool:
    return bool((decisions.get(feature_id) or {}).get("take") == "delete")


def _changed_row(prepared: Prepared, row: int, stored: Mapping[str, Feature], same: Same) -> RowChange:
    new, layer = prepared.update.continuation.new, prepared.layer
    feature_id = prepared.feature_id(row) or ""
    feature = stored.get(feature_id)
    titles = {one.name: one.title for one in layer.fields}
    changes = []
    for name, edit in prepared.edits[row].items():
        now: Any = None
        if feature is not None:
            now = feature.geometry if name == GEOMETRY else feature.fields.get(name)
        result = _result(name, edit, now, same, is_there=feature is not None)
        old, new_value = edit.old, edit.new
        if name == GEOMETRY:
            old, new_value, now = (geometry_to_geojson(value) for value in (old, new_value, now))
        changes.append(FieldChange(name, titles.get(name, POSITION), old, new_value, now, result))
    return RowChange(
        table=new.tables[row],
        row_number=new.row_numbers[row],
        key=prepared.update.key(row),
        label=_label(layer, feature.fields if feature else prepared.update.values(row)),
        feature_id=feature_id,
        fields=tuple(changes),
        is_adopted=row in prepared.adopted.feature_ids,
    )


def _result(name: str, edit: Edit, now: Any, same: Same, *, is_there: bool) -> Result:
    if not is_there:
        return "conflict"
    if same(name, now, edit.new):
        return "same"
    return "apply" if same(name, now, edit.old) else "conflict"


def _new_row(prepared: Prepared, row: int) -> RowChange:
    update, layer = prepared.update, prepared.layer
    values = update.values(row)
    fields = [
        FieldChange(one.name, one.title, None, values[one.name], None, "apply")
        for one in layer.fields
        if values.get(one.name) is not None
    ]
    new = update.continuation.new
    return RowChange(
        new.tables[row], new.row_numbers[row], update.key(row), _label(layer, values), "", tuple(fields), is_new=True
    )


def _label(layer: Layer, fields: Mapping[str, Any]) -> str:
    hidden = layer.personal_names
    return label_of(layer, {name: value for name, value in fields.items() if name not in hidden}) or ""


def _tell_deleted(update: LedgerUpdate, present: set[str]) -> None:
    """Tells of rows whose feature somebody has deleted; a row that changes nothing does not bring it back."""
    last, new = update.continuation.last, update.continuation.new
    gone = [row for row, before in update.pairing.pairs.items() if last.feature_ids[before] not in present]
    if gone:
        shown = "、".join(str(new.row_numbers[row]) for row in gone[:20]) + ("…" if len(gone) > 20 else "")
        message = Text(
            f"台帳にありますが、地図では削除された行が{len(gone):,}行あります({shown}行目)。削除のままにします。",
            f"{len(gone):,} rows of the ledger were deleted in the layer (rows {shown}); they stay deleted.",
        )
        update.problems.append(Problem(codes.FEATURE_DELETED, "info", message))
