"""The layout of fixed records: which bytes are which field. A small TOML file; every mistake in it is told.

    format = "gis-capture.layout/v1"
    encoding = "cp932"                # or utf-8, euc_jp, cp930, cp939, cp1390, cp1399
    records = "fixed"                 # fixed, crlf, lf, rdw, bdw; without it, what the bytes look like
    record_bytes = 80                 # without it, where the last field ends
    where = { field = "区分", is = "2" }
    [[fields]]
    name = "台帳番号"
    bytes = 8
    type = "text"                     # text, kanji, digits (zeros in front stay), zoned, packed, binary, skip
    decimals = 2
    start = 1                         # from 1; without it, behind the field before

In place of the fields, `copybook = "KIHON.cpy"` names a COBOL copybook beside the layout.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from gis_capture.errors import SourceError
from gis_capture.ledger.drivers.fixed.copybook import read_copybook
from gis_capture.ledger.drivers.fixed.ebcdic import EBCDIC
from gis_capture.text import Text

FORMAT = "gis-capture.layout/v1"
ENCODINGS = ("cp932", "utf-8", "euc_jp", "ascii", *EBCDIC)
RECORDS = ("fixed", "crlf", "lf", "rdw", "bdw")
TYPES = ("text", "kanji", "digits", "zoned", "packed", "binary", "skip")
_KEYS = frozenset({"format", "title", "encoding", "records", "record_bytes", "where", "fields", "copybook"})
_FIELD_KEYS = frozenset({"name", "bytes", "type", "decimals", "start"})
_MAX_BYTES = 1 << 20
_MAX_RECORD_BYTES = 1 << 20
_MAX_FIELDS = 4_000


@dataclass(frozen=True, slots=True)
class LayoutField:
    """One field of a record; `start` counts bytes from 0."""

    name: str
    start: int
    n_bytes: int
    kind: str
    decimals: int = 0

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.n_bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """How records are cut into fields.

    Attributes:
        records: How one record is told from the next; None = to be found out.
        record_bytes: Of the fields; line ends and descriptor words do not count.
        where: Name of a field and the text it must have; other records are of another kind and are left out.
    """

    encoding: str
    records: str | None
    record_bytes: int
    fields: tuple[LayoutField, ...]
    where: tuple[str, str] | None = None


def is_layout(path: Path) -> bool:
    """Whether a file beside a source says that it is a layout."""
    try:
        return path.is_file() and path.stat().st_size <= _MAX_BYTES and FORMAT.encode() in path.read_bytes()
    except OSError:
        return False


def layout_beside(path: Path) -> Path | None:
    """The layout that lies beside a source under its name: `台帳.toml` beside `台帳.dat`."""
    beside = path.with_suffix(".toml") if path.suffix else path.with_name(f"{path.name}.toml")
    return beside if beside != path and is_layout(beside) else None


def copybook_of(path: Path) -> Path | None:
    """The copybook that a layout names, where there is one."""
    try:
        name = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get("copybook")
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(name, str) or not name or Path(name).name != name:
        return None
    copybook = path.with_name(name)
    return copybook if copybook.is_file() else None


def read_layout(path: Path) -> Layout:
    """Reads a layout file; raises SourceError that names the key for whatever does not fit."""
    return _layout(path, _document(path))


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _wrong(path, "", Text("大きすぎます", "it is too large"))
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _wrong(path, "", Text("文字コードがUTF-8ではありません", "it is not UTF-8")) from error
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, "", Text("TOMLとして読めません", f"it is no TOML ({error})")) from error
    except RecursionError as error:
        raise _wrong(path, "", Text("入れ子が深すぎます", "it is nested too deep")) from error
    except OSError as error:
        raise SourceError(
            Text(
                f"レイアウト「{path}」を開けません。場所と名前を確かめてください。",
                f'The layout "{path}" cannot be opened: check its place and name.',
            ),
            path=path,
        ) from error


def _layout(path: Path, document: Mapping[str, Any]) -> Layout:
    if document.get("format") != FORMAT:
        raise _wrong(path, "format", Text(f"「{FORMAT}」と書いてください", f'it must be "{FORMAT}"'))
    _check_keys(path, "", document, _KEYS)
    encoding = _choice(path, "encoding", document.get("encoding"), ENCODINGS)
    records = document.get("records")
    if records is not None:
        records = _choice(path, "records", records, RECORDS)
    if ("copybook" in document) == ("fields" in document):
        raise _wrong(
            path,
            "fields",
            Text("fields か copybook のどちらか一方を書いてください", "give either fields or copybook"),
        )
    fields = _copied(path, document["copybook"]) if "copybook" in document else _fields(path, document["fields"])
    end = max(field.end for field in fields)
    length = document.get("record_bytes", end)
    if not _is_count(length) or not end <= length <= _MAX_RECORD_BYTES:
        told = Text(
            f"{end}以上の整数にしてください（項目は{end}バイト目まであります）",
            f"it must be at least {end}, where the last field ends",
        )
        raise _wrong(path, "record_bytes", told)
    kept = tuple(field for field in fields if field.kind != "skip")
    if not kept:
        raise _wrong(path, "fields", Text("読む項目がありません", "there is no field to read"))
    return Layout(encoding, records, length, kept, _where(path, document.get("where"), kept))


def _fields(path: Path, found: object) -> list[LayoutField]:
    if not isinstance(found, list) or not found or len(found) > _MAX_FIELDS:
        raise _wrong(path, "fields", Text("項目の一覧がありません", "it must be a list of tables [[fields]]"))
    fields: list[LayoutField] = []
    at = 0
    for number, entry in enumerate(found, start=1):
        key = f"fields[{number}]"
        if not isinstance(entry, dict):
            raise _wrong(path, key, Text("[[fields]] の形で書いてください", "write it as [[fields]]"))
        _check_keys(path, key, entry, _FIELD_KEYS)
        kind = _choice(path, f"{key}.type", entry.get("type", "text"), TYPES)
        name = entry.get("name", "")
        if not isinstance(name, str) or (not name.strip() and kind != "skip"):
            raise _wrong(path, f"{key}.name", Text("項目名がありません", "a name is missing"))
        n_bytes = entry.get("bytes")
        if not _is_count(n_bytes) or n_bytes > _MAX_RECORD_BYTES:
            raise _wrong(path, f"{key}.bytes", Text("1以上の整数にしてください", "it must be a whole number above 0"))
        if kind == "binary" and n_bytes not in (1, 2, 4, 8):
            raise _wrong(path, f"{key}.bytes", Text("binaryは1・2・4・8バイトです", "binary has 1, 2, 4 or 8 bytes"))
        start = entry.get("start", at + 1)
        if not _is_count(start) or start > _MAX_RECORD_BYTES:
            raise _wrong(path, f"{key}.start", Text("1以上の整数にしてください", "it must be a whole number above 0"))
        decimals = entry.get("decimals", 0)
        if not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= 18:
            raise _wrong(path, f"{key}.decimals", Text("0から18の整数にしてください", "it must be 0 to 18"))
        fields.append(LayoutField(name.strip(), start - 1, n_bytes, kind, decimals))
        at = start - 1 + n_bytes
    return fields


def _copied(path: Path, name: object) -> list[LayoutField]:
    if not isinstance(name, str) or not name or Path(name).name != name:
        told = Text("レイアウトと同じフォルダーのファイル名を書いてください", "name a file beside the layout")
        raise _wrong(path, "copybook", told)
    return [
        LayoutField(item.name, item.start, item.n_bytes, item.kind, item.decimals)
        for item in read_copybook(path.with_name(name))
    ]


def _where(path: Path, found: object, fields: Sequence[LayoutField]) -> tuple[str, str] | None:
    if found is None:
        return None
    if (
        not isinstance(found, dict)
        or set(found) != {"field", "is"}
        or not all(isinstance(value, str) for value in found.values())
        or found["field"] not in [field.name for field in fields]
    ):
        told = Text(
            '{ field = "項目名", is = "値" } の形で、ある項目を書いてください',
            'write { field = "name", is = "text" } with a field of the layout',
        )
        raise _wrong(path, "where", told)
    return found["field"], found["is"]


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _choice(path: Path, key: str, value: object, allowed: Sequence[str]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    listed = ", ".join(allowed)
    raise _wrong(path, key, Text(f"次のどれかにしてください: {listed}", f"it must be one of {listed}"))


def _check_keys(path: Path, key: str, table: Mapping[str, Any], allowed: frozenset[str]) -> None:
    for name in table:
        if name not in allowed:
            listed = ", ".join(sorted(allowed))
            told = Text(f"知らない項目です（あるのは {listed}）", f"it is not known (there are {listed})")
            raise _wrong(path, f"{key}.{name}".lstrip("."), told)


def _wrong(path: Path, key: str, what: Text) -> SourceError:
    return SourceError(
        Text(
            f"レイアウト「{path.name}」{f'の {key} ' if key else ''}が正しくありません：{what.ja}。",
            f'The layout "{path.name}" is wrong{f" at {key}" if key else ""}: {what.en}.',
        ),
        path=path,
        key=key,
    )
