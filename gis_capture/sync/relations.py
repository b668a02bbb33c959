"""Features that refer to others: told when the other end is not there, never refused.

A relation holds the `feature_id` of a feature of another layer ("pole"), or the value of a field of it ("pole.number").
"""

from collections.abc import Mapping
from typing import Any

from gis_capture.model import Layer, Problem, Value
from gis_capture.store.protocol import FeatureQuery, Transaction
from gis_capture.sync import codes

_MAX_CHILDREN = 100


def parents_missing(
    transaction: Transaction, layers: Mapping[str, Layer], layer: Layer, written: Mapping[str, Value]
) -> list[Problem]:
    """Names the written relations that lead nowhere."""
    found = []
    for field in layer.fields:
        value = written.get(field.name)
        if field.relation is None or value is None:
            continue
        target, _, name = field.relation.partition(".")
        query = FeatureQuery(equals={name: value}, limit=1) if name else FeatureQuery(feature_ids=[str(value)])
        if target not in layers or next(iter(transaction.features(target, query)), None) is None:
            about: dict[str, Any] = {
                "title": field.title,
                "value": value,
                "layer": layers[target].title if target in layers else target,
            }
            found.append(codes.problem(codes.PARENT_MISSING, "warning", field=field.name, **about))
    return found


def children_left(transaction: Transaction, layers: Mapping[str, Layer], layer: Layer, parent_id: str) -> list[Problem]:
    """Names the layers in which features still refer to one that has just been deleted."""
    found = []
    parent = transaction.deleted(layer.key, parent_id)
    for other in layers.values():
        for field in other.fields:
            target, _, name = (field.relation or "").partition(".")
            if target != layer.key or parent is None:
                continue
            value = parent.fields.get(name) if name else parent_id
            if value is None:
                continue
            query = FeatureQuery(equals={field.name: value}, limit=_MAX_CHILDREN)
            children = [child.feature_id for child in transaction.features(other.key, query)]
            if children:
                about: dict[str, Any] = {"layer": other.title, "n": len(children), "label": children[0]}
                about |= {"field": field.name, "feature_id": children[0]}
                found.append(codes.problem(codes.CHILDREN_LEFT, "warning", **about))
    return found
