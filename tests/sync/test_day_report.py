"""What is told at the end of the day: sent, stored, waiting, missing."""

import hashlib
from pathlib import Path
from typing import Any

from gis_capture.store.geopackage.store import GeoPackageStore
from gis_capture.store.protocol import Author
from gis_capture.sync.attachments import AttachmentFolder, list_missing
from gis_capture.sync.conflicts import list_conflicts, resolve
from gis_capture.sync.day_report import STATUSES, day_decisions, day_report
from gis_capture.sync.office import Office, list_waiting
from tests.sync.tablets import AT, Tablet, fill, lamp, new_id

PHOTO = b"\xff\xd8\xff a photo"


def photo(content: bytes) -> dict[str, object]:
    """An attachment as a change names it."""
    sha256 = hashlib.sha256(content).hexdigest()
    return {"sha256": sha256, "name": "a.jpg", "size_bytes": len(content), "media_type": "image/jpeg"}


def test_the_day_of_each_device_adds_up(store: GeoPackageStore, tmp_path: Path) -> None:
    """What was sent is the sum of what became of it; photos that have not come are counted and listed."""
    base = fill(store, lamp("f1", status="撤去"), lamp("f2"))
    folder = AttachmentFolder(tmp_path / "attachments")
    one, two = Tablet(store, device_id="one"), Tablet(store, device_id="two", clock="2026-11-23T23:59:59Z")
    here, missing = photo(PHOTO), photo(PHOTO + b"2")
    one.push(
        {**one.change("update", "f2", base_revision=base), "attachments": [here, missing]},
        one.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}),
        one.change("update", "f1", after="lost"),
        one.change("insert", "f3", fields={"status": (None, "消灯")}),
        {**one.change("update", "f1"), "attachments": [{"sha256": 5}]},
    )
    two.push(two.change("insert", "f4"))
    folder.receive(str(here["sha256"]), [PHOTO], start=0, total=len(PHOTO))
    folder.receive(str(missing["sha256"]), [PHOTO], start=0, total=len(PHOTO) + 1)
    report = day_report(store, folder, since="2026-11-23T00:00:00Z", until="2026-11-24T00:00:00Z")
    assert [line["device_id"] for line in report] == ["one", "two"]
    assert all(line["n_sent"] == sum(line[f"n_{status}"] for status in STATUSES) for line in report)
    assert report[0] == {
        "device_id": "one",
        "authors": ["班員"],
        "n_sent": 5,
        "n_applied": 1,
        "n_merged": 0,
        "n_conflict": 1,
        "n_held": 1,
        "n_rejected": 2,
        "n_open_conflicts": 1,
        "n_photos": 2,
        "n_photos_here": 1,
        "n_photos_missing_before": 0,
        "last_received_at": "2026-11-23T02:10:00Z",
        "next": ["photos", "conflicts", "rejected", "held"],
    }
    assert report[1]["next"] == []
    (later,) = day_report(store, folder, since="2026-11-24T00:00:00Z", until="2026-11-25T00:00:00Z")
    assert (later["device_id"], later["n_sent"], later["n_photos_missing_before"]) == ("one", 0, 1)
    assert later["next"] == ["photos"]
    (awaited,) = list_missing(store, folder)
    assert (awaited["sha256"], awaited["feature_id"], awaited["n_bytes_here"]) == (missing["sha256"], "f2", len(PHOTO))


def test_what_came_under_a_used_id_or_none_is_counted(store: GeoPackageStore, tmp_path: Path) -> None:
    """The tablet sent it, it was rejected, and the office has it: so says the receipt of the day."""
    fill(store)
    tablet = Tablet(store)
    first = tablet.change("insert", "f1", fields={"name": (None, "甲")})
    other = {**first, "fields": {"name": {"old": None, "new": "乙"}}}
    tablet.push(first, other, {**tablet.change("insert", "f2"), "change_id": ""})

    folder = AttachmentFolder(tmp_path / "attachments")
    (line,) = day_report(store, folder, since="2026-11-23T00:00:00Z", until="2026-11-24T00:00:00Z")
    assert (line["n_sent"], line["n_applied"], line["n_rejected"], line["next"]) == (3, 1, 2, ["rejected"])
    assert day_report(store, folder, since="2026-11-24T00:00:00Z", until="2026-11-25T00:00:00Z") == []


def test_what_waits_for_the_office_is_listed_with_its_body(store: GeoPackageStore) -> None:
    """Held, rejected, sent under another's id, sent under none: nothing disappears."""
    fill(store)
    tablet = Tablet(store)
    good = tablet.change("insert", "f1")
    held = tablet.change("update", "f1", after="lost")
    rejected = tablet.change("insert", "f2", fields={"status": (None, "消灯")})
    reused = {**good, "feature_id": "f3"}
    nameless = {"layer": "lamp", "note": "\ud800"}
    tablet.push(good, held, rejected, reused, nameless)
    waiting = list_waiting(store)
    assert [one["body"] for one in waiting] == [held, rejected, reused, {"layer": "lamp", "note": "�"}]
    assert [one["receipt"]["status"] for one in waiting] == ["held", "rejected", "rejected", "rejected"]
    assert [one["change_id"] for one in waiting][3] == ""


def test_who_decided_what_is_told(store: GeoPackageStore, tmp_path: Path) -> None:
    """The decisions of the day with their author and note; what the office did is no tablet's line."""
    base = fill(store, lamp("f1", number="A-1", status="撤去"))
    tablet = Tablet(store)
    tablet.push(tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}))
    office = Office(store, Author("office", "係長"), lambda: AT, new_id)
    [conflict] = list_conflicts(store)
    resolve(office, conflict["conflict_id"], {"status": {"take": "incoming"}}, note="写真で確認")
    day: dict[str, Any] = {"since": "2026-11-23T00:00:00Z", "until": "2026-11-24T00:00:00Z"}

    [decision] = day_decisions(store, **day)
    assert decision["label"] == "A-1"
    assert (decision["author"], decision["field"], decision["take"]) == ("係長", "status", "incoming")
    assert (decision["note"], decision["decided_at"]) == ("写真で確認", AT)
    [line] = day_report(store, AttachmentFolder(tmp_path), **day)
    assert (line["device_id"], line["n_sent"], line["next"]) == ("tablet-1", 1, [])
    assert day_decisions(store, since="2026-11-24T00:00:00Z", until="2026-11-25T00:00:00Z") == []
