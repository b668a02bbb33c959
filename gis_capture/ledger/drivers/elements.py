"""XML read piece by piece, without document types: entities are how a small file becomes a large one."""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from gis_capture.ledger.opening import DOCTYPE, Refused
from gis_capture.text import Text

_CHUNK = 1 << 20
_MAX_DEPTH = 200
_ENCODINGS = {
    b"shift_jis": "cp932",
    b"shift-jis": "cp932",
    b"sjis": "cp932",
    b"x-sjis": "cp932",
    b"windows-31j": "cp932",
    b"cp932": "cp932",
    b"ms932": "cp932",
    b"euc-jp": "euc_jp",
    b"iso-2022-jp": "iso2022_jp",
}
_DECLARED = re.compile(
    rb"\s*<\?xml[^>]*encoding\s*=\s*[\"'](" + b"|".join(_ENCODINGS) + rb")[\"'][^>]*\?>", re.IGNORECASE
)


def read_elements(file: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Gives ("start" or "end", element) in order; what comes before an error is given before it is raised.

    Raises ParseError for broken XML, Refused for document types and elements nested deeper than 200.
    """
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    depth = 0
    error: ParseError | None = None
    decoder: codecs.IncrementalDecoder | None = None
    while error is None and (chunk := file.read(_CHUNK)):
        if not depth and (found := _DECLARED.match(chunk)):
            # The parser knows no encodings of several bytes but those of Unicode.
            decoder = codecs.getincrementaldecoder(_ENCODINGS.get(found[1].lower(), "utf-8"))("backslashreplace")
            chunk = chunk[found.end() :]
        if not depth and b"<!DOCTYPE" in chunk[:8192].replace(b"\0", b""):
            raise Refused(DOCTYPE)
        try:
            parser.feed(decoder.decode(chunk) if decoder else chunk)
        except ParseError as found:
            error = found
        except (LookupError, ValueError) as found:
            # An encoding that nobody knows.
            error = ParseError(str(found))
        for event, element in cast(Iterable[tuple[str, Element]], parser.read_events()):
            depth += 1 if event == "start" else -1
            if depth > _MAX_DEPTH:
                raise Refused(
                    Text(
                        f"要素の入れ子が{_MAX_DEPTH}段を超えています",
                        f"elements are nested deeper than {_MAX_DEPTH} levels",
                    )
                )
            yield event, element
    if error is not None:
        raise error
    parser.close()


def read_children(path: Path) -> Iterator[Element]:
    """Gives the children of the root one by one; each is forgotten when the next is asked for.

    Raises ParseError as `read_elements` does, after what stands before the error.
    """
    above: list[Element] = []
    with path.open("rb") as file:
        for event, element in read_elements(file):
            if event == "start":
                above.append(element)
                continue
            above.pop()
            if len(above) == 1:
                yield element
                above[0].remove(element)


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]
