"""What no change ever named is found and removed when it is old; everything else stays, wherever it is named."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis_capture.store import GeoPackageStore
from gis_capture.store.protocol import Author
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.garbage import DAY_S, find_unused, remove_unused
from gis_capture.sync.office import Office
from tests.sync.tablets import AT, Tablet, fill, lamp, new_id

NOW_S = 1_800_000_000.0
CONTENT = b"\xff\xd8\xff a photo"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PHOTO = {"sha256": SHA256, "name": "1.jpg", "size_bytes": len(CONTENT), "media_type": "image/jpeg"}


@pytest.fixture
def folder(tmp_path: Path) -> AttachmentFolder:
    """One old photo, with a small picture of it, and an old part of the same."""
    folder = AttachmentFolder(tmp_path / "attachments")
    folder.receive(SHA256, [CONTENT], start=0, total=len(CONTENT))
    picture = folder.folder / "thumbnails" / "128" / f"{SHA256}.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"small")
    make_old(folder.path(SHA256))
    return folder


def make_old(path: Path, days: float = 40) -> None:
    """Lets a file have come so many days ago."""
    os.utime(path, (NOW_S - days * DAY_S,) * 2)


def clean(store: GeoPackageStore, folder: AttachmentFolder) -> list[str]:
    """Removes what is older than 30 days; gives the hashes."""
    return [one.sha256 for one in remove_unused(store, folder, now_s=NOW_S, older_than_days=30, at=AT)]


def test_what_nobody_named_goes_with_its_small_pictures(store: GeoPackageStore, folder: AttachmentFolder) -> None:
    """Listing removes nothing; cleaning writes no revision."""
    fill(store)
    found = find_unused(store, folder, now_s=NOW_S, older_than_days=30)
    assert [(one.sha256, one.size_bytes, one.is_part) for one in found] == [(SHA256, len(CONTENT), False)]
    assert folder.is_here(SHA256)

    assert clean(store, folder) == [SHA256]
    assert [path for path in folder.folder.rglob("*") if path.is_file() and path.suffix != ".lock"] == []
    assert store.revision() == 1


def test_what_came_lately_stays(store: GeoPackageStore, folder: AttachmentFolder) -> None:
    """Its row may come later than it: photos and rows do not wait for each other."""
    fill(store)
    make_old(folder.path(SHA256), days=29)
    assert clean(store, folder) == []


@pytest.mark.parametrize("is_named", [False, True])
def test_parts_go_only_if_nobody_waits_for_them(
    store: GeoPackageStore, folder: AttachmentFolder, is_named: bool
) -> None:
    """An upload that was cut and that a change names may still go on."""
    fill(store, lamp("f1"))
    rest = CONTENT + b"!"
    sha256 = hashlib.sha256(rest).hexdigest()
    folder.receive(sha256, [CONTENT], start=0, total=len(rest))
    make_old(folder.folder / "parts" / f"{sha256}.part")
    tablet = Tablet(store)
    named = {**PHOTO, "sha256": sha256 if is_named else SHA256}
    tablet.push(tablet.change("update", "f1", base_revision=1, attachments=[named]))

    assert clean(store, folder) == ([SHA256] if is_named else [sha256])


def _attach(tablet: Tablet, **more: Any) -> dict[str, Any]:
    return tablet.change("update", "f1", base_revision=1, attachments=[PHOTO], **more)


def stored(store: GeoPackageStore) -> None:
    """A feature has it."""
    tablet = Tablet(store)
    tablet.push(_attach(tablet))


def taken_away(store: GeoPackageStore) -> None:
    """A feature had it."""
    stored(store)
    office = Office(store, Author("office"), lambda: AT, new_id)
    office.undo_revision("lamp", "f1", 2)


def deleted(store: GeoPackageStore) -> None:
    """The feature that had it is gone."""
    stored(store)
    tablet = Tablet(store)
    tablet.push(tablet.change("delete", "f1", base_revision=2))


def held(store: GeoPackageStore) -> None:
    """The change that names it waits for another one."""
    tablet = Tablet(store)
    tablet.push(_attach(tablet, after="lost"))


def rejected(store: GeoPackageStore) -> None:
    """The change that names it was not valid."""
    tablet = Tablet(store)
    tablet.push(_attach(tablet, fields={"status": (None, "消灯")}))


def malformed(store: GeoPackageStore) -> None:
    """The body that names it is no change at all."""
    tablet = Tablet(store)
    tablet.push({**_attach(tablet), "kind": "remark", "attachments": {"photo": [f"sha256:{SHA256.upper()}"]}})


def under_another_id(store: GeoPackageStore) -> None:
    """The body that names it came under the id of another change."""
    tablet = Tablet(store)
    change = tablet.change("insert", "f2")
    tablet.push(change, {**change, "attachments": [PHOTO]})


def in_conflict(store: GeoPackageStore) -> None:
    """It was added to a feature that somebody else had deleted."""
    tablet = Tablet(store)
    tablet.push(tablet.change("delete", "f1", base_revision=1))
    tablet.push(_attach(tablet))


def written_directly(store: GeoPackageStore) -> None:
    """An import or a program wrote a feature with it and then took it away: no change ever came."""
    from dataclasses import replace

    from gis_capture.model import Attachment

    with store.transact(Author("import:1"), at=AT) as transaction:
        transaction.insert([replace(lamp("f5"), attachments=(Attachment.from_json(PHOTO),))])
    with store.transact(Author("import:1"), at=AT) as transaction:
        transaction.delete("lamp", "f5")


@pytest.mark.parametrize(
    "name_it",
    [
        stored,
        taken_away,
        deleted,
        held,
        rejected,
        malformed,
        under_another_id,
        in_conflict,
        written_directly,
    ],
)
def test_what_was_ever_named_stays(
    store: GeoPackageStore, folder: AttachmentFolder, name_it: Callable[[GeoPackageStore], None]
) -> None:
    """Wherever it is named."""
    fill(store, lamp("f1"))
    name_it(store)

    assert clean(store, folder) == []
    assert folder.is_here(SHA256)
