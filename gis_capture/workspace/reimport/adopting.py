"""Rows that are new in a ledger and may be features that somebody made in the field before the ledger knew of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gis_capture.convert import codes
from gis_capture.convert.keys import Key, key_of
from gis_capture.convert.updating import LedgerUpdate
from gis_capture.convert.versions import IN_LAYER, read_lineages
from gis_capture.ledger.values import format_value
from gis_capture.model import Feature, Problem, Text
from gis_capture.store.protocol import Snapshot, Store


@dataclass(slots=True)
class Adoption:
    """What was found in the layer.

    Attributes:
        feature_ids: Of features that new rows speak of, by new row.
        ambiguous: New rows that may be several features.
        stored: The features that changes concern, by id.
        present: Ids of all features of the layer.
    """

    feature_ids: dict[int, str] = field(default_factory=dict)
    ambiguous: dict[int, tuple[str, ...]] = field(default_factory=dict)
    stored: dict[str, Feature] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def adopt_rows(
    update: LedgerUpdate,
    store: Store,
    moment: Snapshot,
    rows: Collection[int],
    lineage_ids: Collection[str],
    wanted: Collection[str],
) -> Adoption:
    """Goes through the layer once: keeps the features that are wanted, finds those that have the key of a new row."""
    found = Adoption()
    names, layer = update.continuation.key.names, update.source.plan.layer
    defined = {one.name for one in layer.fields}
    keys = {row: key for row in rows if (key := update.keys[row]) is not None and defined.issuperset(names)}
    by_bare: defaultdict[str, list[int]] = defaultdict(list)
    for row, key in keys.items():
        by_bare[key.bare].append(row)
    candidates: defaultdict[int, list[tuple[Key, str]]] = defaultdict(list)
    if layer.key not in {one.key for one in store.layers()}:
        return found
    for feature in moment.features(layer.key):
        found.present.add(feature.feature_id)
        if feature.feature_id in wanted:
            found.stored[feature.feature_id] = feature
        if not by_bare or feature.feature_id in lineage_ids:
            continue
        key = key_of([format_value(feature.fields.get(name)) for name in names])
        for row in by_bare.get(key.bare, ()) if key else ():
            assert key is not None
            candidates[row].append((key, feature.feature_id))
            found.stored[feature.feature_id] = feature
    if candidates:
        _settle(found, update, candidates, keys, _of_other_ledgers(store, update))
    return found


def _settle(
    found: Adoption,
    update: LedgerUpdate,
    candidates: Mapping[int, list[tuple[Key, str]]],
    keys: Mapping[int, Key],
    others: Collection[str],
) -> None:
    in_other: list[int] = []
    for row, known in candidates.items():
        free = [(key, feature_id) for key, feature_id in known if feature_id not in others]
        exact = [feature_id for key, feature_id in free if key.written == keys[row].written]
        chosen = exact if len(exact) == 1 else [feature_id for _, feature_id in free]
        if len(chosen) == 1:
            found.feature_ids[row] = chosen[0]
        elif chosen:
            found.ambiguous[row] = tuple(chosen)
        else:
            in_other.append(row)
    times = Counter(found.feature_ids.values())
    for row, feature_id in list(found.feature_ids.items()):
        if times[feature_id] > 1:
            found.ambiguous[row] = (feature_id,)
            del found.feature_ids[row]
    for row in in_other[:1_000]:
        shown = update.key(row)
        message = Text(
            f"番号「{shown}」は、このレイヤーの別の台帳にもあります。新しい行として加えます。",
            f'"{shown}" also stands in another ledger of this layer; the row is added as a new one.',
        )
        todo = Text("同じものなら、地図で片方を削除してください。", "If it is the same thing, delete one of them.")
        number = update.continuation.new.row_numbers[row]
        found.problems.append(Problem(codes.KEY_IN_OTHER_LEDGER, "warning", message, todo, row_number=number))


def _of_other_ledgers(store: Store, update: LedgerUpdate) -> set[str]:
    """Features that other ledgers of the layer speak of."""
    own = update.continuation.last.lineage.newest["import_id"]
    return {
        row.feature_id
        for lineage in read_lineages(store.imports(), update.source.plan.layer.key)
        if lineage.newest["import_id"] != own
        for row in store.source_rows(str(lineage.newest["import_id"]))
        if row.feature_id is not None and row.outcome in IN_LAYER
    }
