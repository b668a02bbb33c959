"""Photos that QGIS or QField keep as paths in a column come in with the file, once, and belong to their features."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from gis_capture.errors import SourceError
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace
from gis_capture.workspace.checkouts import Checkin
from tests.sync.out_files import edited, fid_id, make_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Thirty lamps and a pole."""
    with make_workspace(tmp_path / "w") as made:
        yield made


@pytest.fixture
def out(workspace: Workspace, tmp_path: Path) -> Path:
    """Handed out into a folder of its own, with a column for photos added as QField projects have it."""
    (tmp_path / "tablet" / "DCIM").mkdir(parents=True)
    path = tmp_path / "tablet" / "out.gpkg"
    workspace.checkout(path, author="山田")
    with edited(path) as db:
        db.execute("ALTER TABLE lamp ADD COLUMN photo TEXT")
    return path


def picture(kind: str = "JPEG", shade: int = 100) -> bytes:
    """A small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(stream, kind)
    return stream.getvalue()


def names_photo(path: Path, fid: int, text: str) -> None:
    """The hand that took a photo of a lamp."""
    with edited(path) as db:
        db.execute("UPDATE lamp SET photo = ? WHERE fid = ?", (text, fid))


def attached(workspace: Workspace, fid: int) -> list[tuple[str, str]]:
    """Hashes and names of what a lamp has, all of it here."""
    feature = workspace.store.feature("lamp", fid_id(fid))
    assert feature is not None
    assert all(workspace.attachments.is_here(one.sha256) for one in feature.attachments)
    return [(one.sha256, one.name) for one in feature.attachments]


def codes(result: Checkin) -> list[str]:
    """Codes of what was told."""
    return [problem.code for problem in result.problems if problem.code != "checkin_column_added"]


def sha256(data: bytes) -> str:
    """The name of bytes."""
    return hashlib.sha256(data).hexdigest()


def test_a_photo_in_an_added_column_becomes_an_attachment(workspace: Workspace, out: Path) -> None:
    """Its bytes are kept under their hash; the path stands in the record of the added column; twice adds nothing."""
    data = picture()
    (out.parent / "DCIM" / "電柱 1.jpg").write_bytes(data)
    names_photo(out, 2, "DCIM/電柱 1.jpg")

    dry = workspace.checkin(out, is_dry_run=True)
    assert dry.n_changes == 1 and not workspace.attachments.is_here(sha256(data))
    first = workspace.checkin(out)
    revision = workspace.store.revision()
    again = workspace.checkin(out)

    assert codes(first) == [] and attached(workspace, 2) == [(sha256(data), "電柱 1.jpg")]
    (record,) = list_conflicts(workspace.store)
    assert [(one["field"], one["incoming"]) for one in record["fields"]] == [("photo", "DCIM/電柱 1.jpg")]
    assert again.receipts == first.receipts and workspace.store.revision() == revision


def test_a_photo_in_an_own_field_of_a_new_row(workspace: Workspace, out: Path) -> None:
    """The value is stored as it stands; a path of Windows and another kind of picture are as good."""
    (out.parent / "DCIM" / "a.png").write_bytes(picture("PNG"))
    with edited(out) as db:
        db.execute("INSERT INTO lamp (number, name) VALUES ('新', 'DCIM\\a.png')")

    result = workspace.checkin(out)

    (new,) = [one for one in workspace.store.features("lamp") if one.fields["number"] == "新"]
    assert codes(result) == [] and new.fields["name"] == "DCIM\\a.png"
    assert [(one.name, one.media_type) for one in new.attachments] == [("a.png", "image/png")]


def test_a_missing_photo_is_told_and_may_come_later(workspace: Workspace, out: Path) -> None:
    """The row is stored; the same file with its photo brings the photo alone; then nothing is missing any more."""
    names_photo(out, 2, "DCIM/x.webp")

    first = workspace.checkin(out)
    (told,) = [one for one in first.problems if one.code == "checkin_photo_missing"]
    (out.parent / "DCIM" / "x.webp").write_bytes(picture("WEBP"))
    second = workspace.checkin(out)
    (out.parent / "DCIM" / "x.webp").unlink()
    third = workspace.checkin(out)

    assert "DCIM/x.webp" in told.message.ja and "行 2" in told.message.ja
    assert [one["status"] for one in second.receipts] == ["conflict", "applied"] and codes(second) == []
    assert [name for _, name in attached(workspace, 2)] == ["x.webp"]
    assert third.receipts == second.receipts and codes(third) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("../secret.jpg", "checkin_photo_outside"),
        ("DCIM/../../secret.jpg", "checkin_photo_outside"),
        ("DCIM\\..\\..\\secret.jpg", "checkin_photo_outside"),
        ("{}/secret.jpg", "checkin_photo_outside"),
        ("C:\\secret.jpg", "checkin_photo_outside"),
        ("DCIM/link.jpg", "checkin_photo_outside"),
        ("DCIM/text.jpg", "checkin_photo_no_picture"),
        ("DCIM/large.jpg", "checkin_photo_too_large"),
        ("DCIM/" + "a" * 300 + ".jpg", "checkin_photo_missing"),
        ("https://example.jp/a.jpg", None),
    ],
)
def test_only_pictures_in_the_folder_are_taken(
    workspace: Workspace, out: Path, tmp_path: Path, text: str, code: str | None
) -> None:
    """No path leads out of it, no other kind of file comes in, none over the limit; the row itself is stored."""
    (tmp_path / "secret.jpg").write_bytes(picture())
    (out.parent / "DCIM" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (out.parent / "DCIM" / "text.jpg").write_text("no picture")
    with (out.parent / "DCIM" / "large.jpg").open("wb") as file:
        file.write(picture())
        file.truncate(workspace.attachments.max_bytes + 1)
    names_photo(out, 2, text.format(tmp_path))

    result = workspace.checkin(out)

    assert codes(result) == ([code] if code else []) and attached(workspace, 2) == []
    assert [one["status"] for one in result.receipts] == ["conflict"]


def test_photos_of_a_column_with_many_values_are_taken(tmp_path: Path) -> None:
    """Its texts would bury the conflict records and stay in the file that is kept; the photos belong to the rows."""
    with make_workspace(tmp_path / "w", n_lamps=210) as workspace:
        out = tmp_path / "out.gpkg"
        workspace.checkout(out)
        (tmp_path / "a.jpg").write_bytes(picture())
        with edited(out) as db:
            db.execute("ALTER TABLE lamp ADD COLUMN photo TEXT")
            db.execute("UPDATE lamp SET photo = 'a.jpg'")

        result = workspace.checkin(out)

        assert codes(result) == ["checkin_column_left"] and result.counts == {"applied": 210}
        assert [name for _, name in attached(workspace, 210)] == ["a.jpg"]
        assert workspace.checkin(out).receipts == result.receipts


def test_a_zip_brings_the_file_and_its_photos(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """From a folder in it, named by Windows; nothing is left of it in the workspace, and the folder gives the same."""
    data = picture()
    names_photo(out, 2, "DCIM/写真.jpg")
    archive = tmp_path / "戻り.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(out, "tablet/out.gpkg")
        file.writestr("tablet/DCIM/写真.jpg", data)
        file.writestr("../evil.jpg", data)

    result = workspace.checkin(archive)
    (out.parent / "DCIM" / "写真.jpg").write_bytes(data)
    again = workspace.checkin(out)

    assert codes(result) == [] and attached(workspace, 2) == [(sha256(data), "写真.jpg")]
    assert again.receipts == result.receipts
    assert [one.suffix for one in workspace.checkouts.folder.iterdir()] == [".gpkg"]


@pytest.mark.parametrize("kind", ["none", "two", "cut", "bomb"])
def test_a_zip_that_is_no_returned_file_is_refused(workspace: Workspace, out: Path, tmp_path: Path, kind: str) -> None:
    """Without a GeoPackage, with two, cut off, or too large unpacked; nothing is stored and nothing stays."""
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range({"none": 0, "two": 2}.get(kind, 1)):
            file.write(out, f"{number}.gpkg")
        file.writestr("a.jpg", bytes(60_000_000 if kind == "bomb" else 10))
    if kind == "cut":
        archive.write_bytes(archive.read_bytes()[:-40])

    with pytest.raises(SourceError, match="ZIP"):
        workspace.checkin(archive)

    assert [one.suffix for one in workspace.checkouts.folder.iterdir()] == [".gpkg"]


def test_photos_may_lie_in_another_folder(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    """The one that is named, not the one beside the file."""
    (tmp_path / "photos" / "DCIM").mkdir(parents=True)
    (tmp_path / "photos" / "DCIM" / "a.jpg").write_bytes(picture())
    names_photo(out, 2, "DCIM/a.jpg")

    result = workspace.checkin(out, photos=tmp_path / "photos")

    assert codes(result) == [] and [name for _, name in attached(workspace, 2)] == ["a.jpg"]
