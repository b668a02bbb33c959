"""Descriptions of placemarks that hold a table of HTML: map services write the attributes there."""

from html.parser import HTMLParser

_MAX_CHARS = 200_000
_SILENT = frozenset({"style", "script", "head"})


class _Rows(HTMLParser):
    """Rows of cells, and the texts outside of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.outside: list[str] = []
        self._in_cell = self._silent = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append("")
            self._in_cell = True
        elif tag == "br" and self._in_cell:
            self.rows[-1][-1] += "\n"
        elif tag in _SILENT:
            self._silent = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._in_cell = False
        elif tag in _SILENT:
            self._silent = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
        elif data.strip() and not self._silent:
            self.outside.append(data.strip())


def attributes_of(description: str) -> tuple[dict[str, str | None], bool]:
    """The attributes in a description, and whether it says nothing besides them.

    A row of two cells is a name and its value. Where the same name stands twice, the table is no list of attributes.
    """
    if "<td" not in description.lower() or len(description) > _MAX_CHARS:
        return {}, False
    parser = _Rows()
    parser.feed(description)
    parser.close()
    rows = [[cell.strip() for cell in row] for row in parser.rows]
    pairs = [row for row in rows if len(row) == 2 and row[0]]
    names = [name for name, _ in pairs]
    if not pairs or len(set(names)) < len(names):
        return {}, False
    others = [row for row in rows if row not in pairs and any(row)]
    return {name: value or None for name, value in pairs}, not others and not parser.outside
