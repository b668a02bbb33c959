"""One way to write a JSON document, so that its SHA-256 says whether two bodies are the same (RFC 8785)."""

import hashlib
import math
from typing import Any

import rfc8785

_MAX_EXACT_INTEGER = 2**53 - 1


def canonical_hash(body: Any) -> str:
    """Gives the SHA-256 of the canonical JSON, in hex.

    What RFC 8785 cannot write gets the value that a JavaScript reader would see: an integer beyond 2^53 - 1 the nearest
    double, NaN and infinity null, half a surrogate pair U+FFFD.
    """
    try:
        canonical = rfc8785.dumps(body)
    except ValueError:
        canonical = rfc8785.dumps(_writable(body))
    return hashlib.sha256(canonical).hexdigest()


def _writable(value: Any) -> Any:
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
            return {_writable(key): _writable(item) for key, item in value.items()}
        case list() | tuple():
            return [_writable(item) for item in value]
    return value
