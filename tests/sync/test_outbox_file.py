"""An outbox that comes as a file."""

import gzip
import json
from pathlib import Path

import pytest

from gis_capture.errors import SourceError, SyncError
from gis_capture.store.geopackage_store import GeoPackageStore
from gis_capture.sync.outbox_file import push_file
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
