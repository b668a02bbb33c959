"""A tablet without a screen: its outbox, its journal, its copy of the layer and its photos, speaking HTTP.

It does what the TypeScript tablet does: changes first, then photos, then a pull; what it has heard is written to its
journal as one step, so that it can be switched off between any two.
"""

import gzip
import hashlib
import http.client
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.faults.network import HEADER
from tests.sync.field_tablet import FieldTablet, Held

LAYER = "lamp"
PIECE_BYTES = 16_384
TIMEOUT_S = 60


class OfflineError(Exception):
    """The server could not be reached, or its answer was cut."""


def request(
    port: int, method: str, path: str, body: bytes = b"", *, fault: str = "good", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Makes one request; gives status, headers and body.

    Raises:
        OfflineError: No whole answer.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body or None, {HEADER: fault, "Connection": "close", **named})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content
    except (OSError, http.client.HTTPException) as error:
        raise OfflineError(f"{method} {path}: {error!r}") from error
    finally:
        connection.close()


@dataclass
class HeadlessTablet(FieldTablet):
    """A tablet of a crew.

    Attributes:
        clock_at: What its clock says, right or wrong.
        photos: Seed and size of each photo it took, by hash; they stay on the tablet.
        unsent: Hashes of photos whose arrival the server has not confirmed.
        told: The receipt it heard last of each change.
    """

    clock_at: str = "2026-11-23T02:10:00Z"
    epoch: str | None = None
    photos: dict[str, tuple[int, int]] = field(default_factory=dict)
    unsent: list[str] = field(default_factory=list)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def journal(self) -> str:
        """All that it needs after it was switched off."""
        return json.dumps(asdict(self))

    @classmethod
    def from_journal(cls, journal: str) -> "HeadlessTablet":
        """Switches it on again."""
        state = json.loads(journal)
        state["copy"] = {feature_id: Held(**one) for feature_id, one in state["copy"].items()}
        state["photos"] = {sha256: tuple(photo) for sha256, photo in state["photos"].items()}
        return cls(**state)

    def values_of(self, line: dict[str, Any]) -> dict[str, Any]:
        """What it shows of a feature."""
        fields = {name: line["fields"][name] for name in self.fields}
        photos = [one["sha256"] for one in line["attachments"]]
        return {**fields, "geometry": line["geometry"], "photos": photos}

    def news_of(self, change: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """What a change of its own makes of a feature."""
        news = super().news_of(change, values)
        if "geometry" in change:
            news["geometry"] = change["geometry"]["new"]
        photos = dict.fromkeys([*(values.get("photos") or []), *(one["sha256"] for one in change["attachments"])])
        return {"geometry": values.get("geometry"), **news, "photos": list(photos)}

    def take_photo(self, seed: int, size_bytes: int) -> dict[str, Any]:
        """Takes a photo; gives what a change says of it."""
        sha256 = hashlib.sha256(photo_bytes(seed, size_bytes)).hexdigest()
        self.photos[sha256] = (seed, size_bytes)
        self.unsent.append(sha256)
        return {"sha256": sha256, "name": f"{seed}.jpg", "size_bytes": size_bytes, "media_type": "image/jpeg"}

    def push(self, port: int, *, fault: str = "good", is_reversed: bool = False) -> None:
        """Sends what waits, and acts on the receipts; an answer that is no receipt changes nothing.

        Raises:
            OfflineError: The answer did not come.
        """
        if not self.outbox:
            return
        message = {**self.message(), "clock_at": self.clock_at, **({"epoch": self.epoch} if self.epoch else {})}
        if is_reversed:
            message["changes"].reverse()
        body = gzip.compress(json.dumps(message).encode())
        status, _, content = request(
            port, "POST", "/sync/push", body, fault=fault, Content_Type="application/json", Content_Encoding="gzip"
        )
        if status != 200:
            raise OfflineError(f"push: {status} {content[:300]!r}")
        answer = json.loads(content)
        self.epoch = answer["epoch"]
        self.told |= {receipt["change_id"]: receipt for receipt in answer["receipts"]}
        self.hear(answer["receipts"])

    def send_photos(self, port: int, faults: Iterator[str]) -> None:
        """Sends the bytes of photos, going on where an earlier upload was cut.

        Raises:
            OfflineError: An answer did not come.
        """
        for sha256 in list(self.unsent):
            self._send_photo(port, sha256, faults)
            self.unsent.remove(sha256)

    def _send_photo(self, port: int, sha256: str, faults: Iterator[str]) -> None:
        path, whole = f"/attachments/{sha256}", photo_bytes(*self.photos[sha256])
        status, headers, _ = request(port, "HEAD", path, fault=next(faults))
        offset = len(whole) if status == 200 else int(headers.get("upload-offset", 0)) % len(whole)
        n_restarts = 0
        while offset < len(whole):
            piece = whole[offset : offset + PIECE_BYTES]
            span = f"bytes {offset}-{offset + len(piece) - 1}/{len(whole)}"
            status, headers, content = request(port, "PUT", path, piece, fault=next(faults), Content_Range=span)
            if status == 422 and not n_restarts:
                offset, n_restarts = 0, 1
                continue
            if status not in (201, 202):
                raise OfflineError(f"photo: {status} {content[:300]!r}")
            now = len(whole) if status == 201 else int(headers["upload-offset"])
            if now <= offset:
                n_restarts += 1
                if n_restarts > 3:
                    raise OfflineError("photo: the server does not take the bytes")
            offset = now

    def pull_page(self, port: int, *, limit: int = 1000, fault: str = "good") -> None:
        """Applies one page of a pull, whole or not at all.

        Raises:
            OfflineError: The answer did not come whole.
        """
        query = {"layers": LAYER, "since": self.revision, "limit": limit}
        query |= {"cursor": self.cursor} if self.cursor else {}
        query |= {"epoch": self.epoch} if self.epoch else {}
        path = f"/sync/pull?{urlencode(query)}"
        status, _, content = request(port, "GET", path, fault=fault, Accept_Encoding="gzip")
        if status != 200:
            raise OfflineError(f"pull: {status} {content[:300]!r}")
        try:
            lines = [json.loads(line) for line in gzip.decompress(content).splitlines()]
        except (EOFError, ValueError, OSError) as error:
            raise OfflineError("pull: cut") from error
        if lines[-1]["type"] != "end":
            raise OfflineError("pull: cut")
        self.epoch = lines[0]["epoch"]
        self.apply(lines)

    def pull_all(self, port: int) -> None:
        """Pulls to the end."""
        self.pull_page(port)
        while self.cursor:
            self.pull_page(port)


def photo_bytes(seed: int, size_bytes: int) -> bytes:
    """The bytes of a photo; the same seed gives the same."""
    return b"\xff\xd8\xff" + random.Random(seed).randbytes(size_bytes - 3)
