"""Photos by hash: whole or in pieces, never visible before they are whole."""

import hashlib
import io
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40
URL = f"/attachments/{hashlib.sha256(PHOTO).hexdigest()}"


def put(client: FlaskClient, start: int, end: int) -> Any:
    """Sends a piece of the photo."""
    headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(PHOTO)}"}
    return client.put(URL, data=PHOTO[start:end], headers=headers)


def test_a_whole_photo_comes_back_as_it_was(client: FlaskClient) -> None:
    """PUT, HEAD, GET, and a range."""
    assert client.put(URL, data=PHOTO).status_code == 201
    assert client.head(URL).status_code == 200

    answer = client.get(URL)

    assert (answer.data, answer.mimetype) == (PHOTO, "image/jpeg")
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(URL, headers={"Range": "bytes=3-9"}).data == PHOTO[3:10]


def test_an_upload_goes_on_where_it_was_cut(client: FlaskClient) -> None:
    """The server says how much is here; nothing is visible before the last piece."""
    assert client.head(URL).headers["Upload-Offset"] == "0"

    piece = put(client, 0, 4000)

    assert (piece.status_code, piece.headers["Upload-Offset"]) == (202, "4000")
    assert (client.head(URL).status_code, client.head(URL).headers["Upload-Offset"]) == (404, "4000")
    assert client.get(URL).status_code == 404
    assert put(client, 4000, len(PHOTO)).status_code == 201
    assert client.get(URL).data == PHOTO


def test_bytes_of_another_hash_are_refused(client: FlaskClient, problem_of: Any) -> None:
    """422, and nothing of them is kept."""
    problem_of(client.put(URL, data=PHOTO[:-1] + b"x"), 422, "hash_mismatch")

    assert client.head(URL).headers["Upload-Offset"] == "0"


def test_ranges_that_cannot_be_are_refused(client: FlaskClient, problem_of: Any) -> None:
    """Backwards, beyond the end, or no range at all."""
    for text in ("bytes 5-4/10", "bytes 0-10/10", "lines 1-2/3", "bytes */10"):
        problem_of(client.put(URL, data=b"x", headers={"Content-Range": text}), 400, "bad_request")


def test_more_bytes_than_announced_are_refused(client: FlaskClient, problem_of: Any) -> None:
    """A body longer than its range says."""
    response = client.put(URL, data=PHOTO, headers={"Content-Range": f"bytes 0-9/{len(PHOTO)}"})

    problem_of(response, 413, "too_large")


def test_unknown_bytes_are_never_shown_as_a_page(client: FlaskClient) -> None:
    """HTML in the guise of a photo is downloaded, not run."""
    page = b"<script>alert(1)</script>"
    url = f"/attachments/{hashlib.sha256(page).hexdigest()}"
    client.put(url, data=page)
    answer = client.get(url)

    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


def test_a_small_picture_is_given_and_what_gives_none_is_told(client: FlaskClient, problem_of: Any) -> None:
    """A JPEG that browsers keep; a file that is no picture is still there to be downloaded."""
    file = io.BytesIO()
    Image.new("RGB", (900, 300), "red").save(file, "JPEG")
    for content in (file.getvalue(), b"%PDF-1.7 no picture"):
        client.put(f"/attachments/{hashlib.sha256(content).hexdigest()}", data=content)
    url = f"/attachments/{hashlib.sha256(file.getvalue()).hexdigest()}/thumbnail"

    small = client.get(url, query_string={"edge": 200})
    with Image.open(io.BytesIO(small.data)) as picture:
        assert (picture.size, small.mimetype) == ((256, 85), "image/jpeg")
    assert (
        client.get(url, query_string={"edge": 200}, headers={"If-None-Match": small.headers["ETag"]}).status_code == 304
    )
    other = hashlib.sha256(b"%PDF-1.7 no picture").hexdigest()
    problem_of(client.get(f"/attachments/{other}/thumbnail"), 422, "thumbnail_impossible")
    problem_of(client.get(f"/attachments/{'0' * 64}/thumbnail"), 404, "attachment_unknown")
    problem_of(client.get(f"{url}?edge=large"), 400, "bad_request")
    assert client.get(f"/attachments/{other}").data == b"%PDF-1.7 no picture"
