"""Unpacks answers by their Content-Encoding."""

import gzip
import sys
from collections.abc import Callable

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

UNPACKERS: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": gzip.decompress,
    "br": lambda content: bytes(brotli.decompress(content)),
    "zstd": zstd.decompress,
}
"""By the name of HTTP; None = not packed."""
