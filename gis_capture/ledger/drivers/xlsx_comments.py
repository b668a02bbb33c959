"""The comments of a worksheet (ECMA-376 part 1, 18.7)."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.etree import ElementTree

from gis_capture.ledger.drivers.xlsx_cells import column_number
from gis_capture.ledger.drivers.xlsx_parts import PartError, local_name, parse_part

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read_comments(archive: zipfile.ZipFile, path: str) -> dict[tuple[int, int], str]:
    """Gives the comments of a sheet by (row, column); none where that part is missing or damaged."""
    sheet = PurePosixPath(path)
    relations = str(sheet.parent / "_rels" / f"{sheet.name}.rels")
    found: dict[tuple[int, int], str] = {}
    try:
        for relation in parse_part(archive, relations):
            if not relation.get("Type", "").endswith("/comments"):
                continue
            target = relation.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(str(sheet.parent / target))
            for comment in parse_part(archive, part).iter():
                place = _PLACE.fullmatch(comment.get("ref", "")) if local_name(comment.tag) == "comment" else None
                if place:
                    found[int(place[2]), column_number(place[1].encode())] = "".join(_texts(comment))
    except (KeyError, PartError, ElementTree.ParseError):
        return found
    return found


def _texts(element: ElementTree.Element) -> Iterator[str]:
    """The runs of a text; how kanji are read (rPh) stands beside them and is no part of it."""
    for part in element:
        if local_name(part.tag) == "t":
            yield part.text or ""
        elif local_name(part.tag) != "rPh":
            yield from _texts(part)
