"""Backups: whole while others write, read back, and restored without losing what is there."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gis_capture import durability
from gis_capture.errors import CaptureError, FormatVersionError, StoreError, WorkspaceError
from gis_capture.settings import Settings
from gis_capture.sync.outbox_file import push_file
from gis_capture.sync.push import push
from gis_capture.workspace import Workspace
from gis_capture.workspace.backups import Backup, list_backups, making, restore, verify_backup
from gis_capture.workspace.identity import new_id, utc_now
from tests.server.test_serving import START, free_port, wait_for
from tests.workspace.backed_up import AT, LAYER, backed_up_workspace, capture, light, message, numbers, tree


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """With a layer, a definition of its own, a source and a photo."""
    with backed_up_workspace(tmp_path / "作業 フォルダー") as made:
        yield made


def test_a_backup_holds_everything_and_makes_a_workspace_anew(workspace: Workspace, tmp_path: Path) -> None:
    """Layers, history, photos, sources, definitions and settings; a new epoch tells the tablets."""
    settings = workspace.path / "workspace.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "preview_rows = 7\n", encoding="utf-8")
    made = workspace.back_up(tmp_path / "別の ディスク")
    done = restore(made.path, tmp_path / "新しい場所", at=AT, new_id=new_id)

    with Workspace.open(tmp_path / "新しい場所") as again:
        [feature] = again.store.features(LAYER)
        assert feature.fields["ledger_number"] == "a"
        assert again.attachments.is_here(feature.attachments[0].sha256)
        assert "bench" in {layer.key for layer in again.definitions()}
        assert (again.path / "sources" / ("cd" * 32) / "街路灯 台帳.csv").read_bytes() == b"a,b\n"
        assert (again.settings.preview_rows, again.folder.name) == (7, "道路維持課")
        assert (again.store.epoch, done.aside) == (done.epoch, None)
        assert again.store.epoch != workspace.store.epoch
        assert again.store.revision() == workspace.store.revision() == made.manifest.revision
        assert again.check_integrity() == []


def test_names_are_those_windows_allows(workspace: Workspace, tmp_path: Path) -> None:
    """No colon of a time, no blank at an end, and paths that stay short."""
    made = workspace.back_up(tmp_path / "b")
    names = [path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*")]

    assert re.fullmatch(r"\d{8}T\d{6}Z", made.path.name)
    assert not [name for name in names if re.search(r'[\\:*?"<>|]|[ .](/|$)', name)]
    assert max(map(len, names)) < 100


def test_photos_are_there_once_for_all_backups(workspace: Workspace, tmp_path: Path) -> None:
    """The second backup writes its own store and the new photo only."""
    first = workspace.back_up(tmp_path / "b")
    capture(workspace, "b", photo=b"two")
    second = workspace.back_up(tmp_path / "b")

    photos = [path for path in (tmp_path / "b" / "attachments").rglob("*") if path.is_file()]
    assert len(photos) == 2
    assert [len([f for f in one.manifest.files if f.path.startswith("attachments/")]) for one in (first, second)] == [
        1,
        2,
    ]
    assert [one.path for one in list_backups(tmp_path / "b")] == [second.path, first.path]
    assert [verify_backup(one.path).revision for one in (first, second)] == [2, 3]


def test_a_damaged_photo_is_told_and_the_rest_kept(workspace: Workspace, tmp_path: Path) -> None:
    """The backup is made without it, and says so; what is not here yet is counted."""
    capture(workspace, "b", photo=b"two")
    damaged = workspace.attachments.path(hashlib.sha256(b"two").hexdigest())
    damaged.write_bytes(b"owt")
    made = workspace.back_up(tmp_path / "b")

    assert [problem.code for problem in made.problems] == [making.PHOTO_DAMAGED]
    assert made.manifest.n_missing == 1
    assert verify_backup(made.path).revision == 3


def test_only_the_newest_stay(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting says how many; photos that no backup left names go with the old ones, others stay."""
    monkeypatch.setattr(Workspace, "settings", property(lambda _: Settings(backups_kept=2)))
    first = workspace.back_up(tmp_path / "b")
    workspace.attachments.path(hashlib.sha256(b"one").hexdigest()).unlink()
    for number in "bc":
        capture(workspace, number, photo=number.encode())
        last = workspace.back_up(tmp_path / "b")

    assert not first.path.exists()
    assert len(list_backups(tmp_path / "b")) == 2
    assert last.n_removed == 1
    photos = {path.read_bytes() for path in (tmp_path / "b" / "attachments").rglob("*") if path.is_file()}
    assert photos == {b"b", b"c"}
    assert all(verify_backup(one.path) for one in list_backups(tmp_path / "b"))


