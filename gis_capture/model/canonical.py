"""One way to write a JSON document, so that its SHA-256 says whether two bodies are the same (RFC 8785)."""

import hashlib
import json
import math
import re
from typing import Any

import orjson
import rfc8785

# Numbers that are whole but written with a point, have an exponent or more than 15 digits before the point, small
# fractions; a document that is no list or object; texts from U+E000 on, whose keys UTF-16 sorts otherwise than UTF-8.
_UNSURE = re.compile(rb"[:,\[]-?(?:\d+\.0[,}\]]|[\d.]+[eE]|\d{16}|0\.0000)|^[^\[{]|[\xee-\xf4\x7f]")
_MAX_EXACT_INTEGER = 2**53 - 1


def canonical_hash(body: Any) -> str:
    """Gives the SHA-256 of the canonical JSON, in hex.

    What RFC 8785 cannot write is made `readable_json` first.
    """
    try:
        canonical = _quickly(body) or rfc8785.dumps(body)
    except ValueError:
        canonical = rfc8785.dumps(readable_json(body))
    return hashlib.sha256(canonical).hexdigest()


def _quickly(body: Any) -> bytes | None:
    """The canonical JSON, where another writer surely writes the same numbers and texts; None = not surely."""
    try:
        written = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return None
    return None if _UNSURE.search(written) else written


def readable_json(value: Any) -> Any:
    """Gives the values that a JavaScript reader of a document would see.

    An integer beyond 2^53 - 1 is the nearest double, NaN and infinity null, half a surrogate pair U+FFFD.
    """
    match value:
        case bool():
            return value
        case int() if abs(value) > _MAX_EXACT_INTEGER:
            return float(value) if abs(value) < 10**308 else None
        case float() if not math.isfinite(value):
            return None
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {readable_json(key): readable_json(item) for key, item in value.items()}
        case list() | tuple():
            return [readable_json(item) for item in value]
    return value


def long_integers(value: Any) -> list[int]:
    """Gives the integers of a document that no double holds, in the order of the keys; the hash does not tell them."""
    match value:
        case int() if abs(value) > _MAX_EXACT_INTEGER:
            return [value]
        case dict():
            return [number for key in sorted(value) for number in long_integers(value[key])]
        case list():
            return [number for item in value for number in long_integers(item)]
    return []


def encode_json(document: Any) -> bytes:
    """Gives JSON in UTF-8; what UTF-8 cannot hold (half a surrogate pair, as a tablet may send it) is escaped."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, separators=(",", ":")).encode("ascii")
