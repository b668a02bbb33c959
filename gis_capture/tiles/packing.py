"""How what is sent is packed: by the names of HTTP's Content-Encoding."""

import sys
from collections.abc import Callable

import brotli
from isal import igzip

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BY_GZIP = "gzip"
_GZIP_LEVEL, _ZSTD_LEVEL, _BROTLI_QUALITY = 2, 1, 2


def pack(content: bytes, packing: str = BY_GZIP) -> bytes:
    """Packs bytes; none at all stay none.

    Args:
        content: What is packed.
        packing: One of `PACKINGS`.
    """
    return _PACKERS[packing](content) if content else b""


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda content: zstd.compress(content, _ZSTD_LEVEL),
    "br": lambda content: brotli.compress(content, quality=_BROTLI_QUALITY),
    BY_GZIP: lambda content: igzip.compress(content, _GZIP_LEVEL, mtime=0),
}
PACKINGS = tuple(_PACKERS)
"""The first one that a client takes is used: it costs least for its size."""
