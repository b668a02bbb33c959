"""COBOL copybooks: the fields of a record from PIC clauses, with OCCURS, COMP-3, COMP and kanji (PIC N, PIC G)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gis_capture.errors import SourceError
from gis_capture.ledger.drivers.encodings import find_encoding_of
from gis_capture.text import Text

_MAX_BYTES = 1 << 20
_MAX_FIELDS = 4_000
_ENTRY = re.compile(r"(?P<level>\d{1,2})\s+(?P<rest>.*)", re.DOTALL)
_PICTURE = re.compile(r"\bPIC(?:TURE)?\s+(?:IS\s+)?(?P<picture>\S+)", re.IGNORECASE)
_OCCURS = re.compile(r"\bOCCURS\s+(\d+)(?:\s+TIMES)?(?P<to>\s+TO\b)?", re.IGNORECASE)
_USAGE = re.compile(
    r"\b(COMP(?:UTATIONAL)?-3|PACKED-DECIMAL|COMP(?:UTATIONAL)?(?:-[45])?|BINARY)(?![\w-])", re.IGNORECASE
)
_REPEAT = re.compile(r"(.)\((\d{1,5})\)")


@dataclass(frozen=True, slots=True)
class CopyField:
    """A field of a copybook; `start` counts bytes from 0."""

    name: str
    start: int
    n_bytes: int
    kind: str
    decimals: int


@dataclass(frozen=True, slots=True)
class _Entry:
    level: int
    name: str
    text: str
    times: int


def read_copybook(path: Path) -> list[CopyField]:
    """Reads a copybook; raises SourceError for what is not understood, with the entry."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _wrong(path, "…")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            Text(
                f"COPY句「{path.name}」を開けません。レイアウトと同じフォルダーに置いてください。",
                f'The copybook "{path.name}" cannot be opened: put it beside the layout.',
            ),
            path=path,
        ) from error
    text = data.decode(find_encoding_of(data), "replace")
    entries = list(_entries(path, text))
    fields: list[CopyField] = []
    _lay_out(path, entries, 0, "", fields)
    if not fields:
        raise _wrong(path, "PIC")
    return fields


def _entries(path: Path, text: str) -> Iterator[_Entry]:
    lines = []
    for line in text.splitlines():
        # Columns 1 to 6 hold numbers, 7 marks a comment, 73 to 80 hold remarks: all as cards once did.
        body = line[6:72] if re.match(r"[\d ]{6}[ */-]", line) else line
        if body[:1] not in ("*", "/") and not body.lstrip().startswith("*>"):
            lines.append(body[1:] if re.match(r"[\d ]{6}[ -]", line) else body)
    for sentence in re.split(r"\.(?=\s|$)", " \n".join(lines)):
        sentence = " ".join(sentence.split())
        if not sentence:
            continue
        match = _ENTRY.fullmatch(sentence)
        if match is None:
            raise _wrong(path, sentence)
        level = int(match["level"])
        if level in (66, 77, 88):
            continue
        first = match["rest"].split()[0] if match["rest"] else ""
        has_name = first.upper() not in ("PIC", "PICTURE", "")
        if re.search(r"\bREDEFINES\b", sentence, re.IGNORECASE):
            # The same bytes under another name: those of the first name are read.
            yield _Entry(level, first, "REDEFINES", 1)
            continue
        occurs = _OCCURS.search(sentence)
        if occurs and (occurs["to"] or int(occurs[1]) < 1):
            raise _wrong(path, sentence)
        yield _Entry(level, first if has_name else "FILLER", match["rest"], int(occurs[1]) if occurs else 1)


def _lay_out(path: Path, entries: Sequence[_Entry], start: int, suffix: str, fields: list[CopyField]) -> int:
    """Places entries one behind the other, groups with what belongs to them; gives the first byte behind."""
    at, i = start, 0
    while i < len(entries):
        entry = entries[i]
        end = i + 1
        while end < len(entries) and entries[end].level > entry.level:
            end += 1
        children = entries[i + 1 : end]
        i = end
        if entry.text == "REDEFINES":
            continue
        for n in range(1, entry.times + 1):
            own = f"{suffix}_{n}" if entry.times > 1 else suffix
            if children:
                at = _lay_out(path, children, at, own, fields)
                continue
            field = _field(path, entry)
            fields.append(replace(field, name=entry.name + own, start=at))
            at += field.n_bytes
            if len(fields) > _MAX_FIELDS:
                raise _wrong(path, f"OCCURS {entry.times}")
    return at


def _field(path: Path, entry: _Entry) -> CopyField:
    found = _PICTURE.search(entry.text)
    if found is None:
        raise _wrong(path, entry.text)
    picture = _REPEAT.sub(lambda m: m[1] * int(m[2]), found["picture"].upper())
    usage = _USAGE.search(entry.text)
    kind, n_bytes, decimals = "text", len(picture), 0
    if set(picture) <= set("NG") or set(picture) <= {"G"}:
        kind, n_bytes = "kanji", 2 * len(picture)
    elif set(picture) <= set("S9V"):
        whole, _, fraction = picture.lstrip("S").partition("V")
        n_digits, decimals = len(whole) + len(fraction), len(fraction)
        name = usage[1].upper() if usage else ""
        if name.endswith("-3") or name == "PACKED-DECIMAL":
            kind, n_bytes = "packed", n_digits // 2 + 1
        elif usage:
            kind, n_bytes = "binary", 2 if n_digits <= 4 else 4 if n_digits <= 9 else 8
        else:
            # Without sign and decimals it may be a code, whose zeros in front count.
            kind, n_bytes = "digits" if set(picture) == {"9"} else "zoned", n_digits
    elif not set(picture) <= set("XA9BZ,.-+/*0"):
        raise _wrong(path, entry.text)
    if entry.name.upper() == "FILLER":
        kind = "skip"
    if not 0 < n_bytes <= 1 << 16:
        raise _wrong(path, entry.text)
    return CopyField(entry.name, 0, n_bytes, kind, decimals)


def _wrong(path: Path, what: str) -> SourceError:
    what = what[:80]
    return SourceError(
        Text(
            f"COPY句「{path.name}」の「{what}」を読み取れません。レイアウトの [[fields]] に項目を書いてください。",
            f'"{what}" in the copybook "{path.name}" is not understood. Write the fields as [[fields]] of the layout.',
        ),
        path=path,
    )
