"""What a person makes of a mark: a change, a note in the layer of the red pen, or nothing.

An accepted one comes in by the same door as a tablet's change, with what was printed as what its author saw: whatever
others have changed since is merged, or becomes a conflict.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import shapely
from shapely import Geometry

from gis_capture.errors import FeatureError
from gis_capture.model import GEOMETRY, Attachment, Change, Edit, Feature, Layer, PositionQuality, geometry_to_geojson
from gis_capture.paper.sheet import Sheet, SheetFeature
from gis_capture.sync.messages import PUSH_FORMAT
from gis_capture.sync.push import push
from gis_capture.text import Text
from gis_capture.workspace.sheets.planning import moved
from gis_capture.workspace.sheets.records import SheetRecord

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

Action = Literal["delete", "move", "update", "insert", "note", "discard"]
ACTIONS: tuple[Action, ...] = ("delete", "move", "update", "insert", "note", "discard")
REDLINE = "redline"


def suggested(kind: str, numbers: list[int]) -> Action:
    """What a mark most likely asks for; a person decides."""
    if kind == "stamp":
        return "discard"
    if len(numbers) == 1 and kind in ("cross", "arrow"):
        return "delete" if kind == "cross" else "move"
    return "update" if len(numbers) == 1 and kind == "tick" else "note"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on a mark.

    Attributes:
        number: Of the feature on the sheet that it is about; None = the one that the mark touches.
        layer: For an insert.
        fields: New values.
        note: Text of a note.
    """

    action: Action
    number: int | None = None
    layer: str = ""
    fields: Mapping[str, Any] | None = None
    note: str = ""
    author: str = ""


def decide(workspace: "Workspace", reading_id: str, mark_id: str, decision: Decision) -> dict[str, Any]:
    """Carries a decision out once, and keeps it with its author; the same again changes nothing.

    Returns:
        `{"action", "author", "at", "receipt"}`; the receipt of the change, None for what is discarded.

    Raises:
        FeatureError: The decision does not fit the mark, or was made already otherwise.
        SourceError: There is no such mark.
    """
    readings = workspace.readings
    page, mark = readings.mark(reading_id, mark_id)
    record = workspace.sheets.kept.read(page["sheet"])
    with readings.deciding(reading_id) as decisions:
        known: dict[str, Any] | None = decisions.get(mark_id)
        is_done = known is not None and (known["receipt"] or {}).get("status") != "rejected"
        if known is not None and is_done and known["action"] != "discard":
            if known["action"] == decision.action:
                return known
            raise _unfit(
                Text(
                    "この書き込みはもう決まっています。取り消すには、地物の履歴から戻してください。",
                    "This mark has been decided on: take it back in the history of the feature.",
                ),
                "sheet_decided",
            )
        receipt = None
        if decision.action != "discard":
            change = _Proposal(workspace, reading_id, mark, record).change(decision)
            receipt = _push(workspace, change, record.sheet, decision.author)
        made = {"action": decision.action, "author": decision.author, "at": workspace.clock(), "receipt": receipt}
        decisions[mark_id] = made
        return made