def test_two_backups_at_once_do_not_mix(workspace: Workspace, tmp_path: Path) -> None:
    """The second is refused while the first is at work; what a killed one left is taken away."""
    (tmp_path / "b" / "20200101T000000Z.unfinished").mkdir(parents=True)
    with durability.held(tmp_path / "b" / ".lock") as is_held, pytest.raises(WorkspaceError, match="Another backup"):
        assert is_held
        workspace.back_up(tmp_path / "b")
    made = workspace.back_up(tmp_path / "b")

    assert [path.name for path in (tmp_path / "b").iterdir() if path.name.startswith("2")] == [made.path.name]


def test_a_restore_keeps_the_present_state_and_what_came_since(workspace: Workspace) -> None:
    """What came after the backup is not lost: the state is put aside, and files bring it back."""
    path, made = workspace.path, workspace.back_up()
    capture(workspace, "b", photo=b"two", device_id="タブレット:2")
    [feature] = [one for one in workspace.store.features(LAYER) if one.fields["ledger_number"] == "b"]
    edit = {"change_id": new_id(), "layer": LAYER, "feature_id": feature.feature_id, "kind": "update"}
    status = {"status": {"old": None, "new": "球切れ"}}
    push(workspace.store, message({**edit, "base_revision": 3, "fields": status}), clock=utc_now, new_id=new_id)
    workspace.close()

    done = restore(made.path, path, at=AT, new_id=new_id)
    assert numbers(path) == ["a"]
    assert done.left_behind.n_changes == 2
    with Workspace.open(path) as again:
        for file in sorted(done.left_behind.files, key=lambda file: "_" not in file.name):
            answer = push_file(again.store, file, clock=utc_now, new_id=new_id)
            assert [one["status"] for one in answer["receipts"]] == ["applied"]
        fields = {one.fields["ledger_number"]: one.fields["status"] for one in again.store.features(LAYER)}
    assert fields == {"a": None, "b": "球切れ"}

    assert done.aside and verify_backup(done.aside).reason == "before_restore"
    restore(done.aside, path, at=AT, new_id=new_id)
    assert numbers(path) == ["a", "b"]


def test_a_workspace_in_use_is_left_alone(workspace: Workspace) -> None:
    """As long as the server has it open, nothing is exchanged under it."""
    made = workspace.back_up()
    capture(workspace, "b")
    before = numbers(workspace.path)

    with pytest.raises(StoreError, match="is in use"):
        restore(made.path, workspace.path, at=AT, new_id=new_id)

    assert numbers(workspace.path) == before == ["a", "b"]


def _cut_store(backup: Path) -> None:
    file = backup / "layers.gpkg"
    file.write_bytes(file.read_bytes()[:-5000])


def _scratch_store(backup: Path) -> None:
    """Damages the pages and makes the manifest fit, as a bad disk under a good copy would."""
    file = backup / "layers.gpkg"
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)
    manifest = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][0] |= {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
    (backup / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _edit(**more: Any) -> Callable[[Path], None]:
    def edit(backup: Path) -> None:
        path = backup / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **more}), encoding="utf-8")

    return edit


def _lose_photo(backup: Path) -> None:
    shutil.rmtree(backup.parent / "attachments")


