"""Text files that are not quite what they should be, made whole in a copy before they are read.

Two encodings in one file, zero bytes, columns held apart by blanks, ="001" to save zeros, blanks before quotation
marks. Everything that is changed is told; the source itself stays as it is, and row numbers are the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.encodings import find_encoding_of, likeness
from gis_capture.model import Problem
from gis_capture.text import Text

_MAX_BYTES = 256 << 20
_MAX_PROBLEMS = 200
_BY_LINE = ("cp932", "euc_jp", "euc_jis_2004", "utf-8", "utf-8-sig")
# Kanji and kana in UTF-8 are three bytes each; in cp932 and EUC such a run of bytes is rare and no Japanese.
_UTF8_RUN = re.compile(rb"(?:[\xe2-\xe9\xef][\x80-\xbf]{2}){2,}")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# What single bytes without a meaning in cp932 become.
_NO_LETTER = re.compile(r"[\x80-\xa0\uf8f0-\uf8f3]")
_KEPT_ZERO = re.compile(r'(^|[,;|\t])="([^"\r\n]*)"(?=[,;|\t\r\n]|$)', re.MULTILINE)
_BLANK_QUOTE = re.compile(r'(?<=[,;|\t])[ \u3000]+"(?!")')
_BLANKS = re.compile(r"[ \u3000]+")
_SAMPLE_LINES = 300
_MIN_LINES = 3


@dataclass(frozen=True, slots=True)
class Mended:
    """The text as it should be, and what was done to it; `is_spaced` where tabs now stand for blanks."""

    text: str
    problems: tuple[Problem, ...]
    is_spaced: bool = False


def mend(path: Path, encoding: str, sample: str, *, fits: bool, has_separator: bool) -> Mended | None:
    """Mends a text file of an encoding; None where there is nothing to mend, or too much of it.

    Args:
        path: The file.
        encoding: Of most of it.
        sample: Its beginning, decoded.
        fits: Whether every byte is of that encoding.
        has_separator: Whether a separator was found in the sample.
    """
    size = path.stat().st_size
    if size > _MAX_BYTES:
        return None
    data = path.read_bytes()
    is_mixed = encoding in _BY_LINE and (not fits or (encoding[:4] != "utf-" and _UTF8_RUN.search(data) is not None))
    lines = list(_lines(data, encoding)) if is_mixed else []
    others = [(number, name) for number, (name, _) in enumerate(lines, start=1) if name != encoding]
    has_controls = (b"\0" in data and encoding[:4] not in ("utf-1", "utf-3")) or _CONTROLS.search(sample) is not None
    has_controls = has_controls or data.endswith(b"\x1a")
    has_kept_zeros = _KEPT_ZERO.search(sample) is not None
    has_blank_quotes = _BLANK_QUOTE.search(sample) is not None and has_separator
    cuts = () if has_separator else _cuts(sample)
    splits = not has_separator and not cuts and _splits_by_blanks(sample)
    if not (others or has_controls or has_kept_zeros or has_blank_quotes or cuts or splits):
        return None
    text = "".join(line for _, line in lines) if lines else data.decode(encoding, "backslashreplace")
    problems = [_other_encoding(number, name) for number, name in others[:_MAX_PROBLEMS]]
    if has_controls:
        text, found = _without_controls(text)
        problems += found
    if has_kept_zeros:
        text = _KEPT_ZERO.sub(r'\1"\2"', text)
    if has_blank_quotes:
        text = _BLANK_QUOTE.sub('"', text)
    if cuts:
        text = "".join(_cut(line, cuts) for line in text.splitlines(keepends=True))
    elif splits:
        text = "".join(_BLANKS.sub("\t", line.strip(" \u3000")) for line in text.splitlines(keepends=True))
    return Mended(text, tuple(problems), bool(cuts or splits))


def _lines(data: bytes, encoding: str) -> Iterator[tuple[str, str]]:
    """Decodes line by line, each in the encoding it is in; bytes of none are kept as signs."""
    for line in data.splitlines(keepends=True):
        name = _encoding_of(line, encoding)
        yield name, line.decode(name, "backslashreplace")


def _encoding_of(line: bytes, usual: str) -> str:
    if line.isascii():
        return usual
    usual_fits = _fits(line, usual)
    if usual[:4] == "utf-":
        if usual_fits:
            return usual
        other = find_encoding_of(line)
        return other if _fits(line, other) and not _NO_LETTER.search(line.decode(other)) else usual
    if _UTF8_RUN.search(line) and _fits(line, "utf-8"):
        as_usual = likeness(line.decode(usual, "replace"))
        if not usual_fits or likeness(line.decode("utf-8")) > as_usual:
            return "utf-8"
    return usual


def _fits(line: bytes, name: str) -> bool:
    try:
        line.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _other_encoding(row: int, name: str) -> Problem:
    return Problem(
        codes.ROW_IN_ANOTHER_ENCODING,
        "warning",
        Text(
            f"この行だけ文字コードが{name}です。{name}として読みました。",
            f"This row is in another encoding, {name}; it was read as such.",
        ),
        Text("文字が正しいか確かめてください。", "See whether its letters are right."),
        row_number=row,
    )


def _without_controls(text: str) -> tuple[str, list[Problem]]:
    text = text.rstrip("\x00\x1a")
    found = [number for number, line in enumerate(text.splitlines(), start=1) if _CONTROLS.search(line)]
    problems = [
        Problem(
            codes.BYTES_NOT_DECODED,
            "warning",
            Text(
                "見えない制御文字が入っていたので除きました。",
                "The row held control characters; they were taken out.",
            ),
            Text("値が欠けていないか確かめてください。", "See whether its values are whole."),
            row_number=number,
        )
        for number in found[:_MAX_PROBLEMS]
    ]
    return _CONTROLS.sub("", text), problems


def _cuts(sample: str) -> tuple[int, ...]:
    """Where columns begin that are held apart by blanks: places that are blank in every line.

    Full-width letters take two places, as they do on paper. The first line must have something in every column.
    """
    lines = [line for line in sample.splitlines()[:_SAMPLE_LINES] if line.strip()]
    if len(lines) < _MIN_LINES or "\t" in sample:
        return ()
    spread = [_spread(line.rstrip()) for line in lines]
    width = max(map(len, spread))
    blank = [all(at >= len(line) or line[at] == " " for line in spread) for at in range(width)]
    starts = tuple(at for at in range(width) if not blank[at] and (at == 0 or blank[at - 1]))
    if len(starts) < 2:
        return ()
    ends = (*starts[1:], width)
    filled = [[line[start:end].strip() != "" for start, end in zip(starts, ends, strict=True)] for line in spread]
    is_table = all(filled[0]) and sum(map(sum, filled)) >= 0.6 * len(filled) * len(starts)
    return starts if is_table else ()


def _spread(line: str) -> str:
    """A line with one sign for each place on paper: wide letters are followed by a filler."""
    return "".join("  " if c == "\u3000" else c + "_" if _is_wide(c) else c for c in line)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WFA" and not character.isascii()


def _cut(line: str, starts: Sequence[int]) -> str:
    """Cuts a line at places on paper; tabs stand between the pieces."""
    body = line.rstrip("\r\n")
    pieces = [""] * len(starts)
    at, column = 0, 0
    for character in body:
        while column + 1 < len(starts) and at >= starts[column + 1]:
            column += 1
        pieces[column] += character
        at += 2 if _is_wide(character) or character == "\u3000" else 1
    return "\t".join(piece.strip(" \u3000") for piece in pieces) + line[len(body) :]


def _splits_by_blanks(sample: str) -> bool:
    """Whether every line has the same number of words, at least three: lists of points, as instruments write them."""
    lines = [line.split() for line in sample.splitlines()[:_SAMPLE_LINES] if line.strip()]
    widths = {len(words) for words in lines}
    return len(lines) >= _MIN_LINES and len(widths) == 1 and min(widths) >= 3 and "\t" not in sample
