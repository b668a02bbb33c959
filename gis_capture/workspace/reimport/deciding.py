"""A person decides on the rows that change nothing by themselves: removed, renumbered, without a certain partner."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gis_capture.convert import ConvertedSource, codes
from gis_capture.convert.imports import find_import, refuse_followed
from gis_capture.convert.versions import LISTED, MISSING, row_id
from gis_capture.errors import StoreError
from gis_capture.model import GEOMETRY, Change, Edit, Feature, Layer, Text, geometry_to_geojson
from gis_capture.model.label import label_of
from gis_capture.store.protocol import FeatureQuery, Store, Transaction
from gis_capture.store.source_rows import SourceRow
from gis_capture.sync.office import Office, demand_stored
from gis_capture.workspace.reimport.account import ListedRow
from gis_capture.workspace.reimport.listing import DELETE, MARK, NEW, RENUMBER, mark_of, takes_of
from gis_capture.workspace.reimport.rows import SourceRows

_N_LABELS = 5_000


def open_rows(store: Store, import_id: str) -> tuple[ListedRow, ...]:
    """Gives the rows of a re-import on which a person decides or has decided, those of earlier versions first.

    Raises:
        StoreError: There is no such import.
    """
    record = find_import(store, import_id)
    layer = store.layer(str(record["layer"]))
    decisions: Mapping[str, Any] = record.get("decisions") or {}
    rows = [row for row in store.source_rows(import_id) if _is_open(row)]
    rows.sort(key=lambda row: row.outcome != MISSING)
    wanted = [row.feature_id for row in rows if row.feature_id][:_N_LABELS]
    features = store.features(layer.key, FeatureQuery(feature_ids=wanted)) if wanted else ()
    labels = {one.feature_id: label_of(layer.without_personal(), one.fields) or "" for one in features}
    key_columns = (record.get("result") or {}).get("update", {}).get("key_columns", ())
    return tuple(
        ListedRow(
            kind=str(row.reason),
            table=row.table or "",
            row_number=row.row_number,
            key=" ".join(text for name in key_columns if (text := row.raw.get(name))),
            label=labels.get(row.feature_id or "", ""),
            feature_id=row.feature_id,
            takes=takes_of(str(row.reason), layer),
            texts=row.raw,
            decision=decisions.get(row_id(row)),
        )
        for row in rows
    )


def _is_open(row: SourceRow) -> bool:
    return row.outcome == LISTED or (row.outcome == MISSING and row.reason == codes.ROW_REMOVED)


def decide_rows(
    office: Office,
    import_id: str,
    decisions: Sequence[Mapping[str, Any]],
    *,
    read_source: Callable[[Mapping[str, Any], Layer], ConvertedSource],
    note: str = "",
) -> int:
    """Carries out what a person has decided, in one revision; gives how many rows were decided.

    Args:
        office: Who decides.
        import_id: The re-import that listed the rows.
        decisions: `{"table", "row", "take", "kind"?}`; a row that is decided already is left as it is.
        read_source: Reads the file of the import again, for rows that become features.
        note: Why.

    Raises:
        StoreError: No such import or row, or it cannot be decided like that; nothing has changed then.
        SyncError: The layer does not take a value.
    """
    record = find_import(office.store, import_id)
    refuse_followed(office.store, record)
    layer = office.store.layer(str(record["layer"]))
    rows = {_place(one.kind, one.table, one.row_number): one for one in open_rows(office.store, import_id)}
    known = {row_id(row): row for row in office.store.source_rows(import_id) if _is_open(row)}
    wanted = [(_find(rows, decision), str(decision.get("take"))) for decision in decisions]
    for row, take in wanted:
        if take not in row.takes:
            raise _cannot(row, take)
    needs_source = any(take in (NEW, RENUMBER) for _, take in wanted)
    source = SourceRows(read_source(record, layer)) if needs_source else None
    made = dict(record.get("decisions") or {})
    n_decided = 0
    with office.intake(note or "decide") as opened:
        intake = replace(opened, applier=replace(opened.applier, may_break_rules=True))
        signature = {"import_id": import_id, "author": office.author.name, "at": opened.received_at, "note": note}
        for row, take in wanted:
            name = row.feature_id if row.kind == codes.ROW_REMOVED else f"{row.table}:{row.row_number}"
            if name is None or name not in known or (name in made and made[name]["take"] != "leave"):
                continue
            change = _change(office, intake.applier.transaction, layer, row, take, source)
            decision: dict[str, Any] = {"take": take, **signature}
            if change is not None:
                receipt = intake.take_made(change, decides=import_id, note=note)
                demand_stored(receipt)
                decision |= {"change_id": change.change_id}
                if take in (NEW, RENUMBER):
                    decision |= {"feature_id": change.feature_id, "outcome": source.outcome(row) if source else None}
            made[name] = decision
            n_decided += 1
        if n_decided:
            opened.applier.transaction.put_import({**record, "decisions": made}, ())
    return n_decided


def _place(kind: str, table: str, row_number: int) -> tuple[bool, str, int]:
    """A removed row and a row of the file may have the same number."""
    return kind == codes.ROW_REMOVED, table, row_number


def _find(rows: Mapping[tuple[bool, str, int], ListedRow], decision: Mapping[str, Any]) -> ListedRow:
    table, number = str(decision.get("table") or ""), decision.get("row")
    kinds = [decision["kind"]] if decision.get("kind") else [codes.ROW_REMOVED, LISTED]
    found = [rows[place] for kind in kinds if (place := _place(str(kind), table, int(number or 0))) in rows]
    if len(found) == 1:
        return found[0]
    raise StoreError(
        Text(
            f"「{table}」の{number}行目は、決めることのある行ではありません。一覧を開き直してください。",
            f'Row {number} of "{table}" is none that can be decided on: open the list again.',
        ),
        code="row_not_open",
    )


def _cannot(row: ListedRow, take: str) -> StoreError:
    return StoreError(
        Text(
            f"{row.row_number}行目は「{take}」とは決められません。選べるのは: {', '.join(row.takes)}",
            f'Row {row.row_number} cannot be decided as "{take}"; there are: {", ".join(row.takes)}',
        ),
        code="decision_unknown",
    )


def _change(
    office: Office, transaction: Transaction, layer: Layer, row: ListedRow, take: str, source: SourceRows | None
) -> Change | None:
    """The change that a decision makes; None where it makes none, or the feature has been deleted meanwhile."""
    stored = transaction.feature(layer.key, row.feature_id) if row.feature_id else None
    if take == NEW and source is not None:
        return _inserting(office, source.feature(row, office.new_id()))
    if stored is None or take not in (DELETE, MARK, RENUMBER):
        return None
    edits: dict[str, Edit] = {}
    mark = mark_of(layer)
    if take == MARK and mark:
        edits = {mark[0].name: Edit(stored.fields.get(mark[0].name), mark[1])}
    elif take == RENUMBER and source is not None:
        values = source.values(row)
        edits = {
            name: Edit(stored.fields.get(name), value)
            for name, value in values.items()
            if name in source.key_names(row) and value != stored.fields.get(name)
        }
    if take != DELETE and not edits:
        return None
    return Change(
        change_id=office.new_id(),
        layer=layer.key,
        feature_id=stored.feature_id,
        kind="delete" if take == DELETE else "update",
        edits=edits,
        base_revision=stored.revision,
        made_at=office.clock(),
    )


def _inserting(office: Office, feature: Feature) -> Change:
    state = {**feature.fields, GEOMETRY: geometry_to_geojson(feature.geometry)}
    return Change(
        change_id=office.new_id(),
        layer=feature.layer,
        feature_id=feature.feature_id,
        kind="insert",
        edits={name: Edit(None, value) for name, value in state.items() if value is not None},
        located=feature.position,
        made_at=office.clock(),
    )
