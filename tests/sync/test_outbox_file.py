"""An outbox that comes as a file."""

import gzip
import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from gis_capture.errors import SourceError, SyncError
from gis_capture.store.geopackage.store import GeoPackageStore
from gis_capture.sync import outbox_file
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.outbox_file import Photos, push_file, take_photos
from tests.sync.tablets import AT, Tablet, fill, new_id


@pytest.mark.parametrize("is_gzip", [False, True])
def test_a_file_is_pushed_like_a_message(store: GeoPackageStore, tmp_path: Path, is_gzip: bool) -> None:
    """However many changes it holds; read twice, it adds nothing."""
    fill(store)
    tablet = Tablet(store)
    message = tablet.message(*(tablet.change("insert", f"f{number}") for number in range(1001)))
    content = json.dumps(message).encode()
    path = tmp_path / "未送信.json"
    path.write_bytes(gzip.compress(content) if is_gzip else content)
    first = push_file(store, path, clock=lambda: AT, new_id=new_id)
    assert [receipt["status"] for receipt in first["receipts"]] == ["applied"] * 1001
    assert push_file(store, path, clock=lambda: AT, new_id=new_id)["receipts"] == first["receipts"]
    assert store.count("lamp") == 1001


def test_a_file_that_is_none_is_named(store: GeoPackageStore, tmp_path: Path) -> None:
    """Missing, cut or of another kind."""
    path = tmp_path / "outbox.json"
    whole = gzip.compress(b'{"format": "gis-capture.push/v1"}')
    for content in (None, b"{", whole[:-9], b"[" * 100_000, b"\xff\xfe"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SourceError):
            push_file(store, path, clock=lambda: AT, new_id=new_id)
    path.write_text("[]")
    with pytest.raises(SyncError):
        push_file(store, path, clock=lambda: AT, new_id=new_id)


def zip_file(path: Path, entries: dict[str, bytes]) -> Path:
    """Writes a ZIP without compression, as the tablet does."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def photo_name(content: bytes) -> str:
    """Where a ZIP holds these bytes."""
    return f"attachments/{hashlib.sha256(content).hexdigest()}"


def test_a_zip_brings_changes_and_photos(store: GeoPackageStore, tmp_path: Path) -> None:
    """Read twice it adds nothing; entries of other names are left alone, damaged photos keep out no others."""
    fill(store)
    tablet = Tablet(store)
    message = json.dumps(tablet.message(tablet.change("insert", "f1"))).encode()
    good, other = b"\xff\xd8\xff photo", b"x" * 3_000_000
    entries = {
        "push.json": message,
        "attachments/" + "0" * 64: b"not what it says",
        photo_name(good): good,
        photo_name(other): other,
        "attachments/../../evil": b"evil",
        "drafts/drafts.json": b"[{}]",
        "drafts/" + "1" * 64: b"photo of an open form",
        "../" + photo_name(good): b"evil",
    }
    path = zip_file(tmp_path / "未送信.zip", entries)
    folder = AttachmentFolder(tmp_path / "photos", max_bytes=5_000_000)
    for _ in range(2):
        receipts = push_file(store, path, clock=lambda: AT, new_id=new_id)["receipts"]
        assert [receipt["status"] for receipt in receipts] == ["applied"]
        assert take_photos(path, folder) == Photos(3, 2)
    assert store.count("lamp") == 1
    for content in (good, other):
        with folder.open(photo_name(content)[12:]) as file:
            assert file.read() == content
    assert not list(tmp_path.rglob("evil"))


def test_a_photo_over_the_limit_is_not_taken(tmp_path: Path) -> None:
    """It is counted as not here."""
    path = zip_file(tmp_path / "a.zip", {photo_name(b"long photo"): b"long photo"})
    assert take_photos(path, AttachmentFolder(tmp_path / "photos", max_bytes=5)) == Photos(1, 0)


def test_a_zip_that_is_no_outbox_is_named(
    store: GeoPackageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No message in it, cut, or more than any tablet holds."""
    path = zip_file(tmp_path / "a.zip", {"other.json": b"{}"})
    with pytest.raises(SourceError):
        push_file(store, path, clock=lambda: AT, new_id=new_id)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(SourceError):
        push_file(store, path, clock=lambda: AT, new_id=new_id)
    for name, limit in (("MAX_PHOTOS", 1), ("MAX_PHOTOS_BYTES", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(outbox_file, name, limit)
            path = zip_file(tmp_path / f"{name}.zip", {photo_name(one): one for one in (b"a", b"b")})
            with pytest.raises(SourceError):
                take_photos(path, AttachmentFolder(tmp_path / "photos"))
    with monkeypatch.context() as patch:
        patch.setattr(outbox_file, "MAX_FILE_BYTES", 10)
        path = zip_file(tmp_path / "big.zip", {"push.json": b" " * 11 + b"{}"})
        with pytest.raises(SourceError, match="10 bytes"):
            push_file(store, path, clock=lambda: AT, new_id=new_id)
