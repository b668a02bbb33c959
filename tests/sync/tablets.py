"""A small layer, and tablets that speak the messages."""

import itertools
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from shapely import Point

from gis_capture.model import (
    Code,
    Constraints,
    Domain,
    Feature,
    Field,
    FieldType,
    Layer,
    PositionQuality,
    Text,
)
from gis_capture.store.protocol import Author, Store
from gis_capture.sync.pull import pull
from gis_capture.sync.push import push

AT = "2026-11-23T02:10:00Z"
POINT = {"type": "Point", "coordinates": [137.25, 36.14]}


def _field(name: str, title: str, kind: FieldType = FieldType.TEXT, **more: Any) -> Field:
    return Field(f"x.{name}", name, Text(title, name), kind, **more)


POLE = Layer("pole", Text("支柱", "Poles"), "Point", (_field("number", "番号"),))
LAMP = Layer(
    key="lamp",
    title=Text("街路灯", "Street lights"),
    geometry_type="Point",
    label="{number} {name}",
    definition_version=2,
    fields=(
        _field("number", "台帳番号", constraints=Constraints(unique=True)),
        _field("name", "名称"),
        _field("status", "状態", domain=Domain(tuple(Code(c, Text(c, c)) for c in ("点灯", "球切れ", "撤去")))),
        _field("height_m", "高さ", FieldType.REAL, constraints=Constraints(minimum=0)),
        _field("seen_at", "確認日時", FieldType.DATETIME),
        _field("pole", "支柱", relation="pole"),
        _field("owner", "所有者", is_personal=True),
    ),
)


def new_ids(prefix: int = 0) -> Iterator[str]:
    """UUIDs that are the same in every run."""
    return (str(uuid.UUID(int=(prefix << 64) + number)) for number in itertools.count(1))


_IDS = new_ids(9)


def new_id() -> str:
    """A fresh UUID."""
    return next(_IDS)


def fill(store: Store, *features: Feature, layers: tuple[Layer, ...] = (POLE, LAMP)) -> int:
    """Makes the layers and stores features; gives the revision."""
    with store.transact(Author("office", "係長"), at=AT) as transaction:
        for layer in layers:
            transaction.put_layer(layer)
        transaction.insert(features)
    return store.revision()


def lamp(feature_id: str, **values: Any) -> Feature:
    """A lamp as the store has it."""
    return Feature("lamp", feature_id, Point(137.25, 36.14), values, position=PositionQuality("coordinates"))


def lines_of(pieces: Iterable[bytes]) -> list[dict[str, Any]]:
    """The lines of a pull."""
    return [json.loads(line) for line in b"".join(pieces).splitlines()]


@dataclass
class Tablet:
    """A device that makes changes and pushes them."""

    store: Store
    device_id: str = "tablet-1"
    layer: str = "lamp"
    clock: str = AT
    ids: Iterator[str] = field(default_factory=lambda: new_ids(int(uuid.uuid4()) >> 80))

    def change(self, kind: str, feature_id: str, **more: Any) -> dict[str, Any]:
        """A change; edits of fields are `fields={name: (old, new)}`."""
        fields = {name: {"old": old, "new": new} for name, (old, new) in more.pop("fields", {}).items()}
        return {
            "change_id": next(self.ids),
            "layer": self.layer,
            "feature_id": feature_id,
            "kind": kind,
            "after": None,
            "base_revision": None,
            "definition_version": 2,
            "fields": fields,
            "attachments": [],
            "made_at": AT,
            "position": {"lon": 137.25, "lat": 36.14, "accuracy_m": 4},
            **more,
        }

    def message(self, *changes: Any, **more: Any) -> dict[str, Any]:
        """The push message of changes."""
        head = {"format": "gis-capture.push/v1", "device_id": self.device_id, "author": "班員", "clock_at": self.clock}
        return {**head, "changes": json.loads(json.dumps(changes)), **more}

    def push(self, *changes: Any, **more: Any) -> list[dict[str, Any]]:
        """Pushes changes; gives their receipts."""
        answer = push(self.store, self.message(*changes, **more), clock=lambda: self.clock, new_id=new_id)
        receipts: list[dict[str, Any]] = answer["receipts"]
        return receipts

    def pull(self, **query: Any) -> list[dict[str, Any]]:
        """All lines of a pull of the lamps."""
        return lines_of(pull(self.store, **{"layers": ["lamp"], "clock": lambda: AT, **query}))
