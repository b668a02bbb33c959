"""A journal of QField becomes changes; the same entry gives the same change, however often it comes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from gis_capture.errors import CRSError
from gis_capture.geopackage.column_values import column_reader
from gis_capture.geopackage.comparison import ids_by_fid
from gis_capture.geopackage.names import FEATURE_ID, POSITION_COLUMNS, REVISION
from gis_capture.model import ABSENT, GEOMETRY, STORED, Attachment, Change, Edit, Layer
from gis_capture.store.checkout import Checkout
from gis_capture.store.protocol import Store
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync.checkin import codes
from gis_capture.sync.checkin.changes import renamed_fields
from gis_capture.sync.checkin.checkin import Body, LayerCounts, Plan
from gis_capture.sync.checkin.delta_edits import located_by, on_top
from gis_capture.sync.checkin.delta_file import Delta, read_delta_file
from gis_capture.sync.checkin.delta_geometry import read_wkt
from gis_capture.sync.checkin.photos import Photos, is_picture_path

MAX_TOLD = 20
"""Problems of one kind that are told for single entries."""
_MARK = "delta"
_NOT_FIELDS = frozenset({"fid", FEATURE_ID, REVISION})


def plan_deltas(
    store: Store, path: Path, checkout: Checkout, base: Path, *, is_by_value: bool = False, photos: Photos | None = None
) -> Plan:
    """Reads a journal of a file that was handed out; writes nothing. The arguments are those of `plan_checkin`.

    Raises:
        SourceError: It cannot be read (code `delta_unreadable`).
    """
    deltas = read_delta_file(path)
    plan = Plan(checkout, photos=photos, device_id=f"{checkout.device_id}:delta")
    with store.snapshot() as moment:
        pushed = list(moment.sync.changes(device_id=plan.device_id))
    _Planner(plan, pushed, base, {layer.key: layer for layer in store.layers()}, is_by_value=is_by_value).take(deltas)
    return plan


class _Planner:
    """Makes the changes of one journal.

    Whose row is meant is known by its client: two tablets number their new rows alike.
    """

    def __init__(
        self,
        plan: Plan,
        pushed: Sequence[PushedChange],
        base: Path,
        now: Mapping[str, Layer],
        *,
        is_by_value: bool,
    ) -> None:
        self.plan, self.checkout, self._is_by_value = plan, plan.checkout, is_by_value
        self._layers = {layer.key: layer for layer in plan.checkout.layers}
        self._names = {key: renamed_fields(layer, now.get(key)) for key, layer in self._layers.items()}
        self._handed_out = ids_by_fid(base, list(self._layers))
        self._ids = {key: set(rows.values()) for key, rows in self._handed_out.items()}
        self._sent: set[str] = set()
        self._known = {one.change_id: one.body for one in pushed}
        self._hashes: dict[str, set[str]] = {}
        self._created: dict[tuple[str, str, str], str] = {}
        self._chains: dict[tuple[str, str, str], list[Body]] = {}
        self._counts: dict[str, LayerCounts] = {}
        self._told: Counter[str] = Counter()
        self._unknown: Counter[tuple[str, str]] = Counter()
        for one in pushed:
            self._remember(one.body, is_stored=one.receipt.status in STORED)

    def take(self, deltas: Iterable[Delta]) -> None:
        """Adds the changes of a journal, in its order, and what is to be told."""
        for delta in deltas:
            layer = self._layer_of(delta)
            if layer is None:
                name = (*delta.layer_names, *delta.layer_ids, "?")[0]
                self._tell(codes.DELTA_LAYER_UNKNOWN, number=delta.number, found=name)
                continue
            feature_id = self._feature_of(delta, layer)
            if feature_id is None:
                about: dict[str, Any] = {"layer": layer.title, "pk": delta.source_pk or delta.local_pk}
                self._tell(codes.DELTA_ROW_UNKNOWN, number=delta.number, **about)
                continue
            self._take_one(delta, layer, feature_id)
        for (key, column), n in self._unknown.items():
            more: dict[str, Any] = {"layer": self._layers[key].title, "n": n}
            self.plan.problems.append(codes.problem(codes.COLUMN_ADDED, column=column, **more))
        for code, n in self._told.items():
            if n > MAX_TOLD:
                self.plan.problems.append(codes.problem(codes.DELTAS_MORE, "error", n=n - MAX_TOLD, kind=code))
        self.plan.layers += self._counts.values()
        if self.plan.photos is not None:
            for layer in self.checkout.layers:
                self.plan.photos.tell_rest(layer)
            self.plan.problems += self.plan.photos.problems

    def _take_one(self, delta: Delta, layer: Layer, feature_id: str) -> None:
        counts = self._counts.setdefault(layer.key, LayerCounts(layer.key, len(self._handed_out.get(layer.key, {}))))
        chain = self._chains.setdefault((delta.client_id, layer.key, feature_id), [])
        change_id = self._id(f"{_MARK}/{delta.uuid}/{delta.sha256}")
        if change_id in self._known:
            self._send(self._known[change_id])
            counts.n_known += 1
        elif body := self._body(delta, layer, feature_id, chain, change_id):
            self._send(body)
            self._remember(body, is_stored=True)
            kind = body["kind"]
            counts.n_inserted += kind == "insert"
            counts.n_updated += kind == "update"
            counts.n_deleted += kind == "delete"
        if delta.method != "delete":
            self._add_photos(delta, layer, feature_id, chain, counts)

    def _body(self, delta: Delta, layer: Layer, feature_id: str, chain: Sequence[Body], change_id: str) -> Body | None:
        """The change of an entry; None where it changes nothing, or its geometry cannot be taken."""
        edits = self._edits(delta, layer)
        for half, side in (("old", delta.old), ("new", delta.new)):
            if delta.method == ("create" if half == "old" else "delete") or GEOMETRY not in side:
                continue
            geometry = self._geometry(delta, layer, side[GEOMETRY])
            if geometry is ABSENT and half == "new":
                return None
            edit = edits.get(GEOMETRY, Edit())
            edits[GEOMETRY] = Edit(geometry, edit.new) if half == "old" else Edit(edit.old, geometry)
        kind: Any = {"create": "insert", "patch": "update"}.get(delta.method, delta.method)
        if GEOMETRY in edits and edits[GEOMETRY].new is ABSENT and kind != "delete":
            del edits[GEOMETRY]
        if kind == "insert":
            edits = {name: Edit(None, edit.new) for name, edit in edits.items()}
        located = located_by(edits)
        is_changed = delta.uuid in self._hashes
        if is_changed:
            # The first content is stored; what was edited since goes on top of it.
            about: dict[str, Any] = {"layer": layer.title}
            self._tell(codes.DELTA_CHANGED, "warning", number=delta.number, uuid=delta.uuid, **about)
            kind = "update" if kind == "insert" and chain else kind
            edits = on_top(edits, chain)
        if kind != "delete":
            edits = {name: edit for name, edit in edits.items() if edit.old != edit.new}
        if kind == "update" and not edits:
            return None
        change = Change(
            change_id=change_id,
            layer=layer.key,
            feature_id=feature_id,
            kind=kind,
            edits=edits,
            located=located,
            after=chain[-1]["change_id"] if chain else None,
            base_revision=None if kind == "insert" or self._is_by_value else self.checkout.revision,
            definition_version=layer.definition_version,
            extra={
                _MARK: {
                    "uuid": delta.uuid,
                    "sha256": delta.sha256,
                    "client_id": delta.client_id,
                    "local_pk": delta.local_pk,
                }
            },
        )
        return change.to_json()

    def _edits(self, delta: Delta, layer: Layer) -> dict[str, Edit]:
        old, new = delta.old_attributes(), delta.new_attributes()
        types = {one.name: one.type for one in layer.fields}
        edits: dict[str, Edit] = {}
        for name in old if delta.method == "delete" else new:
            if name in _NOT_FIELDS or name == GEOMETRY:
                continue
            reader = (column_reader(types[name]) if name in types else None) or _as_it_is
            was = reader(old[name]) if name in old else ABSENT
            becomes = None if delta.method == "delete" else reader(new[name])
            if was == becomes and delta.method == "patch":
                continue
            if name not in types and name not in POSITION_COLUMNS and delta.method != "delete":
                if becomes is None:
                    continue
                self._unknown[layer.key, name] += 1
            edits[self._names[layer.key].get(name, name)] = Edit(was, becomes)
        return edits

    def _geometry(self, delta: Delta, layer: Layer, text: str | None) -> Any:
        """A geometry as GeoJSON in the layer's CRS; ABSENT where it cannot be taken, which is told."""
        about: dict[str, Any] = {"layer": layer.title, "number": delta.number}
        try:
            return read_wkt(text, delta.crs, layer)
        except CRSError:
            self._tell(codes.DELTA_OTHER_CRS, found=delta.crs[:60], expected=layer.crs, **about)
        except ValueError:
            self._tell(codes.DELTA_GEOMETRY, found=(text or "")[:80], **about)
        return ABSENT

    def _add_photos(self, delta: Delta, layer: Layer, feature_id: str, chain: list[Body], counts: LayerCounts) -> None:
        """Pictures come as a change of their own, so that those that are missing may come later."""
        texts = [str(one) for one in dict.fromkeys(filter(is_picture_path, delta.new_attributes().values()))]
        known = [one for body in chain for one in Change.from_json(body).attached]
        for body in [one for one in chain if one.get("attachments") and one["change_id"] not in self._sent]:
            self._send(body)
            counts.n_known += 1
        if not texts or self.plan.photos is None or not chain:
            return
        attached: tuple[Attachment, ...] = self.plan.photos.of_row(texts, layer, delta.local_pk, known)
        if not attached:
            return
        hashes = "/".join(sorted(one.sha256 for one in attached))
        change = Change(
            change_id=self._id(f"photos/{layer.key}/{feature_id}/{hashes}"),
            layer=layer.key,
            feature_id=feature_id,
            kind="update",
            attached=attached,
            after=chain[-1]["change_id"],
            definition_version=layer.definition_version,
            extra={_MARK: {"client_id": delta.client_id}},
        )
        if change.change_id in self._known:
            self._send(self._known[change.change_id])
            counts.n_known += 1
            return
        self._send(change.to_json())
        chain.append(change.to_json())
        counts.n_updated += 1

    def _send(self, body: Body) -> None:
        self._sent.add(body["change_id"])
        self._known[body["change_id"]] = body
        self.plan.bodies.append(body)

    def _layer_of(self, delta: Delta) -> Layer | None:
        """By the name the project gives it, else by the name that begins the id QGIS made of it."""
        for name in delta.layer_names:
            for text in (name, name.split(" — ")[-1]):
                for layer in self._layers.values():
                    if text in (layer.key, layer.title.ja, layer.title.en):
                        return layer
        by_length = sorted(self._layers.values(), key=lambda one: -len(one.key))
        for text in delta.layer_ids:
            for layer in by_length:
                if re.fullmatch(rf"(?:.*_)?{re.escape(layer.key)}(?:_[0-9a-f]{{8}}_.*)?", text):
                    return layer
        return None

    def _feature_of(self, delta: Delta, layer: Layer) -> str | None:
        ids = self._ids[layer.key]
        stated = delta.old_attributes().get(FEATURE_ID) or delta.new_attributes().get(FEATURE_ID)
        own = _uuid(stated)
        created = (layer.key, delta.client_id, delta.local_pk)
        if delta.method == "create":
            made = self._id(f"{layer.key}/{delta.client_id}/{delta.local_pk}")
            return self._created.setdefault(created, own if own and own not in ids else made)
        made_here = self._chains.get((delta.client_id, layer.key, own or ""))
        if own is not None and (own in ids or made_here):
            return own
        if isinstance(stated, str) and stated in ids:
            return stated
        if created in self._created:
            return self._created[created]
        is_number = delta.source_pk.isascii() and delta.source_pk.isdigit() and len(delta.source_pk) < 19
        return self._handed_out[layer.key].get(int(delta.source_pk)) if is_number else None

    def _remember(self, body: Body, *, is_stored: bool) -> None:
        mark = body.get(_MARK) or {}
        client_id, layer, feature_id = str(mark.get("client_id")), body["layer"], body["feature_id"]
        if "local_pk" in mark and body["kind"] == "insert":
            self._created[layer, client_id, mark["local_pk"]] = feature_id
        if is_stored:
            self._chains.setdefault((client_id, layer, feature_id), []).append(body)
            if "uuid" in mark:
                self._hashes.setdefault(mark["uuid"], set()).add(mark["sha256"])

    def _tell(self, code: str, severity: Any = "error", **about: Any) -> None:
        self._told[code] += 1
        if self._told[code] <= MAX_TOLD:
            self.plan.problems.append(codes.problem(code, severity, **about))

    def _id(self, name: str) -> str:
        return str(uuid5(UUID(self.checkout.checkout_id), name))


def _uuid(value: Any) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) <= 45 else None
    except ValueError:
        return None


def _as_it_is(value: Any) -> Any:
    return value