@dataclass(frozen=True, slots=True)
class _Proposal:
    workspace: "Workspace"
    reading_id: str
    mark: Mapping[str, Any]
    record: SheetRecord

    def change(self, decision: Decision) -> Change:
        if decision.action == "note":
            return self._note(decision)
        if decision.action == "insert":
            layer = self.workspace.store.layer(decision.layer)
            edits = {name: Edit(None, value) for name, value in _typed(layer, decision).items()}
            edits[GEOMETRY] = Edit(None, geometry_to_geojson(self._drawn(layer)))
            return self._change(
                decision, layer.key, self._named("feature"), "insert", edits=edits, located=self._located()
            )
        printed = self._feature(decision)
        layer = self.workspace.store.layer(printed.layer)
        seen = self.workspace.store.feature_at(layer.key, printed.feature_id, self.record.sheet.revision)
        base = self.record.sheet.revision
        if decision.action == "delete":
            return self._change(decision, layer.key, printed.feature_id, "delete", base_revision=base)
        edits = {
            name: Edit(seen.fields.get(name) if seen else None, value)
            for name, value in _typed(layer, decision).items()
        }
        if decision.action == "move":
            edits[GEOMETRY] = Edit(*self._move(layer, seen))
        if not edits:
            raise _unfit(Text("変える項目の値を入れてください。", "Give the values that change."), "sheet_decision")
        located = self._located() if decision.action == "move" else None
        return self._change(
            decision, layer.key, printed.feature_id, "update", edits=edits, located=located, base_revision=base
        )

    def _change(self, decision: Decision, layer: str, feature_id: str, kind: Any, **others: Any) -> Change:
        change_id, at = self._named(decision.action), self.workspace.clock()
        return Change(change_id, layer, feature_id, kind, made_at=at, **others)

    def _named(self, word: str) -> str:
        """An id that is the same when the same is done again, so that nothing is written twice."""
        return str(uuid.uuid5(uuid.UUID(self.reading_id), f"{self.mark['mark_id']}/{word}"))

    def _feature(self, decision: Decision) -> SheetFeature:
        number = decision.number or next(iter(self.mark["numbers"]), None)
        found = next((one for one in self.record.features if one.number == number), None)
        if found is None:
            raise _unfit(
                Text(
                    "どの地物のことか、紙の番号で指定してください。",
                    "Say which feature it is about, by its number on the sheet.",
                ),
                "sheet_decision",
            )
        return found

    def _ground(self) -> Geometry:
        line = self.mark["line"]
        return shapely.Point(line[0]) if len(line) == 1 else shapely.LineString(line)

    def _in_layer(self, geometry: Geometry, layer: Layer) -> Geometry:
        grids = self.workspace.grids_dir
        there = moved(geometry, self.record.sheet.crs, layer.crs, grids)
        assert there is not None
        return there

    def _drawn(self, layer: Layer) -> Geometry:
        """The mark as a geometry of a layer: a loop is an area, or its middle; a line a line."""
        line, kind = self._ground(), layer.geometry_type
        area = shapely.make_valid(shapely.Polygon(self.mark["line"])) if len(self.mark["line"]) > 3 else None
        if "Point" in kind:
            shape: Geometry = (
                shapely.Point(self.mark["line"][-1]) if self.mark["kind"] == "arrow" else shapely.centroid(line)
            )
        elif "Polygon" in kind and area is not None and self.mark["kind"] == "loop":
            shape = area
        elif "Line" in kind and shapely.get_dimensions(line) == 1 and self.mark["kind"] != "loop":
            shape = line
        else:
            raise _unfit(
                Text(
                    f"この書き込みの形は「{layer.title.ja}」の地物になりません。",
                    f'This mark has no shape for the layer "{layer.key}".',
                ),
                "sheet_decision",
            )
        there = self._in_layer(shape, layer)
        parts = shapely.get_parts(there)
        return shapely.MultiPolygon(list(parts)) if kind == "MultiPolygon" else there

    def _move(self, layer: Layer, seen: Feature | None) -> tuple[Any, Any]:
        if layer.geometry_type != "Point" or self.mark["kind"] != "arrow":
            raise _unfit(
                Text("移せるのは、矢印が付いた点の地物だけです。", "Only points can be moved, and by an arrow."),
                "sheet_decision",
            )
        there = self._in_layer(shapely.Point(self.mark["line"][-1]), layer)
        return geometry_to_geojson(seen.geometry) if seen else None, geometry_to_geojson(there)

    def _located(self) -> PositionQuality:
        sheet = self.record.sheet
        return PositionQuality("tap", round(sheet.scale / 1000, 2), f"No.{sheet.number} 1:{sheet.scale}")

    def _note(self, decision: Decision) -> Change:
        """A stroke of the red pen with the picture of the mark."""
        workspace = self.workspace
        if all(layer.key != REDLINE for layer in workspace.store.layers()):
            workspace.add_layer(workspace.known_layer(REDLINE), author=decision.author)
        layer = workspace.store.layer(REDLINE)
        line = self._ground()
        if shapely.get_dimensions(line) == 0:
            reach = self.record.sheet.scale / 1000 * 2
            x, y = shapely.get_coordinates(line)[0]
            line = shapely.LineString([(x - reach, y - reach), (x + reach, y + reach)])
        numbers = "、".join(str(number) for number in self.mark["numbers"])
        plain = f"No.{self.record.sheet.number}" + (f" の {numbers}" if numbers else "")
        values = {
            "pen_note": (decision.note or plain)[:200],
            "pen_color": "赤",
            "drawn_by": (self.record.sheet.crew or decision.author)[:100] or None,
            "drawn_at": workspace.clock(),
        }
        edits = {name: Edit(None, value) for name, value in values.items() if value is not None}
        edits[GEOMETRY] = Edit(None, geometry_to_geojson(self._in_layer(line, layer)))
        picture = workspace.readings.picture(self.reading_id, f"mark-{self.mark['mark_id']}.jpg")
        photo = _keep_photo(workspace, picture)
        feature_id = self._named("note_feature")
        return self._change(
            decision, REDLINE, feature_id, "insert", edits=edits, located=self._located(), attached=(photo,)
        )


def _typed(layer: Layer, decision: Decision) -> dict[str, Any]:
    """The new values; numbers and truth values may come as the texts of a form."""
    given = dict(decision.fields or {})
    for name, value in given.items():
        if layer.field(name).type in ("integer", "real", "boolean") and isinstance(value, str):
            with suppress(ValueError):
                given[name] = json.loads(value) if value else None
        elif value == "":
            given[name] = None
    return given


def _keep_photo(workspace: "Workspace", picture: Path) -> Attachment:
    content = picture.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    workspace.attachments.receive(sha256, [content], start=0, total=len(content))
    return Attachment(sha256, picture.name, len(content), "image/jpeg", workspace.clock())


def _push(workspace: "Workspace", change: Change, sheet: Sheet, author: str) -> dict[str, Any]:
    message = {
        "format": PUSH_FORMAT,
        "epoch": workspace.store.epoch,
        "device_id": f"sheet-{sheet.number}",
        "author": author,
        "changes": [change.to_json()],
    }
    answer = push(workspace.store, message, clock=workspace.clock, new_id=workspace.new_id)
    receipt: dict[str, Any] = answer["receipts"][0]
    return receipt


def _unfit(message: Text, code: str) -> FeatureError:
    return FeatureError(message, code=code)
