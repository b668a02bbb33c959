"""A workspace that is worth a backup, and what tests of backups ask of it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gis_capture.store.protocol import Author
from gis_capture.sync.push import push
from gis_capture.workspace import Workspace
from gis_capture.workspace.identity import new_id, utc_now

LAYER = "street_light"
AT = "2026-11-23T02:10:00Z"
OWN_LAYER = """
format = "gis-capture.layer/v1"
key = "bench"
title = { ja = "ベンチ", en = "Benches" }
geometry_type = "Point"
[[fields]]
field_id = "bench.name"
name = "name"
title = { ja = "名前", en = "Name" }
type = "text"
"""


@contextmanager
def backed_up_workspace(folder: Path) -> Iterator[Workspace]:
    """A workspace with a layer, a definition of its own, a source and a photo that came."""
    with Workspace.create(folder, name="道路維持課") as made:
        with made.store.transact(Author("office"), at=AT) as transaction:
            transaction.put_layer(made.known_layer(LAYER))
        (made.path / "layers" / "bench").mkdir()
        (made.path / "layers" / "bench" / "layer.toml").write_text(OWN_LAYER, encoding="utf-8")
        (made.path / "sources" / ("cd" * 32)).mkdir()
        (made.path / "sources" / ("cd" * 32) / "街路灯 台帳.csv").write_bytes(b"a,b\n")
        capture(made, "a", photo=b"one")
        yield made


def capture(workspace: Workspace, number: str, *, photo: bytes | None = None, device_id: str = "tablet-1") -> str:
    """Pushes a new light, with the photo's bytes; gives the id of the change."""
    change = light(number, photo)
    if photo is not None:
        sha256 = hashlib.sha256(photo).hexdigest()
        workspace.attachments.receive(sha256, [photo], start=0, total=len(photo))
    answer = push(workspace.store, message(change, device_id=device_id), clock=utc_now, new_id=new_id)
    assert answer["receipts"][0]["status"] == "applied"
    return str(change["change_id"])


def light(number: str, photo: bytes | None) -> dict[str, Any]:
    """The insert of a light."""
    sha256 = hashlib.sha256(photo or b"").hexdigest()
    named = {"sha256": sha256, "name": f"{number}.jpg", "size_bytes": len(photo or b""), "media_type": "image/jpeg"}
    return {
        "change_id": new_id(),
        "layer": LAYER,
        "feature_id": new_id(),
        "kind": "insert",
        "fields": {"ledger_number": {"new": number}},
        "attachments": [] if photo is None else [named],
    }


def message(*changes: dict[str, Any], device_id: str = "tablet-1") -> dict[str, Any]:
    """A push."""
    return {"format": "gis-capture.push/v1", "device_id": device_id, "clock_at": AT, "changes": list(changes)}


def numbers(path: Path) -> list[str]:
    """The numbers of all lights of a workspace."""
    with Workspace.open(path) as opened:
        return sorted(str(one.fields["ledger_number"]) for one in opened.store.features(LAYER))


def tree(path: Path) -> dict[str, bytes]:
    """Every file of a folder but what a server leaves and takes: the same before and after where nothing changed."""
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
