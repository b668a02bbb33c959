"""What must hold when the dust has settled: everything that was captured is somewhere a person can find it."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyogrio

from gis_capture.geopackage.connection import connect
from gis_capture.model import geometry_to_geojson
from gis_capture.sync.attachments import list_missing
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace
from tests.faults.tablet import LAYER, HeadlessTablet

STORED = ("applied", "merged", "conflict")


def complaints(
    folder: Path, tablets: Iterable[HeadlessTablet], captured: Iterable[str], given_up: Iterable[str]
) -> list[str]:
    """Looks into a workspace that nobody serves, and at the tablets; gives what is wrong, nothing where all is well.

    Args:
        folder: The workspace.
        tablets: After their last pull.
        captured: Each value that somebody captured, as `value_key` writes it; no two are the same.
        given_up: Values that somebody overwrote outside of the protocol.
    """
    tablets = list(tablets)
    with Workspace.open(folder) as workspace:
        changes = _changes(workspace)
        return [
            *_lost(workspace, tablets, changes, set(captured) - set(given_up)),
            *_different(workspace, tablets),
            *_wrong_receipts(tablets, changes),
            *_lost_photos(workspace, tablets, changes),
            *_unsound(workspace, folder),
        ]


def value_key(value: Any) -> str:
    """A value as it is looked for."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _changes(workspace: Workspace) -> list[Any]:
    with workspace.store.snapshot() as snapshot:
        return list(snapshot.sync.changes())


def _lost(workspace: Workspace, tablets: list[HeadlessTablet], changes: list[Any], captured: set[str]) -> Iterator[str]:
    found: set[str] = set()
    for feature in workspace.store.features(LAYER):
        found |= {value_key(value) for value in feature.fields.values()}
        found.add(value_key(geometry_to_geojson(feature.geometry)))
    for record in list_conflicts(workspace.store, state=None):
        for clash in [*record["fields"], *filter(None, [record["geometry"]])]:
            found |= {value_key(clash.get(side)) for side in ("stored", "incoming")}
    for tablet in tablets:
        for change in tablet.outbox.values():
            found |= {value_key(edit["new"]) for edit in _edits(change).values() if "new" in edit}
    for pushed in changes:
        if pushed.receipt.status in STORED and not (pushed.body["kind"] == "delete" and pushed.receipt.conflicts):
            # Who overwrites or deletes what they saw, gives it up knowingly.
            edits = _edits(pushed.body).items()
            found |= {value_key(edit.get("old")) for name, edit in edits if name not in pushed.receipt.conflicts}
    for value in sorted(captured - found):
        yield f"lost: {value}"


def _edits(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body["fields"], **({"geometry": body["geometry"]} if body.get("geometry") else {})}


def _different(workspace: Workspace, tablets: list[HeadlessTablet]) -> Iterator[str]:
    stored = {}
    for feature in workspace.store.features(LAYER):
        values: dict[str, Any] = {name: feature.fields[name] for name in HeadlessTablet.fields}
        values["geometry"] = geometry_to_geojson(feature.geometry)
        values["photos"] = [one.sha256 for one in feature.attachments]
        stored[feature.feature_id] = values
    for tablet in tablets:
        if tablet.revision != workspace.store.revision():
            yield f"{tablet.device_id} is at revision {tablet.revision} of {workspace.store.revision()}"
        copy = {feature_id: held.values for feature_id, held in tablet.copy.items()}
        for feature_id in sorted(copy.keys() | stored.keys()):
            if copy.get(feature_id) != stored.get(feature_id):
                has, there = copy.get(feature_id), stored.get(feature_id)
                yield f"{tablet.device_id} has of {feature_id}: {has}, the store: {there}"


def _wrong_receipts(tablets: list[HeadlessTablet], changes: list[Any]) -> Iterator[str]:
    """What a tablet was told of a change that is stored is still so; what it was not told is in its outbox."""
    by_id = {pushed.change_id: pushed for pushed in changes}
    for tablet in tablets:
        for change_id, told in tablet.told.items():
            pushed = by_id.get(change_id)
            if pushed is None:
                yield f"{tablet.device_id} was told of {change_id}, which the store does not know"
            elif told["status"] in STORED and (pushed.receipt.status, pushed.receipt.revision) != (
                told["status"],
                told["revision"],
            ):
                is_closed = told["status"] == "conflict" and pushed.receipt.status == "merged"
                if not is_closed:
                    yield f"{change_id}: told {told['status']}, now {pushed.receipt.status}"
            elif (
                told["status"] not in STORED and change_id not in tablet.outbox and pushed.receipt.status not in STORED
            ):
                yield f"{change_id} is {told['status']} and in no outbox"


def _lost_photos(workspace: Workspace, tablets: list[HeadlessTablet], changes: list[Any]) -> Iterator[str]:
    missing = {one["sha256"] for one in list_missing(workspace.store, workspace.attachments)}
    named = {one["sha256"] for pushed in changes for one in pushed.body.get("attachments") or ()}
    for tablet in tablets:
        for sha256 in tablet.photos:
            is_sent = sha256 not in tablet.unsent
            if is_sent and not workspace.attachments.is_here(sha256):
                yield f"photo {sha256} was taken in and is not here"
            elif not is_sent and sha256 in named - missing and not workspace.attachments.is_here(sha256):
                yield f"photo {sha256} is neither here nor listed as missing"
    for path in sorted(workspace.folder.attachments_dir.glob("??/*")):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.parent.name + path.name:
            yield f"photo {path.parent.name}{path.name} has other bytes"


def _unsound(workspace: Workspace, folder: Path) -> Iterator[str]:
    """Our own check, SQLite's, the R-tree's, and what GDAL reads."""
    path = folder / "layers.gpkg"
    for problem in workspace.store.check_integrity():
        yield problem.message.en
    n_features = workspace.store.count(LAYER)
    with closing(connect(path, is_read_only=True)) as database:
        yield from (f"integrity: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row[0] != "ok")
        (verdict,) = database.execute(f"SELECT rtreecheck('rtree_{LAYER}_geometry')").fetchone()
        if verdict != "ok":
            yield f"R-tree: {verdict}"
        yield from _wrong_extent(database)
        (n_twice,) = database.execute(f"SELECT count(*) - count(DISTINCT feature_id) FROM {LAYER}").fetchone()
        if n_twice:
            yield f"{n_twice} features are there twice"
    if (n_read := pyogrio.read_info(path, layer=LAYER)["features"]) != n_features:
        yield f"GDAL reads {n_read} of {n_features} features"


def _wrong_extent(database: sqlite3.Connection) -> Iterator[str]:
    sql = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
    told = database.execute(sql, (LAYER,)).fetchone()
    boxes = database.execute(
        f"SELECT min(ST_MinX(geometry)), min(ST_MinY(geometry)), max(ST_MaxX(geometry)), max(ST_MaxY(geometry))"
        f" FROM {LAYER}"
    ).fetchone()
    if told != boxes:
        yield f"the extent is told as {told} and is {boxes}"