def _flip_photo(backup: Path) -> None:
    [photo] = [path for path in (backup.parent / "attachments").rglob("*") if path.is_file()]
    photo.unlink()
    photo.write_bytes(b"eno")


_ELSEWHERE = [{"path": path, "sha256": "ab" * 32, "size_bytes": 1} for path in ("../x", "layers/../../x", "C:/x")]
DEFECTS: dict[str, Callable[[Path], object]] = {
    "store_cut": _cut_store,
    "store_scratched": _scratch_store,
    "photo_missing": _lose_photo,
    "photo_changed": _flip_photo,
    "manifest_missing": lambda backup: (backup / "manifest.json").unlink(),
    "manifest_cut": lambda backup: (backup / "manifest.json").write_text('{"format": "gis-capture.backup/v1"'),
    "manifest_deep": lambda backup: (backup / "manifest.json").write_text("[" * 100_000),
    "manifest_of_other_store": _edit(revision=99),
    "manifest_newer": _edit(format="gis-capture.backup/v2"),
    "manifest_without_files": _edit(files=[]),
    **{f"path_{number}": _edit(files=[file]) for number, file in enumerate(_ELSEWHERE)},
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_damaged_backup_changes_nothing(workspace: Workspace, tmp_path: Path, defect: str) -> None:
    """Whatever is wrong with it is found before anything is touched, and said in both languages."""
    made = workspace.back_up(tmp_path / "b")
    capture(workspace, "b")
    workspace.close()
    DEFECTS[defect](made.path)
    before = tree(workspace.path)

    with pytest.raises(CaptureError) as error:
        restore(made.path, workspace.path, at=AT, new_id=new_id)

    assert error.value.message.ja and error.value.message.en
    assert isinstance(error.value, FormatVersionError) == (defect == "manifest_newer")
    assert tree(workspace.path) == before
    with pytest.raises(CaptureError):
        restore(made.path, tmp_path / "neu", at=AT, new_id=new_id)
    assert not (tmp_path / "neu").exists()


@pytest.mark.parametrize("moment", range(8))
def test_a_failure_at_any_moment_leaves_one_of_the_two_states(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """A full disk or a kill in the midst: the old store or the restored one, and the next attempt succeeds."""
    made = workspace.back_up(tmp_path / "b")
    capture(workspace, "b", photo=b"two")
    workspace.attachments.path(hashlib.sha256(b"one").hexdigest()).unlink()
    workspace.close()
    moments = iter(range(100))
    replace_really = os.replace

    def fail(source: Path, target: Path) -> None:
        if next(moments) == moment:
            raise OSError(28, "No space left on device")
        replace_really(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        try:
            restore(made.path, workspace.path, at=AT, new_id=new_id)
        except WorkspaceError as error:
            assert "残っています" in error.message.ja

    assert numbers(workspace.path) in (["a"], ["a", "b"])
    restore(made.path, workspace.path, at=AT, new_id=new_id)
    assert numbers(workspace.path) == ["a"]
    with Workspace.open(workspace.path) as again:
        assert (again.check_integrity(), "bench" in {one.key for one in again.definitions()}) == ([], True)


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 9_000, b""])
def test_a_damaged_store_is_replaced_and_kept(workspace: Workspace, tmp_path: Path, content: bytes) -> None:
    """The very case backups are for: what is left of the present store is put aside as it is."""
    made = workspace.back_up(tmp_path / "b")
    workspace.close()
    (workspace.path / "layers.gpkg").write_bytes(content)

    done = restore(made.path, workspace.path, at=AT, new_id=new_id)

    assert numbers(workspace.path) == ["a"]
    assert done.aside and (done.aside / "layers.gpkg").read_bytes() == content


def test_a_folder_with_other_things_is_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    """Restoring into somebody's documents is refused."""
    made = workspace.back_up(tmp_path / "b")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "手紙.txt").write_text("親展", encoding="utf-8")

    with pytest.raises(WorkspaceError, match="something else"):
        restore(made.path, tmp_path / "documents", at=AT, new_id=new_id)

    assert [path.name for path in (tmp_path / "documents").iterdir()] == ["手紙.txt"]


