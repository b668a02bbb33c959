"""Styles of OpenDocument spreadsheets: what they strike out, colour and hide (OpenDocument 1.3 part 3, clause 16.2)."""

import zipfile
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from gis_capture.ledger.drivers.elements import read_elements

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
STYLE_TAG = f"{_STYLE}style"
_MAX_PARENTS = 10
_WHITE = frozenset({"", "transparent", "#ffffff"})


@dataclass(frozen=True, slots=True)
class CellStyle:
    """What a style, with those it stands on, does to a cell.

    Attributes:
        color: "FFFF00"; None for white and for none.
    """

    is_struck: bool
    color: str | None


@dataclass(slots=True)
class OdsStyles:
    """The styles that were met so far."""

    hidden_sheets: set[str] = field(default_factory=set)
    _struck: dict[str, bool] = field(default_factory=dict)
    _colors: dict[str, str] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)
    _known: dict[str, CellStyle] = field(default_factory=dict)

    def add(self, style: Element) -> None:
        """Notes one style."""
        self._known.clear()
        name = style.get(f"{_STYLE}name", "")
        if parent := style.get(f"{_STYLE}parent-style-name"):
            self._parents[name] = parent
        for part in style:
            if part.get(f"{TABLE}display") == "false":
                self.hidden_sheets.add(name)
            lines = {part.get(f"{_STYLE}text-line-through-{kind}") for kind in ("style", "type")} - {None}
            if lines:
                self._struck[name] = lines != {"none"}
            if part.tag == f"{_STYLE}table-cell-properties" and (color := part.get(f"{_FO}background-color")):
                self._colors[name] = color

    def of(self, name: str) -> CellStyle:
        """The style of that name; one that nobody knows does nothing."""
        if name not in self._known:
            self._known[name] = self._with_parents(name)
        return self._known[name]

    def _with_parents(self, name: str) -> CellStyle:
        chain = [name]
        while (parent := self._parents.get(chain[-1])) and len(chain) < _MAX_PARENTS:
            chain.append(parent)
        color = next((self._colors[one] for one in chain if one in self._colors), "").lower()
        is_struck = next((self._struck[one] for one in chain if one in self._struck), False)
        return CellStyle(is_struck, None if color in _WHITE else color.lstrip("#").upper())


def read_styles(archive: zipfile.ZipFile) -> OdsStyles:
    """The styles that have names of their own (styles.xml); those made by hand stand before the sheets."""
    styles = OdsStyles()
    if "styles.xml" in archive.namelist():
        with archive.open("styles.xml") as file:
            for event, element in read_elements(file):
                if event == "end" and element.tag == STYLE_TAG:
                    styles.add(element)
    return styles
