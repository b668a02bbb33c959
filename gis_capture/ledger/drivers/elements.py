"""XML read piece by piece, without document types: entities are how a small file becomes a large one."""

from collections.abc import Iterable, Iterator
from typing import IO, Any, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

_CHUNK = 1 << 20
_MAX_DEPTH = 200


def read_elements(file: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Gives ("start" or "end", element) in order; what comes before an error is given before it is raised.

    Raises ParseError for broken XML, document types and elements nested deeper than 200.
    """
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    depth = 0
    error: ParseError | None = None
    while error is None and (chunk := file.read(_CHUNK)):
        if not depth and b"<!DOCTYPE" in chunk[:8192].replace(b"\0", b""):
            raise ParseError("DOCTYPE")
        try:
            parser.feed(chunk)
        except ParseError as found:
            error = found
        except (LookupError, ValueError) as found:
            # An encoding that nobody knows.
            error = ParseError(str(found))
        for event, element in cast(Iterable[tuple[str, Element]], parser.read_events()):
            depth += 1 if event == "start" else -1
            if depth > _MAX_DEPTH:
                raise ParseError("nested too deep")
            yield event, element
    if error is not None:
        raise error
    parser.close()


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]
