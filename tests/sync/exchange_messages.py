"""Makes the messages of `sample_data/exchange` from one story; `python -m tests.sync.exchange_messages` writes them."""

import itertools
import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

from gis_capture.model import BBox, canonical_hash
from gis_capture.store import open_store
from gis_capture.store.protocol import Author, Store
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.conflicts import get_conflict, list_conflicts, resolve
from gis_capture.sync.day_report import day_decisions, day_report
from gis_capture.sync.history import feature_history
from gis_capture.sync.office import Office
from gis_capture.sync.pull import pull
from gis_capture.sync.push import push
from tests.sync.tablets import AT, POINT, Tablet, fill, lamp, lines_of, new_ids

FOLDER = Path(__file__).resolve().parents[2] / "sample_data" / "exchange"
TOWN = BBox(137.2, 36.1, 137.3, 36.2)
EPOCH = "0192f000-0000-7000-8000-000000000000"
PHOTO = {
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "name": "K-01_20261123_01.jpg",
    "size_bytes": 81234,
    "media_type": "image/jpeg",
    "taken_at": "2026-11-23T02:09:00Z",
    "position": {"lon": 137.25, "lat": 36.14, "accuracy_m": 4},
}


def feature_id(number: int) -> str:
    """The id of a feature of the story."""
    return str(uuid.UUID(int=(5 << 64) + number))


def make_messages() -> dict[str, str]:
    """Gives the content of every golden file by its name."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "layers.gpkg", create=True, epoch=EPOCH)
        try:
            return _tell(store)
        finally:
            store.close()


def _tell(store: Store) -> dict[str, str]:
    minted = new_ids(7)
    clock = itertools.repeat(AT).__next__
    base = fill(
        store,
        lamp(feature_id(1), number="K-01", name="駅前", status="点灯", height_m=4.5, owner="山田"),
        lamp(feature_id(2), number="K-02", name="宮川橋", status="点灯"),
        lamp(feature_id(3), number="K-03", name="𠮷野通り", status="球切れ", seen_at="2026-11-01T00:30:00Z"),
        lamp(feature_id(4), number="K-04"),
    )
    files = {"pull.ndjson": _lines(pull(store, layers=["pole", "lamp"], clock=clock))}
    other = Tablet(store, device_id="tablet-1", ids=new_ids(1))
    theirs = other.change("update", feature_id(2), base_revision=base, fields={"status": ("点灯", "撤去")})
    push(store, other.message(theirs), clock=clock, new_id=minted.__next__)
    message = _push_message(Tablet(store, device_id="tablet-2", ids=new_ids(2)), base)
    files["push.json"] = _pretty(message)
    files["receipts.json"] = _pretty(push(store, message, clock=clock, new_id=minted.__next__))
    since = pull(store, layers=["pole", "lamp"], clock=clock, since=base, bbox=TOWN)
    files["pull-since.ndjson"] = _lines(since)
    (record,) = list_conflicts(store)
    office = Office(store, Author("office", "係長"), clock, minted.__next__)
    resolve(office, record["conflict_id"], {"status": {"take": "incoming"}}, note="現地で確認")
    after = pull(store, layers=["pole", "lamp"], clock=clock, since=record["revision"])
    files["pull-decided.ndjson"] = _lines(after)
    files["conflict.json"] = _pretty(get_conflict(store, record["conflict_id"]))
    files["history.json"] = _pretty(feature_history(store, "lamp", feature_id(2)))
    day: dict[str, Any] = {"since": "2026-11-22T15:00:00Z", "until": "2026-11-23T15:00:00Z"}
    devices = day_report(store, AttachmentFolder(FOLDER / "attachments"), **day)
    files["day.json"] = _pretty({"date": "2026-11-23", "devices": devices, "decisions": day_decisions(store, **day)})
    files["hashes.json"] = _pretty({change["change_id"]: canonical_hash(change) for change in message["changes"]})
    return files


def _push_message(tablet: Tablet, base: int) -> dict[str, Any]:
    """A change for every status a receipt can have, in the order of a day."""
    first = {
        **tablet.change("insert", feature_id(9), fields={"number": (None, "K-09"), "status": (None, "球切れ")}),
        "geometry": {"old": None, "new": POINT},
        "located": {"method": "gps", "accuracy_m": 4, "note": None},
        "attachments": [PHOTO],
    }
    far = {"type": "Point", "coordinates": [137.35, 36.25]}
    return tablet.message(
        first,
        tablet.change("update", feature_id(9), after=first["change_id"], fields={"name": (None, "新設")}),
        tablet.change("update", feature_id(1), base_revision=base, geometry={"old": POINT, "new": far}),
        tablet.change("update", feature_id(2), base_revision=base, fields={"status": ("点灯", "球切れ")}),
        tablet.change("update", feature_id(2), base_revision=base, fields={"name": ("宮川橋", "宮川大橋")}),
        tablet.change("delete", feature_id(4), base_revision=base),
        tablet.change(
            "update", feature_id(3), base_revision=base, after=feature_id(99), fields={"name": ("𠮷野通り", "吉野通り")}
        ),
        tablet.change("update", feature_id(3), base_revision=base, fields={"status": ("球切れ", "消灯")}),
        epoch=EPOCH,
    )


def _pretty(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _lines(lines: Any) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines_of(lines))


if __name__ == "__main__":
    for name, content in make_messages().items():
        (FOLDER / name).write_text(content, encoding="utf-8", newline="\n")
