"""Where time and ids come from; everything below the workspace is given them."""

from datetime import UTC, datetime

from uuid_utils import uuid7


def utc_now() -> str:
    """The present time, "2026-11-23T02:10:00Z"."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_id() -> str:
    """A fresh UUID, version 7 (RFC 9562, section 5.7), so that ids sort by the time they were made."""
    return str(uuid7())
