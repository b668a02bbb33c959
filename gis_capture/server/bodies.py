"""How bodies and arguments of requests are read, within limits."""

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from flask import request

from gis_capture.server.errors import RequestError, TooLargeError
from gis_capture.text import Text

PIECE_BYTES = 64_000


def read_json(*, max_bytes: int) -> Any:
    """Reads the body as JSON, gzip allowed.

    Args:
        max_bytes: Limit before and after unpacking.

    Raises:
        RequestError: Not JSON, or not gzip where it says so; from a page also what does not say that it is JSON.
        TooLargeError: Larger than the limit.
    """
    if "Origin" in request.headers and not request.is_json:
        # A form of another site can send any text, but not this type without asking first.
        raise RequestError(
            Text("Content-Type を application/json にしてください。", "Send it as application/json."),
            code="unsupported_media_type",
        )
    body = b"".join(body_pieces(max_bytes=max_bytes))
    try:
        # Not orjson: one text with half a surrogate pair would keep out all changes of a push.
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestError(
            Text(f"送られた内容が JSON ではありません({error})。", f"The body is no JSON: {error}."), code="not_json"
        ) from error


def read_object(*, max_bytes: int) -> dict[str, Any]:
    """Reads the body as a JSON object; no body at all is an empty one."""
    document = read_json(max_bytes=max_bytes) if request.content_length else {}
    if not isinstance(document, dict):
        raise RequestError(Text("JSON のオブジェクトを送ってください。", "Send a JSON object."), code="not_json")
    return document


def read_text(document: Mapping[str, Any], name: str, *, max_length: int = 2_000) -> str:
    """Gives a text of a body; "" where it is left out.

    Raises:
        RequestError: No text, too long, or not to be written as UTF-8.
    """
    text = document.get(name) or ""
    if not isinstance(text, str) or len(text) > max_length or not is_storable(text):
        raise RequestError(
            Text(
                f"「{name}」は{max_length:,}文字までの文字で送ってください。",
                f'"{name}" must be a text of at most {max_length:,} characters.',
            ),
            name=name,
        )
    return text


def is_storable(text: str) -> bool:
    """Whether any store can hold a text; half a surrogate pair and NUL it cannot."""
    return "\0" not in text and text == text.encode("utf-8", "replace").decode()


def body_pieces(*, max_bytes: int) -> Iterator[bytes]:
    """Gives the bytes of the body, unpacked where it is gzip.

    Raises:
        RequestError: It is not the gzip that it says.
        TooLargeError: Larger than the limit, packed or unpacked.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise RequestError(
            Text(f"圧縮形式「{encoding[:40]}」は扱えません。", f'Content-Encoding "{encoding[:40]}" is not supported.'),
            code="encoding_unsupported",
        )
    # One more, because Werkzeug takes a body that ends on its limit for one that goes on; what is over is told below.
    request.max_content_length = max_bytes + 1
    pieces = iter(lambda: request.stream.read(PIECE_BYTES), b"")
    n_bytes = 0
    for piece in _unpacked(pieces) if encoding == "gzip" else pieces:
        n_bytes += len(piece)
        if n_bytes > max_bytes:
            raise TooLargeError(
                Text(
                    f"送られたデータが大きすぎます({max_bytes:,}バイトまで)。", f"The body is over {max_bytes:,} bytes."
                )
            )
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            yield unpacker.decompress(piece, PIECE_BYTES)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, PIECE_BYTES)
        if unpacker.eof:
            return
    except zlib.error:
        pass
    raise RequestError(
        Text("圧縮されたデータが途中で切れているか、壊れています。", "The gzip body is cut or broken."), code="not_gzip"
    )


def read_integer(name: str, *, default: int, least: int, most: int, arguments: Mapping[str, str] | None = None) -> int:
    """Reads a whole number from the query; a larger one than `most` counts as `most`.

    Args:
        name: Of the argument.
        default: Where it is left out.
        least: A smaller one is refused.
        most: A larger one counts as this.
        arguments: The query; None = that of the present request.

    Raises:
        RequestError: Not a whole number of at least `least`.
    """
    text = (request.args if arguments is None else arguments).get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) >= least):
        raise RequestError(
            Text(
                f"「{name}」は {least} 以上の整数で指定してください。",
                f'"{name}" must be a whole number of at least {least}.',
            ),
            name=name,
        )
    return min(int(text), most)