def test_backups_made_while_tablets_push_are_each_one_moment(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under a real server taking pushes and photos: what was acknowledged before a backup began is in it, whole."""
    monkeypatch.setattr(Workspace, "settings", property(lambda _: Settings(backups_kept=0)))
    path, port = workspace.path, free_port()
    workspace.close()
    server = subprocess.Popen([sys.executable, "-c", START, str(path), str(port)])
    url = f"http://127.0.0.1:{port}"
    acknowledged: list[str] = []

    def send(method: str, where: str, body: bytes) -> None:
        request = urllib.request.Request(url + where, body, {"Content-Type": "application/json"}, method=method)
        urllib.request.urlopen(request, timeout=60).read()

    def work(tablet: int) -> None:
        for number in range(15):
            photo = f"{tablet}-{number}".encode() * 3_000
            change = light(f"{tablet}-{number}", photo)
            send("PUT", f"/attachments/{hashlib.sha256(photo).hexdigest()}", photo)
            send("POST", "/sync/push", json.dumps(message(change, device_id=f"tablet-{tablet}")).encode())
            acknowledged.append(f"{tablet}-{number}")

    try:
        wait_for(f"{url}/health", server)
        backups: list[tuple[list[str], Backup]] = []
        with ThreadPoolExecutor(4) as tablets, Workspace.open(path) as beside:
            working = [tablets.submit(work, tablet) for tablet in range(4)]
            while not all(one.done() for one in working) or not backups:
                known = list(acknowledged)
                backups.append((known, beside.back_up(tmp_path / "b")))
            for one in working:
                one.result()
    finally:
        server.terminate()
        server.wait(timeout=60)

    assert len(acknowledged) == 60
    assert len(backups) >= 2
    for number, (known, made) in enumerate((backups[0], backups[-1])):
        restore(made.path, tmp_path / f"r{number}", at=AT, new_id=new_id)
        with Workspace.open(tmp_path / f"r{number}") as again:
            features = {str(one.fields["ledger_number"]): one for one in again.store.features(LAYER)}
            assert set(known) <= set(features)
            assert all(again.attachments.is_here(one.attachments[0].sha256) for one in features.values())
            with closing(sqlite3.connect(again.folder.store_path)) as database:
                n_receipts = database.execute("SELECT count(*) FROM gis_capture_receipts").fetchone()[0]
            assert (n_receipts, again.check_integrity()) == (len(features), [])


def test_a_workspace_of_a_database_is_restored_into_a_file(workspace: Workspace, tmp_path: Path) -> None:
    """The backup of one is a file as well; what is restored opens it, and not the database of that time."""
    made = workspace.back_up(tmp_path / "b")
    settings = made.path / "workspace.toml"
    text = 'store = "postgresql://nobody@nowhere.test/city"\n' + settings.read_text(encoding="utf-8")
    settings.write_text(text, encoding="utf-8")
    manifest = json.loads((made.path / "manifest.json").read_text(encoding="utf-8"))
    for file in manifest["files"]:
        if file["path"] == "workspace.toml":
            file |= {"sha256": hashlib.sha256(settings.read_bytes()).hexdigest()}
    (made.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    restore(made.path, tmp_path / "new", at=AT, new_id=new_id)

    assert numbers(tmp_path / "new") == ["a"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_backup_elsewhere_is_closed_to_others(workspace: Workspace, tmp_path: Path) -> None:
    """Ledgers and photos too, which backups share; what an earlier version left open is closed."""
    target = tmp_path / "share"
    (target / "sources").mkdir(parents=True, mode=0o755)
    workspace.back_up(target)

    folders = [path for path in target.iterdir() if path.is_dir()]
    assert {"sources", "attachments"} < {path.name for path in folders}
    assert {path.name: path.stat().st_mode & 0o077 for path in folders if path.stat().st_mode & 0o077} == {}
