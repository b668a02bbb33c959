"""Writes docs/problems.md: every code a person or a program can meet, with its words.

`python scripts/problems_page.py`; a test says when it has to be run again.
"""

import ast
import importlib
from pathlib import Path

from gis_capture.paper.ledgers.table import DOUBTS
from gis_capture.text import Text

ROOT = Path(__file__).resolve().parent.parent
MODULES = {
    "gis_capture.ledger.codes": "Reading a source",
    "gis_capture.ledger.values.codes": "Cleaning values",
    "gis_capture.locate.codes": "Placing rows",
    "gis_capture.convert.codes": "Converting",
    "gis_capture.sync.codes": "Push, pull and attachments",
    "gis_capture.paper.codes": "Scans of paper",
    "gis_capture.people.codes": "People, tablets and rights",
    "gis_capture.store.postgis.integrity": "The check of a store in PostGIS",
    "gis_capture.store.geopackage.integrity": "The store's own check",
    "gis_capture.sync.checkin.codes": "Check-in of files edited in QGIS or QField",
}
HEAD = """# Problems and their codes

A problem is told, not thrown: it stands in the result of a conversion, an inspection, a push or a check, with its
row and cell where it has one, its severity and what to do. Codes are stable; other programs may rely on them.
`{…}` is filled in with what was found.
"""
TABLE = "\n## {}\n\n| code | 日本語 | English |\n|---|---|---|\n"


def codes_of(module: str) -> dict[str, str]:
    """Gives the codes of a module, each with the docstring that follows its constant."""
    path = ROOT / (module.replace(".", "/") + ".py")
    body = ast.parse(path.read_text(encoding="utf-8")).body
    found: dict[str, str] = {}
    for statement, following in zip(body, [*body[1:], None], strict=True):
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.isidentifier():
            found[value.value] = _text_of(following)
    return found


def _text_of(statement: ast.stmt | None) -> str:
    value = statement.value if isinstance(statement, ast.Expr) else None
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return str(value.value).strip() if is_text and isinstance(value, ast.Constant) else ""


def page() -> str:
    """Gives the whole page."""
    parts = [HEAD]
    for module, heading in MODULES.items():
        loaded = importlib.import_module(module)
        titles: dict[str, Text] = getattr(loaded, "TITLES", None) or getattr(loaded, "_WORDS", {})
        parts.append(TABLE.format(heading))
        for code, docstring in codes_of(module).items():
            words = titles.get(code)
            ja, en = (words.ja, words.en) if words else ("", docstring.split("\n")[0])
            parts.append(f"| `{code}` | {ja} | {en} |\n".replace("|  |", "| – |"))
    parts.append(TABLE.format("Cells of a scanned ledger that wait for a person"))
    parts += [f"| `{code}` | {words.ja} | {words.en} |\n" for code, words in DOUBTS.items()]
    return "".join(parts)


if __name__ == "__main__":
    (ROOT / "docs" / "problems.md").write_text(page(), encoding="utf-8")
