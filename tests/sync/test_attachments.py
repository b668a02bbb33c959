"""Photos: piece by piece, visible only when whole, and only if they are what they say."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.errors import SyncError
from gis_capture.sync.attachments import AttachmentFolder, Received, sniff_media_type

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
SHA256 = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> AttachmentFolder:
    """An empty folder."""
    return AttachmentFolder(tmp_path / "attachments", max_bytes=10_000)


def test_a_whole_photo_is_there_under_its_hash(folder: AttachmentFolder) -> None:
    """Two letters of the hash make the folder."""
    assert not folder.is_here(SHA256)
    assert folder.receive(SHA256, [PHOTO[:100], PHOTO[100:]], start=0, total=len(PHOTO)) == Received(
        len(PHOTO), True, True
    )
    assert folder.path(SHA256) == folder.folder / SHA256[:2] / SHA256[2:]
    with folder.open(SHA256) as file:
        assert file.read() == PHOTO
    assert folder.media_type(SHA256) == "image/jpeg"
    assert list((folder.folder / "parts").glob("*.part")) == []


def test_a_cut_upload_goes_on_where_it_was_cut(folder: AttachmentFolder) -> None:
    """What came is kept, and is not visible before the rest came too."""
    cut = folder.receive(SHA256, [PHOTO[:700]], start=0, total=len(PHOTO))
    assert cut == Received(700, is_whole=False)
    assert folder.offset(SHA256) == 700
    assert not folder.is_here(SHA256)
    with pytest.raises(SyncError):
        folder.open(SHA256)
    assert folder.receive(SHA256, [PHOTO[700:]], start=700, total=len(PHOTO)).is_whole


def test_a_piece_that_leaves_a_gap_is_not_taken(folder: AttachmentFolder) -> None:
    """The answer says from where to send."""
    folder.receive(SHA256, [PHOTO[:10]], start=0, total=len(PHOTO))
    assert folder.receive(SHA256, [PHOTO[20:]], start=20, total=len(PHOTO)) == Received(10, is_whole=False)


def test_bytes_of_another_hash_are_dropped(folder: AttachmentFolder) -> None:
    """Then the upload begins anew and succeeds."""
    with pytest.raises(SyncError) as raised:
        folder.receive(SHA256, [PHOTO[::-1]], start=0, total=len(PHOTO))
    assert raised.value.subject["code"] == "hash_mismatch"
    assert folder.offset(SHA256) == 0
    assert folder.receive(SHA256, [PHOTO], start=0, total=len(PHOTO)).is_whole


def test_a_file_that_is_too_large_is_refused(folder: AttachmentFolder) -> None:
    """By what is announced, and by what comes."""
    for total, sent in ((10_001, b""), (10, b"x" * 11)):
        with pytest.raises(SyncError) as raised:
            folder.receive(SHA256, [sent], start=0, total=total)
        assert raised.value.subject["code"] == "attachment_too_large"


@pytest.mark.parametrize("name", ["../../etc/passwd", "AB" * 32, "ab", "", "ab" * 32 + "\n"])
def test_a_name_that_is_no_hash_reaches_no_file(folder: AttachmentFolder, name: str) -> None:
    """Only 64 lower-case hex digits are one."""
    with pytest.raises(SyncError) as raised:
        folder.is_here(name)
    assert raised.value.subject["code"] == "hash_invalid"


@given(cuts=st.lists(st.tuples(st.integers(0, len(PHOTO)), st.integers(0, len(PHOTO))), max_size=8))
def test_any_mix_of_pieces_ends_whole(cuts: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pieces may repeat, overlap and leave gaps; sending on from the offset always completes it."""
    folder = AttachmentFolder(tmp_path_factory.mktemp("attachments"))
    for start, end in cuts:
        folder.receive(SHA256, [PHOTO[start:end]], start=start, total=len(PHOTO))
    offset = folder.offset(SHA256)
    assert folder.receive(SHA256, [PHOTO[offset:]], start=offset, total=len(PHOTO)).is_whole
    with folder.open(SHA256) as file:
        assert file.read() == PHOTO


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<svg onload=", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_media_type_is_judged_by_the_bytes(head: bytes, media_type: str) -> None:
    """What a browser could run is never called by its own name."""
    assert sniff_media_type(head) == media_type


def test_a_wrong_smaller_total_destroys_nothing(folder: AttachmentFolder) -> None:
    """It is refused, and the upload goes on where it was."""
    folder.receive(SHA256, [PHOTO[:700]], start=0, total=len(PHOTO))
    with pytest.raises(SyncError) as raised:
        folder.receive(SHA256, [b"x"], start=0, total=10)

    assert raised.value.subject["code"] == "attachment_size_differs"
    assert folder.offset(SHA256) == 700
    assert folder.receive(SHA256, [PHOTO[700:]], start=700, total=len(PHOTO)).is_whole


def test_many_tablets_send_the_same_photo_at_once(folder: AttachmentFolder) -> None:
    """Each hears that it is whole, however their pieces fall between one another."""
    n_tablets = 8
    for number in range(15):
        photo = PHOTO + bytes([number])
        sha256 = hashlib.sha256(photo).hexdigest()
        begin = Barrier(n_tablets)

        def send(photo: bytes = photo, sha256: str = sha256, begin: Barrier = begin) -> Received:
            begin.wait()
            pieces = (photo[start : start + 300] for start in range(0, len(photo), 300))
            return folder.receive(sha256, pieces, start=0, total=len(photo))

        with ThreadPoolExecutor(n_tablets) as tablets:
            answers = [tablet.result() for tablet in [tablets.submit(send) for _ in range(n_tablets)]]
        assert {(one.offset, one.is_whole) for one in answers} == {(len(photo), True)}
        assert sum(one.is_new for one in answers) == 1
        assert folder.path(sha256).read_bytes() == photo


def test_a_whole_photo_is_never_written_again(folder: AttachmentFolder) -> None:
    """Bytes that were on their way when another tablet was done do not reach the file."""

    def wrong_pieces() -> Iterator[bytes]:
        yield PHOTO[:100]
        folder.receive(SHA256, [PHOTO], start=0, total=len(PHOTO))
        yield b"x" * 100

    assert folder.receive(SHA256, wrong_pieces(), start=0, total=len(PHOTO)).is_whole
    assert folder.path(SHA256).read_bytes() == PHOTO
    assert list((folder.folder / "parts").glob("*.part")) == []
