"""The journal that QField keeps of its edits (`deltafile_01.json`, version 1.0), read as it stands."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from gis_capture.model import canonical_hash
from gis_capture.sync.checkin import codes
from gis_capture.text import Text

VERSION = "1.0"
MAX_BYTES = 200_000_000
MAX_DELTAS = 100_000
_MAX_TEXT = 200
_TEXTS = ("clientId", "exportId", "localPk", "sourcePk", "localLayerId", "sourceLayerId", "localLayerCrs")
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*[{\[]")


@dataclass(frozen=True, slots=True)
class Delta:
    """One entry of the journal.

    Attributes:
        number: Its place in the file, from 1.
        sha256: Of its canonical JSON: the same uuid may come with other content.
        old, new: `{"geometry"?, "attributes"?, "files_sha256"?}`; only what changed.
    """

    number: int
    sha256: str
    uuid: str
    client_id: str
    method: str
    local_pk: str
    source_pk: str
    layer_names: tuple[str, ...]
    layer_ids: tuple[str, ...]
    crs: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    def old_attributes(self) -> Mapping[str, Any]:
        """Values as they were, of the attributes that the journal says."""
        return self.old.get("attributes") or {}

    def new_attributes(self) -> Mapping[str, Any]:
        """Values as they became."""
        return self.new.get("attributes") or {}


def is_delta_file(path: Path) -> bool:
    """Whether a file is JSON, judged by its beginning."""
    with path.open("rb") as file:
        return _HEAD.match(file.read(200)) is not None


def read_delta_file(path: Path) -> list[Delta]:
    """Reads a journal, whole or not at all.

    Raises:
        SourceError: Cut off, no journal, of another version, or an entry is not of the form (code `delta_unreadable`).
    """
    if path.stat().st_size > MAX_BYTES:
        raise _error(path, Text(f"{MAX_BYTES // 1_000_000} MB を超えています", f"over {MAX_BYTES // 1_000_000} MB"))
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        cut = Text("途中で切れているか、JSON ではありません", f"cut off, or no JSON: {str(error)[:120]}")
        raise _error(path, cut) from error
    if not isinstance(document, dict) or not isinstance(document.get("deltas"), list):
        raise _error(path, Text("「deltas」がありません", 'there are no "deltas"'))
    if document.get("version") != VERSION:
        found = str(document.get("version"))[:20]
        raise _error(path, Text(f"版「{found}」は扱えません({VERSION} のみ)", f'version "{found}", not {VERSION}'))
    if len(document["deltas"]) > MAX_DELTAS:
        raise _error(path, Text(f"{MAX_DELTAS:,} 件を超えています", f"over {MAX_DELTAS:,} entries"))
    return [_delta(path, number, one) for number, one in enumerate(document["deltas"], 1)]


def _delta(path: Path, number: int, value: Any) -> Delta:
    try:
        if not isinstance(value, dict):
            raise TypeError("no object")
        texts = {name: _text(value.get(name), name) for name in _TEXTS}
        names = (_text(value.get("localLayerName"), "localLayerName"),)
        method = value.get("method")
        if method not in ("create", "patch", "delete"):
            raise ValueError("method")
        halves = [_half(value.get(name), name) for name in ("old", "new")]
        uuid = str(UUID(_text(value.get("uuid"), "uuid")))
    except (TypeError, ValueError) as error:
        reason = Text(f"{number} 件目の形が違います: {error}", f"entry {number} is not of the form: {error}")
        raise _error(path, reason) from error
    return Delta(
        number,
        canonical_hash(value),
        uuid,
        texts["clientId"],
        str(method),
        texts["localPk"],
        texts["sourcePk"],
        tuple(filter(None, names)),
        tuple(filter(None, (texts["localLayerId"], texts["sourceLayerId"]))),
        texts["localLayerCrs"],
        *halves,
    )


def _text(value: Any, name: str) -> str:
    """A short text; numbers stand for keys in some versions."""
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > _MAX_TEXT:
        raise TypeError(name)
    return str(value)


def _half(value: Any, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(name)
    if not isinstance(value.get("geometry"), str | None):
        raise TypeError(f"{name}.geometry")
    for part in ("attributes", "files_sha256"):
        if not isinstance(value.get(part), dict | None):
            raise TypeError(f"{name}.{part}")
    return value


def _refuse_constant(text: str) -> Any:
    raise ValueError(text)


def _error(path: Path, reason: Text) -> Exception:
    return codes.error(codes.DELTA_UNREADABLE, file=path.name, reason=reason)
