"""Where time and ids come from; everything below the workspace is given them."""

import os
import time
from datetime import UTC, datetime


def utc_now() -> str:
    """The present time, "2026-11-23T02:10:00Z"."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_id() -> str:
    """A fresh UUID, version 7, so that ids sort by the time they were made.

    Source:
        RFC 9562, sections 5.7 and 6.2 (method 3: the 12 bits after the milliseconds are a fraction of one).
    """
    ms, rest_ns = divmod(time.time_ns(), 1_000_000)
    fraction = rest_ns * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8)) >> 2
    digits = f"{ms << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
